"""The case page: where it is, who has it, until when, why then. The same four answers everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.cases import access, clock
from portal.cases.letters.wording import authority
from portal.cases.models import Case, Extension, Handover, Holder, Pause, StepLog
from portal.cases.presenting import actions, papers, timeline
from portal.cases.presenting.letters import letter_of, letters
from portal.cases.presenting.turn import turn
from portal.cases.presenting.words import time_left
from portal.composed import Composed, put_at_hand
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, Unit, local
from portal.worktime.explain import Explanation, explain

_STAYS = Composed(lambda case: case.stays.select_related("team").order_by("seq"))
_EXTENSIONS = Composed(lambda case: case.extensions.all())
_CHILDREN = Composed(lambda case: case.children.select_related("team").order_by("id"))
_PAUSES = Composed(lambda case: case.pauses.all())
_TALK = Composed(lambda case, inside: _for_reader(case.comments.select_related("author"), inside=inside))
_ATTACHED = Composed(
    lambda case, inside: _for_reader(
        case.attachments.select_related("document__letter", "document__letter_translated"), inside=inside
    )
)
_HANDOVER = Composed(
    lambda case: (
        case.handovers.filter(state=Handover.State.PENDING).select_related("to_team").order_by("pk")[:1]
    )
)
WAITS_FOR: dict[str, Holder] = {
    Pause.Reason.SUPPLEMENT: Holder.ENTERPRISE,
    Pause.Reason.SPECIAL_PROCEDURE: Holder.THIRD_PARTY,
}


MOST_ON_RAIL = 240  # letters that stand beside each other at 1,080 px


@dataclass(frozen=True)
class RailStep:
    label: str
    state: str  # past | now | ahead
    since: str = ""  # the day on which the case came to this step, last
    short: str = ""  # its name, where the labels of the line have no room beside each other


@dataclass(frozen=True)
class Share:
    """How long one side held the case, in working days, and where its bar lies (0–100)."""

    holder: str
    label: str
    days: str
    x: float
    width: float


def context(case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything that the page shows. At most a dozen statements."""
    inside = access.is_staff_for(actor, case)
    calendar = Calendar.current()
    stays = _STAYS.rows(case)
    put_at_hand(case, "extensions", _EXTENSIONS.rows(case))
    put_at_hand(case, "children", _CHILDREN.rows(case))
    pauses = _PAUSES.rows(case) if case.pause_count else []
    if pauses:
        put_at_hand(case, "pauses", pauses)
    facts = _facts(case)  # before the access words, which ask for them too
    offers = actions.transitions(case, actor)
    main = offers[0] if offers and offers[0].primary and not offers[0].blocked else None
    handover = _pending_handover(case) if inside else None
    extension = _pending_extension(case) if inside and case.is_open else None
    attached = attachments(case, inside=inside)
    plain = [a for a in attached if not letter_of(a)]
    pause = papers.running_pause(pauses)
    items = papers.missing_items(pause)
    may_attach = not access.only_looks(actor, case) and (inside or case.is_open)
    whose = turn(case, now, calendar, pause=pause, items=items, inside=inside)
    archived = papers.archive(case, actor, attached, now) if may_attach else []
    children = [child for child in case.children.all() if inside or _shown_to_agent(child, actor)]
    above = case.parent if case.parent and (inside or _shown_to_agent(case.parent, actor)) else None
    return {
        "case": case,
        "authority": authority(),
        "printed_at": now,
        "calendar": calendar,
        "inside": inside,
        "facts": facts,
        "light": case.light(now).value,
        "left": time_left(case, now, calendar, inside=inside),
        "rail": rail(case, stays, inside=inside),
        "turn": whose,
        "headline": whose.title,
        "pause": pause,
        "wanted": papers.wanted(items, archived),
        "may_supply": papers.may_supply(case, actor),
        "archive": archived,
        "reasons": explanations(case, stays, pauses, calendar),
        "shares": shares(case, stays, pauses, now, calendar),
        "net_days": _net(case, pauses, now, calendar),
        "elapsed": case.elapsed_days if case.closed_at else calendar.elapsed_days(case.opened_at, now),
        "main": main,
        "only_grave": not inside and bool(offers) and all(offer.grave for offer in offers),
        "offers": [o for o in offers if o is not main or not o.bare],
        "operations": actions.operations(case, actor, handover, extension),
        "handover": handover,
        "extension": extension,
        "entries": timeline.entries(case, inside=inside),
        "talk": talk(case, inside=inside),
        "papers": plain,
        "paper_lines": papers.in_case(plain, local(now).date()),
        "letters": letters(case, actor, attached, inside=inside),
        "children": children,
        "parent": above,
        "can_rate": _can_rate(case, actor),
        "rating": getattr(case, "rating", None) if not case.is_open else None,
        "may_speak": not access.only_looks(actor, case),
        "may_attach": may_attach,
    }


def _shown_to_agent(case: Case, actor: Actor) -> bool:
    """Whether who acts for the enterprise finds this case: of a public kind, within the mandate."""
    return case.flow.public and actor.may_see_of(case.enterprise_id, case.kind)


def _facts(case: Case) -> Any:
    """The domain's own row of the case, with what its fragment shows."""
    flow = case.flow
    if flow.facts is None:
        return None
    row = _facts_of(flow.facts, flow.facts_related).first(case.pk)
    if row is None:
        raise ObjectDoesNotExist(f"{flow.facts.__name__} {case.pk}")
    case_field: Any = flow.facts._meta.pk
    case_field.set_cached_value(row, case)
    case_field.remote_field.set_cached_value(case, row)  # access words and letters ask for it too
    return row


@cache
def _facts_of(model: type[Any], related: Sequence[str]) -> Composed[Any]:
    rows = model._base_manager.all()
    return Composed(lambda pk: (rows.select_related(*related) if related else rows).filter(pk=pk))


def rail(case: Case, stays: list[StepLog], *, inside: bool) -> list[RailStep]:
    """The line of steps. A case off the main line stands at the last step that it left; one that
    ended there shows the way that it went, and no step that it never came to."""
    shown = [s for s in case.flow.steps if s.rail or s.name == case.step]
    if case.step_declared.is_end and not case.step_declared.rail:
        last = {stay.step: stay.seq for stay in stays}
        shown = [*map(case.flow.step, sorted(last, key=lambda name: last[name])), case.step_declared]
    names = [s.name for s in shown]
    if case.step in names:
        at = names.index(case.step)
    else:
        at = max((names.index(s.step) for s in stays if s.step in names), default=0)
    since = {stay.step: f"{local(stay.entered_at):%m-%d}" for stay in stays}
    if case.closed_at is not None:
        since[case.step] = f"{local(case.closed_at):%m-%d}"
    labels = [str(step.label if inside else (step.plain or step.label)) for step in shown]
    crowded = sum(map(len, labels)) > MOST_ON_RAIL
    out = []
    for index, (step, label) in enumerate(zip(shown, labels, strict=True)):
        state = "past" if index < at or (index == at and step.is_end) else "ahead"
        if index == at and not step.is_end:
            state = "now"
        day = since.get(step.name, "") if state != "ahead" else ""
        out.append(RailStep(label, state, day, str(step.label) if crowded else ""))
    return out


def explanations(
    case: Case, stays: list[StepLog], pauses: list[Pause], calendar: Calendar
) -> list[tuple[str, Explanation]]:
    """Why these dates: of the whole case, and of the present step where it has its own limit."""
    out = []
    promise = clock.promise_limit(case)
    if promise is not None and case.clock_from_at is not None:
        why = explain(calendar, case.clock_from_at, promise, clock.spans(pauses))
        out.append((_("The whole case"), why))
    stay = stays[-1] if stays and case.is_open else None
    if stay is not None and (limit := clock.stay_limit(stay)) is not None:
        why = explain(calendar, stay.entered_at, limit, clock.step_spans(pauses))
        out.append((str(case.step_declared.label), why))
    return out


def shares(
    case: Case, stays: list[StepLog], pauses: list[Pause], now: datetime, calendar: Calendar
) -> list[Share]:
    """Who held the case for how many working days."""
    days: dict[str, Decimal] = {}
    for stay in stays:
        used = stay.used_days
        if used is None:
            used = calendar.used(stay.entered_at, now, Unit.WORKING_DAY, clock.step_spans(pauses))
        days[stay.holder] = days.get(stay.holder, Decimal(0)) + used
    for pause in pauses:  # a stop of the clock is the time of whom the park waits for
        if pause.reason in WAITS_FOR:
            until = pause.to_at or now
            used = calendar.used(pause.from_at, until, Unit.WORKING_DAY, [])
            holder = WAITS_FOR[pause.reason].value
            days[holder] = days.get(holder, Decimal(0)) + used
    total = sum(days.values())
    out, x = [], 0.0
    for holder in Holder:
        if days.get(holder.value):
            width = float(days[holder.value] / total * 100) if total else 0.0
            out.append(
                Share(holder.value, str(holder.label), f"{days[holder.value].normalize():f}", x, width)
            )
            x += width
    return out


def _net(case: Case, pauses: list[Pause], now: datetime, calendar: Calendar) -> str:
    used = case.used_days if case.used_days is not None else clock.net_days(case, pauses, now, calendar)
    return f"{used.normalize():f}"


def talk(case: Case, *, inside: bool) -> list[Any]:
    return _TALK.rows(case, inside)


def attachments(case: Case, *, inside: bool) -> list[Any]:
    """What is attached, official letters included."""
    return _ATTACHED.rows(case, inside)


def _for_reader(rows: QuerySet[Any], *, inside: bool) -> QuerySet[Any]:
    return rows if inside else rows.filter(internal=False)


def _pending_handover(case: Case) -> Handover | None:
    return _HANDOVER.first(case)


def _pending_extension(case: Case) -> Extension | None:
    return next((asked for asked in case.extensions.all() if asked.granted is None), None)


def _can_rate(case: Case, actor: Actor) -> bool:
    return (
        case.flow.ratable
        and not case.is_open
        and case.outcome not in case.flow.unrated_outcomes
        and actor.may_act_for(case.enterprise_id, case.kind)
        and not hasattr(case, "rating")
    )
