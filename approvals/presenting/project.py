"""The page of a project: where it is, who must do what now, what is needed, how long it has taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.access import ACTION_ITEM, ASSISTANCE, PLEDGE, REVIEW, UTILITY, VERIFICATION
from approvals.actions import AFTER, STAGES
from approvals.models import COMMITTED, FACTS, Permit, PermitPaper, ProcedureItem
from approvals.presenting.nodes import nodes
from approvals.presenting.reading import Shown, Whole, may_file
from approvals.presenting.states import State, ahead, name_of
from portal.cases.access import visible_to
from portal.cases.models import Case, Comment, Holder
from portal.cases.presenting import actions
from portal.cases.presenting.words import short_moment, time_left
from portal.money import measured
from portal.park.acting import Actor
from portal.worktime.clock import local

RAIL = ("negotiation", *(stage.value for stage in STAGES), AFTER.value)
BESIDE = (PLEDGE, VERIFICATION, REVIEW, ASSISTANCE, ACTION_ITEM, UTILITY)
TALK_SHOWN = 5


@dataclass(frozen=True)
class Stage:
    """One of the five, on the line of stages."""

    label: str
    state: str  # past | now | ahead
    when: str
    net_days: int
    elapsed_days: int
    granted: int
    needed: int


@dataclass(frozen=True)
class Line:
    """Something that waits for somebody: what, how it stands, whose it is; `act` is where to do it."""

    title: str
    state: State
    href: str = ""
    who: str = ""
    phone: str = ""
    act: str = ""
    verb: str = ""


@dataclass(frozen=True)
class Need:
    """An item that the project needs, or one permit of it, as a row of the table."""

    title: str
    stage: str
    department: str
    state: State
    href: str
    waits_for: str
    net_days: int | None
    promised_days: int | None
    part: str  # what an anchor is made of
    counts: bool  # in the total time of the project


def context(whole: Whole, actor: Actor) -> dict[str, Any]:
    """What the page shows beside graph and calendar: five statements."""
    offers = actions.transitions(whole.case, actor)
    main = offers[0] if whole.inside and offers and offers[0].primary and not offers[0].blocked else None
    lines = turns(whole, actor)
    return {
        "rail": rail(whole),
        "turns": lines,
        "next": _next(lines) if not whole.inside else None,
        "light": overall(whole),
        "main": main,
        "offers": {offer.name: offer for offer in offers},
        "more": [offer for offer in offers if offer is not main],
        "needs": needs(whole),
        "figures": figures(whole),
        "vacant": _vacant(whole),
        "facts": told(whole, ("investment_amount", *FACTS)),
        "promises": told(whole, ("signed_on", *COMMITTED)),
        "nodes": nodes(whole),
        "contacts": _contacts(whole),
        "papers": _papers(whole),
        "talk": _talk(whole),
    }


def rail(whole: Whole) -> list[Stage]:
    """The five stages; the one in which a project was given up is the last that it came to."""
    came: dict[str, datetime] = {}
    left: dict[str, datetime | None] = {}
    for stay in whole.stays:
        came.setdefault(stay.step, stay.entered_at)
        left[stay.step] = stay.left_at
    flow, step = whole.case.flow, whole.case.step
    reached = [name for name in RAIL if name in came]
    at = RAIL.index(step) if step in RAIL else len(RAIL) if step == "done" else _last(reached)
    return [
        _stage(whole, name, str(flow.step(name).label), index, at, came.get(name), left.get(name))
        for index, name in enumerate(RAIL)
    ]


def _last(reached: list[str]) -> int:
    return RAIL.index(reached[-1]) if reached else 0


def _stage(
    whole: Whole, name: str, label: str, index: int, at: int, came: datetime | None, left: datetime | None
) -> Stage:
    state = "past" if index < at else "now" if index == at and whole.case.is_open else "ahead"
    needed = [key for key, place in whole.standing.places.items() if place.item.stage == name]
    granted = sum(1 for key in needed if whole.standing.is_granted(key))
    total = len(needed)
    if whole.project.version_id is None:  # history: what there is is all that was needed
        own = [one for one in whole.permits if one.permit.item.stage == name]
        granted, total = sum(1 for one in own if one.state.light == "done"), len(own)
    when = _from_to(came, left)
    until = left or whole.case.closed_at or whole.now
    elapsed = (
        max(0, whole.calendar.working_days_between(local(came).date(), local(until).date())) if came else 0
    )
    return Stage(label, state, when, whole.net_days(name), elapsed, granted, total)


def _from_to(came: datetime | None, left: datetime | None) -> str:
    if came is None:
        return ""
    first = f"{local(came):%Y-%m-%d}"
    return f"{first} – {local(left):%m-%d}" if left else _("since %(day)s") % {"day": first}


def turns(whole: Whole, actor: Actor) -> list[tuple[Holder, list[Line]]]:
    """What waits for departments, for the enterprise, for third parties: to the enterprise its own first, and
    nothing where nothing waits."""
    files = may_file(whole, actor)
    found: dict[str, list[Line]] = {holder.value: [] for holder in Holder}
    for one in whole.permits:
        if one.state.holder:
            found[one.state.holder].append(_line(one, files, whole.now))
    for beside in _beside(whole, actor):
        line = _promised if beside.kind in (PLEDGE, VERIFICATION) else _besides
        found[beside.holder].append(line(whole, beside))
    if whole.case.is_open and whole.case.step in (RAIL[0], RAIL[-1]):
        own = State("ok", str(whole.case.step_declared.label), Holder.DEPARTMENT)
        href = reverse("cases:case_view", args=[whole.case.pk])
        found[Holder.DEPARTMENT].append(Line(whole.case.title, own, href, whole.case.team.label))
    urgency = {"late": 0, "warn": 1, "turn": 2, "ok": 3, "hold": 4}
    for lines in found.values():
        lines.sort(key=lambda line: urgency.get(line.state.light, 5))
    if whole.inside:
        return [(holder, found[holder.value]) for holder in Holder]
    own_first = (Holder.ENTERPRISE, Holder.DEPARTMENT, Holder.THIRD_PARTY)
    return [(holder, found[holder.value]) for holder in own_first if found[holder.value]]


def _line(one: Shown, files: bool, now: datetime) -> Line:
    case, state = one.permit.case, one.state
    if state.light == "done":  # granted: what is left is the certificate
        state = State(
            case.light(now).value, _("certificate being made"), state.holder, short_moment(case.due_at)
        )
    who = case.team.label if one.state.holder == Holder.DEPARTMENT else ""
    if who and case.assignee:
        who = f"{who} · {case.assignee.label}"
    phone = case.assignee.phone if who and case.assignee else ""
    href, act, verb = _case(case.pk) if one.seen else "", "", ""
    if files and href and one.state.holder == Holder.ENTERPRISE:
        asked = case.paused_at is not None
        act = href if asked else reverse("cases:case_perform", args=[case.pk, "submit"])
        verb = _("Supply") if asked else _("Submit the application")
    return Line(name_of(one.permit), state, href, who, phone, act, verb)


def _case(pk: int) -> str:
    return reverse("cases:case_view", args=[pk])


def _beside(whole: Whole, actor: Actor) -> QuerySet[Case]:
    """What is open beside the permits: pledges, the agent, utilities, action items, the review."""
    near = ("team", "assignee", "pledge__permit__item", "pledge__paper__material")
    mine = whole.case.enterprise_id
    kinds = [kind for kind in BESIDE if whole.inside or actor.may_see_of(mine, kind)]
    below = Case.objects.filter(parent=whole.case, kind__in=kinds, closed_at=None)
    seen = Exists(visible_to(actor).filter(pk=OuterRef("pk")))
    return below.select_related(*near).annotate(is_seen=seen).order_by("due_at", "pk")


def _besides(whole: Whole, case: Case) -> Line:
    step = case.step_declared
    light = "turn" if case.holder == Holder.ENTERPRISE else case.light(whole.now).value
    says = str(step.label if whole.inside else step.plain or step.label)
    return Line(
        _beside_title(whole, case),
        State(light, says, case.holder, _until(case)),
        _case(case.pk) if case.is_seen else "",  # type: ignore[attr-defined]  # annotated
        case.team.label if case.holder == Holder.DEPARTMENT else "",
    )


def _beside_title(whole: Whole, case: Case) -> str:
    """Its kind, and what it is about unless that is the project itself."""
    label, title = str(case.flow.label), case.title
    return label if title.startswith(label) or title == whole.case.title else f"{label} · {title}"


def _until(case: Case) -> str:
    return short_moment(case.due_at) if case.due_at is not None else ""


def _promised(whole: Whole, case: Case) -> Line:
    pledge = case.pledge
    what = pledge.paper.material.label if pledge.paper else str(case.flow.label)
    title = _("%(paper)s for “%(item)s”") % {"paper": what, "item": pledge.permit.item.label}
    light = "turn" if case.holder == Holder.ENTERPRISE else case.light(whole.now).value
    says = time_left(case, whole.now, whole.calendar, inside=whole.inside)
    if light == "turn":
        says = _("Promised for %(day)s") % {"day": f"{pledge.due_on:%m-%d}"}
    return Line(
        title,
        State(light, says, case.holder, _until(case)),
        _case(case.pk) if case.is_seen else "",  # type: ignore[attr-defined]  # annotated
        case.team.label if case.holder == Holder.DEPARTMENT else "",
    )


def _next(lines: list[tuple[Holder, list[Line]]]) -> Line | None:
    """What the enterprise does first."""
    own = dict(lines).get(Holder.ENTERPRISE)
    return own[0] if own else None


def overall(whole: Whole) -> State:
    """One light for the whole: the worst of its permits."""
    case = whole.case
    if not case.is_open:
        ended = case.outcome != "done"
        return State("ended" if ended else "done", str(case.flow.outcomes.get(case.outcome, "")))
    lights = [one.state.light for one in whole.permits]
    if late := lights.count("late"):
        return State("late", ngettext("%(n)s permit overdue", "%(n)s permits overdue", late) % {"n": late})
    if soon := lights.count("warn"):
        return State("warn", ngettext("%(n)s permit due soon", "%(n)s permits due soon", soon) % {"n": soon})
    if "ok" in lights:
        return State("ok", _("On time"))
    if "turn" in lights:
        return State("turn", _("Waiting for the enterprise") if whole.inside else _("Your turn"))
    if "hold" in lights:
        return State("hold", _("Clock stopped"))
    return State("ok", str(case.step_declared.label))


def needs(whole: Whole) -> list[Need]:
    """Every permit there is, and every item that has none yet, in the order of the procedure."""
    found = [_permit_row(whole, one) for one in whole.permits]
    places = whole.standing.places
    order = sorted(places, key=lambda key: (whole.plan.places[key].start, whole.plan.places[key].finish))
    found += [_place_row(whole, places[key]) for key in order if key not in whole.by_key]
    return found


def _permit_row(whole: Whole, one: Shown) -> Need:
    item = one.permit.item
    return Need(
        name_of(one.permit),
        str(item.get_stage_display()),
        item.team.label,
        one.state,
        _case(one.permit.pk) if one.seen else "",
        one.permit.case.team.label if one.state.holder == Holder.DEPARTMENT else "",
        one.net_days if one.clock else None,
        promised(one.permit),
        str(one.permit.pk),
        item.counts_in_total,
    )


def _place_row(whole: Whole, place: ProcedureItem) -> Need:
    before = [name_of(other) for other in whole.standing.awaited(place.key)]
    waits = _("after %(items)s") % {"items": _(", ").join(before)} if before else ""
    stage, team = str(place.item.get_stage_display()), place.item.team.label
    return Need(
        name_of(place),
        stage,
        team,
        ahead(),
        "",
        waits,
        None,
        place.days,
        place.key,
        place.item.counts_in_total,
    )


def promised(permit: Permit) -> int | None:
    """Working days; None where nothing is promised, or not in working days."""
    if permit.place is not None and permit.place.days:
        return int(permit.place.days)
    case = permit.case
    if case.promise_amount is not None and case.promise_unit == "wd":
        return int(case.promise_amount)
    return None


def figures(whole: Whole) -> dict[str, Any]:
    """How long the whole has taken: net, elapsed; beside what is promised and what it took before."""
    project, case = whole.project, whole.case
    begun: date | None = project.signed_on
    accepted = [one.permit.accepted_at for one in whole.permits if one.permit.accepted_at]
    if begun is None and accepted:
        begun = local(min(accepted)).date()
    until = local(case.closed_at or whole.now).date()
    if whole.standing.places and all(whole.standing.is_granted(key) for key in whole.standing.places):
        until = max(local(one.permit.decided_at).date() for one in whole.permits if one.permit.decided_at)
    net = whole.net_days()
    procedure = project.version.procedure if project.version else None
    return {
        "net": net,
        "elapsed": whole.calendar.working_days_between(begun, until) if begun else None,
        "calendar": (until - begun).days if begun else None,
        "promised": procedure.promised_days if procedure else None,
        "shortest": whole.shortest_days,
        "over": bool(procedure and procedure.promised_days and net > procedure.promised_days),
        "baseline": project.baseline_days,
        "needed": len(whole.standing.places) or len(whole.permits),
        "granted": sum(1 for one in whole.permits if one.state.light == "done"),
    }


def _vacant(whole: Whole) -> list[str]:
    """The roles of a key project that nobody holds: for those who can fill them."""
    if not (whole.inside and whole.project.is_key and whole.case.is_open):
        return []
    meta = whole.project._meta
    return [str(meta.get_field(name).verbose_name) for name in whole.project.vacant_roles]  # type: ignore[union-attr]  # plain fields


def told(whole: Whole, names: Sequence[str]) -> list[tuple[str, str]]:
    """What has been said of the project, with its label; what was not is left out."""
    found = []
    for name in names:
        column, value = whole.project._meta.get_field(name), getattr(whole.project, name)
        if value is None or value == "" or value is False:
            continue
        label = str(column.verbose_name)  # type: ignore[union-attr]  # plain fields
        found.append(measured(label, value) if isinstance(value, Decimal) else (label, _words(value)))
    return found


def _words(value: object) -> str:
    if value is True:
        return _("yes")
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _contacts(whole: Whole) -> list[tuple[Any, int]]:
    """What the leader did for the enterprise, with how many days ago; inside only."""
    if not whole.inside:
        return []
    today = local(whole.now).date()
    return [(c, (today - c.on).days) for c in whole.project.contacts.select_related("noted_by")[:6]]


def _papers(whole: Whole) -> list[tuple[str, bool, list[PermitPaper]]]:
    """The papers permit by permit: its name, whether they can be opened (as the permit can), and they."""
    seen = {one.permit.pk: one for one in whole.permits}
    rows = PermitPaper.objects.filter(permit__project=whole.case.pk, permit__in=list(seen))
    near = rows.select_related("document", "material").order_by("permit", "material__position")
    return [
        (name_of(seen[pk].permit), seen[pk].seen, list(papers))
        for pk, papers in groupby(near, key=lambda row: row.permit_id)
    ]


def _talk(whole: Whole) -> list[Comment]:
    """The last words between the two sides."""
    said = whole.case.comments.select_related("author").order_by("-at", "-pk")
    shown = said if whole.inside else said.filter(internal=False)
    return list(shown[:TALK_SHOWN])[::-1]
