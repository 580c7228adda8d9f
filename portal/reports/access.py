"""Who may see figures, and how far: declared once for pages, API and exports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from portal.accounts.models import Duty
from portal.park.acting import Actor
from portal.reports.declaration import INDICATORS, Indicator

SEES_ALL = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)


def may_read(actor: Actor | None) -> bool:
    """Leaders, supervision and audit read all figures; who leads a team reads the team's."""
    return actor is not None and (actor.holds(*SEES_ALL) or bool(actor.headed_team_ids))


def readable(actor: Actor) -> list[Indicator]:
    """The indicators for this person: without an overview of the park, only those of teams."""
    if actor.holds(*SEES_ALL):
        return list(INDICATORS.values())
    return [i for i in INDICATORS.values() if i.team_path]


def within_reach(indicator: Indicator, rows: QuerySet[Any], actor: Actor | None) -> QuerySet[Any]:
    """The rows of a figure that count for this person; None is the command line, which sees all."""
    if actor is None or actor.holds(*SEES_ALL):
        return rows
    if not indicator.team_path:
        return rows.none()
    return rows.filter(**{f"{indicator.team_path}__in": actor.headed_team_ids})
