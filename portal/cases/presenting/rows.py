"""Rows of lists, formatted once: templates only print them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.cases.declaration import Flow, flow_of
from portal.cases.models import Case, Holder
from portal.cases.presenting.words import short_moment, time_left
from portal.park.acting import Actor
from portal.worktime.clock import Calendar


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    pk: str
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
    marks: str  # urgent, sealed
    holder: str  # the person, else the team
    claimable: bool
    choose: str  # what the tick box and the button say to who cannot see the row
    claim: str
    mine: bool  # the turn of the enterprise
    asked: bool  # something is missing that the enterprise has to supply
    by: str  # until when, in words, for the enterprise
    act: str  # what the enterprise is to do, where there is one thing only

    def __getitem__(self, name: str) -> Any:
        """Templates look for a key first: fifty rows by seventeen names that need no exception each."""
        return self.__dict__[name]


def rows(
    cases: Iterable[Case], actor: Actor, now: datetime, calendar: Calendar, *, inside: bool = True
) -> list[Row]:
    base = reverse("cases:case_view", args=[0]).removesuffix("0/")

    @cache
    def named(kind: str, step: str) -> tuple[str, str, str]:
        """Kind, step and what to do, in the reader's language: looked up once, not for every row."""
        flow = flow_of(kind)
        found = flow.step(step)
        label = str(found.label if inside else (found.plain or found.label))
        return str(flow.label), label, "" if inside else _only_act(flow, step)

    said = (_("Choose: %(title)s"), _("Claim: %(title)s"))
    return [
        _row(case, base, (*named(case.kind, case.step), *said), actor, now, calendar, inside=inside)
        for case in cases
    ]


def _only_act(flow: Flow, step: str) -> str:
    """The one thing by which an enterprise takes a case on; empty where it chooses among several."""
    own = [t for t in flow.leaving(step) if "enterprise" in t.who and t.target]
    acts = [t for t in own if not flow.step(t.target).is_end]
    return str(acts[0].label) if len(acts) == 1 and acts[0].primary else ""


def _row(
    case: Case,
    base: str,
    names: tuple[str, str, str, str, str],
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    *,
    inside: bool,
) -> Row:
    kind, step, act, choose, claim = names
    claimable = case.assignee_id is None and case.team_id in actor.team_ids and case.is_open
    asked = bool(getattr(case, "is_asked", False))
    return Row(
        pk=str(case.pk),
        href=f"{base}{case.pk}/",
        light=case.light(now).value,
        left=time_left(case, now, calendar, inside=inside),
        title=case.title,
        number=case.number,
        kind=kind,
        enterprise=case.enterprise.label if case.enterprise else "",
        step=step,
        who=case.assignee.label if case.assignee else "",
        team=case.team.label,
        due=short_moment(case.due_at),
        opened=short_moment(case.opened_at),
        sealed=case.sealed,
        urgent=case.urgent,
        marks=_marks(case),
        holder=case.assignee.label if case.assignee else case.team.label,
        claimable=claimable,
        choose=choose % {"title": case.title},
        claim=claim % {"title": case.title} if claimable else "",
        mine=asked or (case.holder == Holder.ENTERPRISE and case.is_open),
        asked=asked,
        by="" if inside else _by(case),
        act=act,
    )


def _marks(case: Case) -> str:
    if not case.urgent and not case.sealed and not case.confidential:
        return ""
    marks = ((_("urgent"), case.urgent), (_("sealed"), case.sealed), (_("confidential"), case.confidential))
    return " · ".join(word for word, is_so in marks if is_so)


def _by(case: Case) -> str:
    if case.closed_at is not None:
        return _("closed %(time)s") % {"time": short_moment(case.closed_at)}
    if case.paused_at is not None or case.due_at is None:
        return _("the clock stands still") if case.paused_at is not None else _("no deadline")
    return _("due by %(due)s") % {"due": short_moment(case.due_at)}
