"""What the engine's notices say. Registered with `portal.notices` when the apps are loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.cases.declaration import FLOWS
from portal.cases.models import Rating
from portal.notices.models import Kind
from portal.notices.texts import Matter, Placeholder, Template, register

Params = Mapping[str, Any]


def _step(params: Params) -> str:
    flow = FLOWS.get(params.get("kind", ""))
    return str(flow.step(params["step"]).label) if flow else ""


def _kind(params: Params) -> str:
    flow = FLOWS.get(params.get("kind", ""))
    return str(flow.label) if flow else _("Case")


def _action(params: Params) -> str:
    flow = FLOWS.get(params.get("kind", ""))
    name = params.get("transition", "")
    known = [t for t in flow.transitions if t.name == name] if flow else []
    return str(known[0].label) if known else ""


def _due(params: Params) -> str:
    value = params.get("due_at")
    moment = parse_datetime(value) if value else None
    return timezone.localtime(moment).strftime("%m-%d %H:%M") if moment else ""


def _days(params: Params) -> str:
    n = params.get("days", 0)
    return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}


def _letter(params: Params) -> str:
    flow = FLOWS.get(params.get("kind", ""))
    known = [letter for letter in flow.letters if letter.name == params.get("letter")] if flow else []
    return str(known[0].label) if known else ""


def _level(params: Params) -> str:
    return str(Rating.Level(params["level"]).label) if "level" in params else ""


def _typed(name: str) -> Callable[[Params], str]:
    """What a person typed, as it is."""
    return lambda params: str(params.get(name) or "")


COMMON: dict[str, tuple[Placeholder, Callable[[Params], str]]] = {
    "number": (
        Placeholder("number", gettext_lazy("number of the case"), "QS20260316-000123"),
        _typed("number"),
    ),
    "title": (
        Placeholder("title", gettext_lazy("title of the case"), gettext_lazy("Power cut in the workshop")),
        _typed("title"),
    ),
    "kind": (Placeholder("kind", gettext_lazy("kind of case"), gettext_lazy("Service request")), _kind),
    "step": (Placeholder("step", gettext_lazy("present step"), gettext_lazy("Being handled")), _step),
}
SPECIAL: dict[str, tuple[Placeholder, Callable[[Params], str]]] = {
    "action": (Placeholder("action", gettext_lazy("what was done"), gettext_lazy("Accept")), _action),
    "due": (Placeholder("due", gettext_lazy("deadline"), "03-18 17:30"), _due),
    "days": (Placeholder("days", gettext_lazy("working days"), gettext_lazy("3 working days")), _days),
    "reason": (
        Placeholder("reason", gettext_lazy("reason"), gettext_lazy("A part has to be ordered.")),
        _typed("reason"),
    ),
    "level": (Placeholder("level", gettext_lazy("rating"), gettext_lazy("satisfied")), _level),
    "notice": (
        Placeholder(
            "notice", gettext_lazy("notice to the enterprise"), gettext_lazy("Please send the plan.")
        ),
        _typed("notice"),
    ),
    "item": (
        Placeholder("item", gettext_lazy("what was missing"), gettext_lazy("Floor plan")),
        _typed("item"),
    ),
    "name": (
        Placeholder("name", gettext_lazy("name of the paper"), gettext_lazy("Business licence")),
        _typed("document"),
    ),
    "letter": (
        Placeholder("letter", gettext_lazy("kind of letter"), gettext_lazy("Notice of acceptance")),
        _letter,
    ),
    "document": (
        Placeholder("document", gettext_lazy("number of the letter"), "潭高新受〔2026〕1号"),
        _typed("document_number"),
    ),
    "note": (
        Placeholder("note", gettext_lazy("note"), gettext_lazy("Please reply today.")),
        _typed("note"),
    ),
}


@dataclass(frozen=True)
class Line:
    """One text: what it is for, how it reads, which special placeholders it may use."""

    label: str | Promise
    line: str | Promise
    special: tuple[str, ...] = ()
    suffix: str = ""


def _template(key: str, line: Line) -> Template:
    places = {**COMMON, **{name: SPECIAL[name] for name in line.special}}
    return Template(
        name=key + line.suffix,
        label=line.label,
        line=line.line,
        placeholders=tuple(place for place, _value in places.values()),
        values=lambda params: {name: value(params) for name, (_place, value) in places.items()},
    )


# Key → what it is about, and its texts; of several texts `CHOICES` picks one.
LINES: dict[str, tuple[Kind, tuple[Line, ...]]] = {
    "case.alerted": (
        Kind.DEADLINE,
        (
            Line(
                gettext_lazy("A deadline comes near"),
                gettext_lazy("Due soon: %(step)s, by %(due)s."),
                ("due",),
                ".soon",
            ),
            Line(
                gettext_lazy("A deadline has passed"),
                gettext_lazy("Overdue: %(step)s was due by %(due)s."),
                ("due",),
            ),
        ),
    ),
    "case.reminded": (
        Kind.DEADLINE,
        (Line(gettext_lazy("Reminder"), gettext_lazy("You are reminded: %(note)s"), ("note",)),),
    ),
    "case.pause_overrun": (
        Kind.DEADLINE,
        (
            Line(
                gettext_lazy("A pause outlasts its plan"),
                gettext_lazy("The clock has been stopped longer than planned: resume it or say why."),
            ),
        ),
    ),
    "case.pause_escalated": (
        Kind.DEADLINE,
        (
            Line(
                gettext_lazy("A pause was to end and has not ended"),
                gettext_lazy("The clock should have gone on days ago: have it resumed, or find out why not."),
            ),
        ),
    ),
    "case.assigned": (
        Kind.WORK,
        (Line(gettext_lazy("Assigned"), gettext_lazy("The case has been assigned to you.")),),
    ),
    "case.transfer_offered": (
        Kind.WORK,
        (
            Line(
                gettext_lazy("Offered by another team"),
                gettext_lazy("Another team asks you to take this case: accept or decline."),
            ),
        ),
    ),
    "case.transfer_accepted": (
        Kind.WORK,
        (Line(gettext_lazy("Offer accepted"), gettext_lazy("The other team has accepted the case.")),),
    ),
    "case.transfer_declined": (
        Kind.WORK,
        (
            Line(
                gettext_lazy("Offer declined"),
                gettext_lazy("The other team has declined the case: it stays with you."),
            ),
        ),
    ),
    "case.restored": (
        Kind.WORK,
        (
            Line(
                gettext_lazy("Transfer or assignment undone"),
                gettext_lazy("The case has come back to you: a transfer or assignment was undone."),
            ),
        ),
    ),
    "case.extension_asked": (
        Kind.WORK,
        (Line(gettext_lazy("More time asked for"), gettext_lazy("More time is asked for: please decide.")),),
    ),
    "case.extension_refused": (
        Kind.WORK,
        (
            Line(
                gettext_lazy("More time refused"),
                gettext_lazy("The extension by %(days)s was refused."),
                ("days",),
            ),
        ),
    ),
    "case.opened": (
        Kind.PROGRESS,
        (Line(gettext_lazy("A case has come in"), gettext_lazy("%(kind)s received; now at: %(step)s.")),),
    ),
    "case.moved": (
        Kind.PROGRESS,
        (Line(gettext_lazy("A step taken"), gettext_lazy("%(action)s. Now at: %(step)s."), ("action",)),),
    ),
    "case.paused": (
        Kind.PROGRESS,
        (Line(gettext_lazy("Clock stopped"), gettext_lazy("The clock is stopped. %(notice)s"), ("notice",)),),
    ),
    "case.resumed": (
        Kind.PROGRESS,
        (Line(gettext_lazy("Clock runs again"), gettext_lazy("The clock runs again.")),),
    ),
    "case.extended": (
        Kind.PROGRESS,
        (
            Line(
                gettext_lazy("Time extended"),
                gettext_lazy("The time was extended by %(days)s. Reason: %(reason)s"),
                ("days", "reason"),
            ),
        ),
    ),
    "case.letter_issued": (
        Kind.PROGRESS,
        (
            Line(
                gettext_lazy("Official letter issued"),
                gettext_lazy("An official letter was issued: %(letter)s %(document)s"),
                ("letter", "document"),
            ),
        ),
    ),
    "case.rated": (
        Kind.PROGRESS,
        (
            Line(
                gettext_lazy("Rated"),
                gettext_lazy("The enterprise has rated the case: %(level)s."),
                ("level",),
            ),
        ),
    ),
    "case.rating_reviewed": (
        Kind.PROGRESS,
        (
            Line(
                gettext_lazy("A rating stands"),
                gettext_lazy("Your rating was reviewed and stands; we go on. Reason: %(reason)s"),
                ("reason",),
            ),
            Line(
                gettext_lazy("A rating is not counted"),
                gettext_lazy("Your rating was reviewed and is not counted. Reason: %(reason)s"),
                ("reason",),
                ".set_aside",
            ),
        ),
    ),
    "case.noted_by_leaders": (
        Kind.PROGRESS,
        (
            Line(
                gettext_lazy("Leaders took note of a rating"),
                gettext_lazy("The responsible leaders have taken note of your rating."),
            ),
        ),
    ),
    "case.commented": (
        Kind.MESSAGE,
        (Line(gettext_lazy("New message"), gettext_lazy("There is a new message.")),),
    ),
    "case.supplied": (
        Kind.MESSAGE,
        (
            Line(
                gettext_lazy("Supplied"),
                gettext_lazy("What was missing has come in: %(item)s"),
                ("item",),
            ),
        ),
    ),
    "case.attached": (
        Kind.MESSAGE,
        (Line(gettext_lazy("New paper"), gettext_lazy("A paper was added: %(name)s"), ("name",)),),
    ),
}
CHOICES: dict[str, Callable[[Params], int]] = {
    "case.alerted": lambda params: 0 if params.get("level") == 1 else 1,
    "case.rating_reviewed": lambda params: 0 if params.get("stands") else 1,
}


def _path(_params: Params, case_id: int | None) -> str:
    return reverse("cases:case_view", args=[case_id]) if case_id else "/"


def register_all() -> None:
    """Called once, when the apps are loaded."""
    for key, (kind, lines) in LINES.items():
        templates = tuple(_template(key, line) for line in lines)
        register(Matter(key, kind, templates, _path, CHOICES.get(key)))
