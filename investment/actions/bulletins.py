"""周调度表、月通报: drafted by the portal, drafted anew until somebody issues them, and then as they were.

Each number is kept as the leads that it counts. A week is told with the plan of the week after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from investment.access import LEAD
from investment.actions import STEPS, idling, ranking
from investment.actions.measures import introduced, quarter_of
from investment.models import Bulletin, Lead, Target
from portal.accounts.models import User
from portal.cases.declaration import flow_of
from portal.cases.errors import Refused
from portal.cases.models import Holder, StepLog
from portal.park.models import Team
from portal.reports.declaration import INDICATORS, Period
from portal.worktime.clock import Calendar, at, local

WEEK, MONTH = Bulletin.Kind.WEEK, Bulletin.Kind.MONTH
SEVEN = timedelta(days=7)
# 走出去、拜访: figures of another register, counted by task force where it says whose they are.
ACTIVITIES = {"trips": "investment.trips", "visits": "investment.visits"}
Cells = dict[int, dict[str, Any]]


def last_ended(kind: str, day: date) -> tuple[date, date]:
    """The last week or month that is over: its first and its last day."""
    if kind == WEEK:
        monday = day - timedelta(days=day.weekday()) - SEVEN
        return monday, monday + timedelta(days=6)
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def draft_due(now: datetime) -> int:
    """Draft what is over and not drafted yet, each once however often this runs; how many it was."""
    return sum(_draft(kind, now) for kind in (WEEK, MONTH))


def _draft(kind: str, now: datetime) -> int:
    first, last = last_ended(kind, local(now).date())
    forces = task_forces()
    if not forces or Bulletin.objects.filter(kind=kind, starts_on=first).exists():
        return 0
    numbers = count(kind, first, last, now)
    _made, created = Bulletin.objects.get_or_create(
        kind=kind, starts_on=first, defaults={"ends_on": last, "drafted_at": now, "numbers": numbers}
    )
    return int(created)


def redraft(bulletin: Bulletin, *, now: datetime) -> None:
    """Count anew. Raises Refused for what is issued."""
    numbers = count(bulletin.kind, bulletin.starts_on, bulletin.ends_on, now)
    _change(bulletin, numbers=numbers, drafted_at=now)


def remark(bulletin: Bulletin, remarks: str) -> None:
    """What is said with the numbers. Raises Refused for what is issued."""
    _change(bulletin, remarks=remarks)


def issue(bulletin: Bulletin, *, by: User, now: datetime, remarks: str) -> None:
    """From here on it stays as it is. Raises Refused for what is issued already."""
    _change(bulletin, remarks=remarks, issued_at=now, issued_by=by)


def _change(bulletin: Bulletin, **fields: Any) -> None:
    with transaction.atomic():
        drafts = Bulletin.objects.filter(pk=bulletin.pk, issued_at=None)
        if not drafts.update(**fields):
            raise Refused(_("It is issued: nothing of it changes any more."))


def task_forces() -> list[Team]:
    return list(Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"))


def count(kind: str, first: date, last: date, now: datetime) -> dict[str, Any]:
    """The numbers of a week or month, as JSON."""
    return _week(first, last, now) if kind == WEEK else _month(first, last, now)


def _week(first: date, last: date, now: datetime) -> dict[str, Any]:
    cells: Cells = {team.pk: {} for team in task_forces()}
    today = local(now).date()
    _add(cells, _standing(first, last, today, now))
    _add(cells, _moved(first, last))
    return {"teams": _named(cells, _plan(last + timedelta(days=1)))}


def _between(column: str, first: date, last: date) -> Q:
    begins, ends = at(first, time.min), at(last + timedelta(days=1), time.min)
    return Q(**{f"{column}__gte": begins, f"{column}__lt": ends})


def _standing(first: date, last: date, today: date, now: datetime) -> Iterable[Any]:
    """What is new, and what lies there now: overdue, standing still, late. In one statement."""
    calendar, opened = Calendar.current(), _between("case__opened_at", first, last)
    yellow, red = (idling.idle(now, level, calendar) for level in (1, 2))
    alive = Q(case__closed_at=None)
    late = alive & Q(case__paused_at=None, case__holder=Holder.DEPARTMENT, case__due_at__lt=now)
    found = Lead.objects.filter(alive | opened).order_by().values("case__team")
    return found.annotate(
        new=_ids("pk", opened),
        overdue=_ids("pk", alive & Q(next_action_on__lt=today)),
        yellow=_ids("pk", yellow & ~red),
        red=_ids("pk", red),
        late=_ids("pk", late),
    )


def _ids(path: str, which: Q | None = None) -> ArrayAgg:
    return ArrayAgg(path, distinct=True, filter=which, default=[])


def _moved(first: date, last: date) -> Iterable[Any]:
    """What went a step forward, and what leaders decided on."""
    forward = [t.name for t in flow_of(LEAD).transitions if t.primary and t.source[0] in STEPS]
    left = StepLog.objects.filter(_between("left_at", first, last), case__kind=LEAD)
    return left.order_by().values("team").annotate(
        moved=_ids("case", Q(left_via__in=forward)),
        decided=_ids("case", Q(left_via__in=("decide", "turn_down"))),
    )  # fmt: skip


def _add(cells: Cells, found: Iterable[Any]) -> None:
    for row in found:
        team = row.pop("case__team", None) or row.pop("team", None)
        if team in cells:
            cells[team] |= row


def _plan(monday: date) -> dict[int, dict[str, list[int]]]:
    """What is to be done in a week, by task force and day."""
    due = Lead.objects.filter(
        case__closed_at=None, next_action_on__range=(monday, monday + timedelta(days=6))
    )
    out: dict[int, dict[str, list[int]]] = {}
    grouped = due.order_by("next_action_on").values_list("case__team", "next_action_on")
    for team, day, ids in grouped.annotate(ids=_ids("pk")):
        out.setdefault(team, {})[day.isoformat()] = ids
    return out


def _named(cells: Cells, plan: dict[int, dict[str, list[int]]] | None = None) -> list[dict[str, Any]]:
    teams = Team.objects.in_bulk(list(cells))
    return [
        {"team": teams[pk].code, "name": teams[pk].name, "name_en": teams[pk].name_en, "cells": found}
        | ({} if plan is None else {"plan": plan.get(pk, {})})
        for pk, found in cells.items()
    ]


def _month(first: date, last: date, now: datetime) -> dict[str, Any]:
    cells: Cells = {team.pk: {} for team in task_forces()}
    year = first.replace(month=1)
    _add(cells, _signed("", first, last))
    _add(cells, _signed("_year", year, last))
    opened = Lead.objects.filter(_between("case__opened_at", first, last)).order_by().values("case__team")
    _add(cells, opened.annotate(new=_ids("pk")))
    lost = Lead.objects.filter(lost_on__range=(first, last)).order_by()
    _add(cells, lost.values("case__team").annotate(lost=_ids("pk")))
    for name, key in ACTIVITIES.items():
        _count_activities(cells, name, key, Period(year, last))
    for target in Target.objects.filter(year=year.year, quarter=Target.Quarter.YEAR, team__in=list(cells)):
        cells[target.team_id] |= {
            "target": target.projects, "target_amount": str(target.signed_amount),
            "target_trips": target.trips, "target_visits": target.visits,
        }  # fmt: skip
    quarter = quarter_of(last).text
    standings = ranking.compute(quarter, now)
    return {
        "teams": _named(cells),
        "causes": dict(lost.values_list("lost_cause").annotate(ids=_ids("pk"))),
        "quarter": quarter,
        "ranking": [[one.place, one.team, one.name, one.name_en, str(one.total)] for one in standings],
    }


def _signed(suffix: str, first: date, last: date) -> list[dict[str, Any]]:
    rows = introduced(first, last).order_by().values("case__team")
    found = rows.annotate(ids=_ids("pk"), amount=Sum("investment_amount"))
    return [
        {
            "case__team": row["case__team"],
            f"signed{suffix}": row["ids"],
            f"amount{suffix}": str(row["amount"] or Decimal(0)),
        }
        for row in found
    ]


def _count_activities(cells: Cells, name: str, key: str, period: Period) -> None:
    """By the figure of that register, so that both never differ."""
    indicator = INDICATORS.get(key)
    if indicator is None or not indicator.team_path:
        return
    rows = indicator.rows(period).order_by().values_list(indicator.team_path)
    for team, value in rows.annotate(value=indicator.aggregate):
        if team in cells:
            cells[team][name] = int(value or 0)
