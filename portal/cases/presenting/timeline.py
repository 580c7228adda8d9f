"""The timeline in words. The enterprise sees what concerns it; nothing internal leaves the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Flow, Transition
from portal.cases.models import Case, Event, FollowUp, Pause
from portal.cases.presenting.words import short_moment
from portal.composed import Composed

KERNEL = {
    "opened": _("filed the case"),
    "imported": _("taken over from a ledger"),
    "claimed": _("claimed it"),
    "released": _("put it back into the queue"),
    "assigned": _("assigned it"),
    "transfer_offered": _("offered it to another team"),
    "transfer_accepted": _("took it over"),
    "transfer_declined": _("declined to take it over"),
    "transfer_withdrawn": _("took the offer back"),
    "paused": _("stopped the clock"),
    "resumed": _("let the clock run again"),
    "supplied": _("supplied what was missing"),
    "pause_overrun": _("the clock has been stopped longer than planned"),
    "pause_escalated": _("the clock should have gone on and has not: it was told to those above"),
    "extension_asked": _("asked for more time"),
    "extended": _("extended the time"),
    "extension_refused": _("refused more time"),
    "commented": _("wrote a message"),
    "attached": _("added a paper"),
    "restored": _("took it back to where it was"),
    "deputised": _("passed it to the deputy"),
    "returned": _("gave it back after the absence"),
    "reminded": _("reminded the handler"),
    "alerted": _("deadline alert"),
    "rated": _("rated the case"),
    "rating_set_aside": _("reviewed the rating: it is not counted"),
    "noted_by_leaders": _("the leaders took note of the rating"),
    "letter_issued": _("issued an official letter"),
}
STAFF_ONLY = frozenset(
    {
        "claimed",
        "released",
        "assigned",
        "transfer_offered",
        "transfer_declined",
        "transfer_withdrawn",
        "restored",
        "deputised",
        "returned",
        "reminded",
        "alerted",
        "pause_overrun",
        "pause_escalated",
        "extension_asked",
        "extension_refused",
        "ask_co_handler",
    }
)
# Said to the enterprise, or among staff: each event says which.
INTERNAL_OR_PUBLIC = ("commented", "letter_issued")
TEXT_FIELDS = (  # in the order in which they are shown
    "ground",
    "reason",
    "why",
    "basis",
    "notice",
    "missing",
    "why_again",
    "item",
    "document",
    "into",
    "merged",
    "milestone",
    "note",
    "plan",
    "milestones",
    "result_text",
    "result_basis",
    "remedy",
    "answer",
    "contact_note",
    "ask",
    "sha256",
    "file",  # of an import
)


@dataclass
class Entry:
    """One line of the timeline."""

    what: str
    who: str
    when: str
    notes: list[str] = field(default_factory=list)
    internal_notes: list[str] = field(default_factory=list)
    grave: bool = False
    key: bool = False


def entries(case: Case, *, inside: bool, limit: int = 100) -> list[Entry]:
    """The newest lines first, as this reader may see them. One statement."""
    return [entry(event, case.flow, inside=inside) for event in _newest(limit).rows(case, inside)]


@cache
def _newest(limit: int) -> Composed[Event]:
    def build(case: Case, inside: bool) -> QuerySet[Event]:
        return for_reader(case.events.select_related("actor").order_by("-seq"), inside=inside)[:limit]

    return Composed(build)


def for_reader(events: QuerySet[Event], *, inside: bool) -> QuerySet[Event]:
    """The events that this side may see: in SQL what `concerns` says of one."""
    if inside:
        return events
    hidden = Q(verb__in=INTERNAL_OR_PUBLIC, data__has_key="internal")
    return events.exclude(verb__in=STAFF_ONLY).exclude(hidden)


def concerns(event: Event, *, inside: bool) -> bool:
    """Whether this side may see the event."""
    return inside or not (
        event.verb in STAFF_ONLY or (event.verb in INTERNAL_OR_PUBLIC and "internal" in event.data)
    )


def words_of(event: Event, flow: Flow) -> str:
    """What happened, in words."""
    known = _transition(event, flow)
    what = str((known.done or known.label) if known else _verb(event.verb, flow))
    if event.verb == "alerted" and (level := event.data.get("internal", {}).get("level")):
        what = str(_("%(what)s, level %(level)s") % {"what": what, "level": level})
    if event.verb == "letter_issued":
        what = _issued(event, flow) or what
    return what


def _verb(verb: str, flow: Flow) -> Any:
    return KERNEL.get(verb) or flow.verbs.get(verb, verb)


def _transition(event: Event, flow: Flow) -> Transition | None:
    return next((t for t in flow.transitions if t.name == event.verb), None)


def entry(event: Event, flow: Flow, *, inside: bool) -> Entry:
    """One event in words, for somebody inside the house or for the enterprise."""
    known = _transition(event, flow)
    made = Entry(
        what=words_of(event, flow),
        who=event.actor.label if event.actor else str(_("The portal")),
        when=short_moment(event.at),
        notes=_notes(event.verb, event.data.get("public", {}), flow),
        grave=bool(known and known.grave) or event.verb == "alerted",
        key=known is not None or event.verb in flow.verbs,
    )
    if inside:
        made.internal_notes = _notes(event.verb, event.data.get("internal", {}), flow)
    return made


def _issued(event: Event, flow: Flow) -> str:
    """Which letter was issued, in words."""
    told = {**event.data.get("internal", {}), **event.data.get("public", {})}
    label = next((letter.label for letter in flow.letters if letter.name == told.get("letter")), "")
    named = f"{label} {told.get('document_number', '')}".strip()
    return gettext("issued: %(letter)s") % {"letter": named} if label else ""


def _notes(verb: str, data: dict[str, Any], flow: Flow) -> list[str]:
    shown = (*TEXT_FIELDS, *flow.notes)
    if verb in ("extended", "extension_asked"):
        shown = ("days", *shown)
    return [_note(verb, name, data[name]) for name in shown if data.get(name)]


def _note(verb: str, name: str, value: Any) -> str:
    """One thing that was written down, in words; never a code."""
    if name == "sha256":
        return f"SHA-256 {value}"
    if name == "days":
        return ngettext("%(n)s working day", "%(n)s working days", value) % {"n": value}
    if (verb, name) == ("paused", "reason") and value in Pause.Reason.values:
        return str(Pause.Reason(value).label)
    if (verb, name) == ("appeal", "ground") and value in FollowUp.Ground.values:
        return str(FollowUp.Ground(value).label)
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
