"""The timeline in words. The enterprise sees what concerns it; nothing internal leaves the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Flow
from portal.cases.models import Case, Event
from portal.cases.presenting.words import short_moment

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
    "pause_overrun": _("the clock has been stopped longer than planned"),
    "extension_asked": _("asked for more time"),
    "extended": _("extended the time"),
    "extension_refused": _("refused more time"),
    "commented": _("wrote a message"),
    "attached": _("added a paper"),
    "alerted": _("deadline alert"),
    "rated": _("rated the case"),
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
        "alerted",
        "pause_overrun",
        "extension_asked",
        "extension_refused",
        "ask_co_handler",
    }
)
TEXT_FIELDS = {
    "reason",
    "note",
    "plan",
    "result_text",
    "result_basis",
    "remedy",
    "notice",
    "answer",
    "contact_note",
    "basis",
    "ask",
    "sha256",
    "file",  # of an import
}


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
    events = case.events.select_related("actor").order_by("-seq")
    if not inside:
        hidden = Q(verb__in=("commented", "letter_issued"), data__has_key="internal")
        events = events.exclude(verb__in=STAFF_ONLY).exclude(hidden)
    return [entry(event, case.flow, inside=inside) for event in events[:limit]]


def entry(event: Event, flow: Flow, *, inside: bool) -> Entry:
    """One event in words, for somebody inside the house or for the enterprise."""
    known = next((t for t in flow.transitions if t.name == event.verb), None)
    what = (known.done or known.label) if known else KERNEL.get(event.verb, event.verb)
    if event.verb == "letter_issued":
        what = _issued(event, flow) or what
    made = Entry(
        what=str(what),
        who=event.actor.display_name if event.actor else str(_("The portal")),
        when=short_moment(event.at),
        notes=_notes(event.data.get("public", {})),
        grave=bool(known and known.grave) or event.verb == "alerted",
        key=known is not None,
    )
    if inside:
        made.internal_notes = _notes(event.data.get("internal", {}))
    return made


def _issued(event: Event, flow: Flow) -> str:
    """Which letter was issued, in words."""
    told = {**event.data.get("internal", {}), **event.data.get("public", {})}
    label = next((letter.label for letter in flow.letters if letter.name == told.get("letter")), "")
    named = f"{label} {told.get('document_number', '')}".strip()
    return gettext("issued: %(letter)s") % {"letter": named} if label else ""


def _notes(data: dict[str, Any]) -> list[str]:
    return [
        f"SHA-256 {value}" if name == "sha256" else str(value)
        for name, value in data.items()
        if name in TEXT_FIELDS and value
    ]
