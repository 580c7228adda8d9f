"""Rows of lists, formatted once: templates only print them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.cases.models import Case, Holder
from portal.cases.presenting.words import short_moment, time_left
from portal.park.acting import Actor
from portal.worktime.clock import Calendar


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    pk: int
    href: str
    light: str
    left: str
    title: str
    number: str
    kind: str
    enterprise: str
    step: str
    who: str
    team: str
    due: str
    opened: str
    sealed: bool
    urgent: bool
    claimable: bool
    choose: str  # what the tick box and the button say to who cannot see the row
    claim: str
    mine: bool  # the turn of the enterprise
    asked: bool  # something is missing that the enterprise has to supply
    by: str  # until when, in words, for the enterprise


def rows(
    cases: Iterable[Case], actor: Actor, now: datetime, calendar: Calendar, *, inside: bool = True
) -> list[Row]:
    base = reverse("cases:case_view", args=[0]).removesuffix("0/")
    return [row(case, base, actor, now, calendar, inside=inside) for case in cases]


def row(
    case: Case, base: str, actor: Actor, now: datetime, calendar: Calendar, *, inside: bool = True
) -> Row:
    flow = case.flow
    claimable = case.assignee_id is None and case.team_id in actor.team_ids and case.is_open
    step, asked = flow.step(case.step), bool(getattr(case, "is_asked", False))
    return Row(
        pk=case.pk,
        href=f"{base}{case.pk}/",
        light=case.light(now).value,
        left=time_left(case, now, calendar, inside=inside),
        title=case.title,
        number=case.number,
        kind=str(flow.label),
        enterprise=case.enterprise.label if case.enterprise else "",
        step=str(step.label if inside else (step.plain or step.label)),
        who=case.assignee.label if case.assignee else "",
        team=case.team.label,
        due=short_moment(case.due_at),
        opened=short_moment(case.opened_at),
        sealed=case.sealed,
        urgent=case.urgent,
        claimable=claimable,
        choose=_("Choose: %(title)s") % {"title": case.title},
        claim=_("Claim: %(title)s") % {"title": case.title} if claimable else "",
        mine=asked or (case.holder == Holder.ENTERPRISE and case.is_open),
        asked=asked,
        by="" if inside else _by(case),
    )


def _by(case: Case) -> str:
    if case.closed_at is not None:
        return _("closed %(time)s") % {"time": short_moment(case.closed_at)}
    if case.paused_at is not None or case.due_at is None:
        return _("the clock stands still") if case.paused_at is not None else _("no deadline")
    return _("due by %(due)s") % {"due": short_moment(case.due_at)}
