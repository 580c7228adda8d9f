"""The queue: which cases, in which order, how many. At most a handful of statements at any size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from portal.cases.access import known_to, visible_to
from portal.cases.declaration import FLOWS
from portal.cases.models import Case, CaseQuerySet, Handover, Holder, Light
from portal.cases.search import words
from portal.composed import Composed
from portal.names import local_name
from portal.park.acting import Actor
from portal.prepared import ask
from portal.worktime.clock import at, local

PAGE = 50
VIEWS = ("mine", "unclaimed", "team", "overdue", "incoming", "watched")
SORTS = {"due": "due_at", "opened": "opened_at"}
LABELS = {
    "mine": _("Mine"),
    "unclaimed": _("Unclaimed"),
    "team": _("Team"),
    "overdue": _("Overdue"),
    "incoming": _("Offered to us"),
    "watched": _("Followed"),
}


class FilterForm(forms.Form):
    """The only filters and orders there are; whatever else the address says is ignored."""

    view = forms.ChoiceField(choices=[(v, v) for v in VIEWS], required=False)
    q = forms.CharField(label=_("Search"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    team = forms.TypedChoiceField(label=_("Team"), coerce=int, empty_value=None, required=False)
    light = forms.ChoiceField(
        label=_("Light"), choices=[("", _("All lights")), *Light.choices[:4]], required=False
    )
    sort = forms.ChoiceField(
        label=_("Order"), choices=[("due", _("By deadline")), ("opened", _("By receipt"))], required=False
    )

    def __init__(self, data: object, *, actor: Actor) -> None:
        # Ids of their own: beside the list stand the forms of the opened case.
        super().__init__(data, auto_id="filter_%s")  # type: ignore[arg-type]  # a QueryDict
        kinds = sorted((kind, flow.label) for kind, flow in FLOWS.items())
        self.fields["kind"].choices = [("", _("All kinds")), *kinds]  # type: ignore[attr-defined]  # a choice field
        teams = [(seat.team_id, seat.team_label) for seat in actor.seats]
        self.fields["team"].choices = [("", _("All my teams")), *teams]  # type: ignore[attr-defined]  # a choice field

    def query(self) -> str:
        """What was chosen, as an address: only what there is."""
        self.is_valid()
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})

    def chosen(self, name: str, default: str = "") -> str:
        """A valid choice, or the default."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or default)


@dataclass(frozen=True)
class Page:
    """One page of a keyset-paged list; the marks lead to its neighbours."""

    rows: list[Case]
    earlier: str
    later: str


def overdue(now: datetime) -> Q:
    return Q(due_at__lt=now, paused_at=None, holder=Holder.DEPARTMENT)


def due_between(now: datetime, until: datetime) -> Q:
    return Q(due_at__gte=now, due_at__lt=until, paused_at=None, holder=Holder.DEPARTMENT)


def view_condition(view: str, actor: Actor, now: datetime) -> Q:
    offered = Handover.objects.filter(
        case=OuterRef("pk"), state=Handover.State.PENDING, to_team__in=actor.team_ids
    )
    wanted = {
        "mine": Q(assignee=actor.user),
        "unclaimed": Q(team__in=actor.team_ids, assignee=None),
        "team": Q(team__in=actor.team_ids),
        "overdue": Q(team__in=actor.team_ids) & overdue(now),
        "incoming": Q(Exists(offered)),
    }[view]
    return wanted & known_to(actor)


def counts(actor: Actor, now: datetime) -> dict[str, int]:
    """The numbers on the tabs of the own teams' cases, and what is due yet today, in one statement."""
    tomorrow = at(local(now).date() + timedelta(days=1), time())
    found = _COUNTS.first(actor, list(actor.team_ids), now, tomorrow)
    return dict(zip(COUNTED, found or (0,) * len(COUNTED), strict=True))


def _counted(actor: Actor, teams: list[int], now: datetime, tomorrow: datetime) -> QuerySet[Case, Any]:
    """One row of numbers, in the order of COUNTED."""
    numbers = {
        "n_mine": Count("pk", filter=Q(assignee=actor.user)),
        "n_unclaimed": Count("pk", filter=Q(assignee=None)),
        "n_team": Count("pk"),
        "n_overdue": Count("pk", filter=overdue(now)),
        "n_today": Count("pk", filter=due_between(now, tomorrow)),
    }
    open_cases = Case.objects.open().filter(known_to(actor), team__in=teams)
    rows = open_cases.annotate(**numbers).order_by().values_list(*numbers)
    rows.query.group_by = None  # what aggregate() does: over all rows, not for each
    return rows


COUNTED = ("mine", "unclaimed", "team", "overdue", "today")
_COUNTS = Composed(_counted)


@dataclass(frozen=True)
class View:
    """A saved view that the person may use."""

    pk: int
    name: str
    query: str
    opens_first: bool
    own: bool
    team: str


@dataclass(frozen=True)
class Aside:
    """What stands around the list. `stands_in` names colleagues who are away, and until when."""

    incoming: int
    watched: int
    views: list[View]
    stands_in: list[tuple[str, date]]


_ASIDE = """
SELECT (SELECT count(*) FROM ({watched}) w),
       (SELECT count(*) FROM cases_handover WHERE state = 'pending' AND to_team_id = ANY(%s)),
       (SELECT coalesce(json_agg(json_build_array(
            v.id, v.name, v.query, v.is_default AND v.owner_id = %s, v.owner_id = %s,
            json_build_array(coalesce(t.name, ''), coalesce(t.name_en, ''))) ORDER BY v.name, v.id), '[]')
        FROM cases_savedview v LEFT JOIN park_team t ON t.id = v.team_id
        WHERE v.owner_id = %s OR v.team_id = ANY(%s)),
       (SELECT coalesce(json_agg(json_build_array(u.display_name, u.display_name_en, u.username, a.until_on)
            ORDER BY a.until_on, a.id), '[]')
        FROM cases_absence a JOIN accounts_user u ON u.id = a.user_id
        WHERE a.deputy_id = %s AND a.ended_at IS NULL AND %s BETWEEN a.from_on AND a.until_on)
"""


def aside(actor: Actor, now: datetime) -> Aside:
    """The other tabs' numbers, the saved views, and for whom the person stands in: one statement."""
    watched, values = _FOLLOWED.within(actor)
    me, teams, today = actor.user.pk, list(actor.team_ids), local(now).date()
    with connection.cursor() as cursor:
        ask(cursor, _ASIDE.format(watched=watched), [*values, teams, me, me, me, teams, me, today])
        followed_count, incoming, *lists = cursor.fetchone()
    views, away = (json.loads(found) if isinstance(found, str) else found for found in lists)
    return Aside(
        incoming,
        followed_count,
        [View(pk, name, query, first, own, local_name(*team)) for pk, name, query, first, own, team in views],
        [(local_name(*names[:2]) or names[2], date.fromisoformat(until)) for *names, until in away],
    )


def select(form: FilterForm, actor: Actor, now: datetime) -> CaseQuerySet:
    """The open cases of a view, as filtered."""
    return narrowed(of_view(form.chosen("view", "mine"), actor, now), form, now)


def of_view(view: str, actor: Actor, now: datetime) -> CaseQuerySet:
    """The open cases of a view."""
    if view == "watched":
        return _followed(actor)
    return Case.objects.open().filter(view_condition(view, actor, now))


def _followed(actor: Actor) -> CaseQuerySet:
    """What the person follows. It lies with others: only what is still within sight."""
    seen = Case.objects.open().filter(pk__in=visible_to(actor).values("pk"))
    return seen.filter(watches__user=actor.user)


_FOLLOWED = Composed(lambda actor: _followed(actor).order_by().values_list("pk"))


def narrowed(cases: CaseQuerySet, form: FilterForm, now: datetime) -> CaseQuerySet:
    """Cases by the filters of the form."""
    if text := form.chosen("q").strip():
        asked = words(text)
        cases = cases.filter(asked.condition()) if asked else cases.none()
    if kind := form.chosen("kind"):
        cases = cases.filter(kind=kind)
    if team := form.cleaned_data.get("team"):
        cases = cases.filter(team=team)
    if light := form.chosen("light"):
        cases = cases.having_light(light, now)
    return cases


def page(cases: CaseQuerySet, *, sort: str, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """One page in keyset order on (moment, id): costs the same wherever it lies."""
    column = SORTS.get(sort, "due_at")
    back = bool(before)
    mark = _parse(before or after)
    ordered = cases.select_related("enterprise", "assignee", "team")
    if mark is not None:
        ordered = ordered.filter(_beyond(column, mark, back=back))
    signs = ("-", "-") if back else ("", "")
    rows = list(ordered.order_by(f"{signs[0]}{column}", f"{signs[1]}id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if back:
        rows.reverse()
    has_earlier = more if back else mark is not None
    has_later = True if back else more
    return Page(
        rows,
        earlier=_mark(rows[0], column) if rows and has_earlier else "",
        later=_mark(rows[-1], column) if rows and has_later else "",
    )


Mark = tuple[datetime | None, int]


def _mark(case: Case, column: str) -> str:
    moment: datetime | None = getattr(case, column)
    return f"{moment.isoformat() if moment else ''},{case.pk}"


def _parse(text: str) -> Mark | None:
    moment, comma, pk = text.rpartition(",")
    if not comma or not pk.isdecimal() or len(pk) > 18:
        return None
    try:
        return (parse_datetime(moment) if moment else None), int(pk)
    except ValueError:
        return None


def _beyond(column: str, mark: Mark, *, back: bool) -> Q:
    """Rows after (or before) a mark, cases without a moment last, as PostgreSQL sorts them."""
    moment, pk = mark
    if moment is None:
        if back:
            return Q(**{f"{column}__isnull": False}) | Q(**{f"{column}__isnull": True, "id__lt": pk})
        return Q(**{f"{column}__isnull": True, "id__gt": pk})
    if back:
        return Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "id__lt": pk})
    later = Q(**{f"{column}__gt": moment}) | Q(**{column: moment, "id__gt": pk})
    return later | Q(**{f"{column}__isnull": True})
