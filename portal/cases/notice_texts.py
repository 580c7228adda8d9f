"""What the engine's notices say. Registered with `portal.notices` when the apps are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.cases.declaration import FLOWS
from portal.cases.models import Rating
from portal.notices.texts import Text, register

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


def _moment(value: str | None) -> str:
    moment = parse_datetime(value) if value else None
    return timezone.localtime(moment).strftime("%m-%d %H:%M") if moment else ""


def _opened(p: Params) -> str:
    return _("%(kind)s received; now at: %(step)s.") % {"kind": _kind(p), "step": _step(p)}


def _moved(p: Params) -> str:
    return _("%(action)s. Now at: %(step)s.") % {"action": _action(p), "step": _step(p)}


def _alerted(p: Params) -> str:
    values = {"step": _step(p), "due": _moment(p.get("due_at"))}
    if p.get("level") == 1:
        return _("Due soon: %(step)s, by %(due)s.") % values
    return _("Overdue: %(step)s was due by %(due)s.") % values


def _days(p: Params) -> str:
    return ngettext("%(n)s working day", "%(n)s working days", p.get("days", 0)) % {"n": p.get("days", 0)}


def _extended(p: Params) -> str:
    return _("The time was extended by %(days)s. Reason: %(reason)s") % {
        "days": _days(p),
        "reason": p.get("reason", ""),
    }


def _rated(p: Params) -> str:
    return _("The enterprise has rated the case: %(level)s.") % {"level": Rating.Level(p["level"]).label}


def _letter_issued(p: Params) -> str:
    flow = FLOWS.get(p.get("kind", ""))
    known = [letter for letter in flow.letters if letter.name == p.get("letter")] if flow else []
    return _("An official letter was issued: %(letter)s %(number)s") % {
        "letter": known[0].label if known else "",
        "number": p.get("document_number", ""),
    }


PLAIN = {
    "case.assigned": gettext_lazy("The case has been assigned to you."),
    "case.transfer_offered": gettext_lazy("Another team asks you to take this case: accept or decline."),
    "case.transfer_accepted": gettext_lazy("The other team has accepted the case."),
    "case.transfer_declined": gettext_lazy("The other team has declined the case: it stays with you."),
    "case.resumed": gettext_lazy("The clock runs again."),
    "case.commented": gettext_lazy("There is a new message."),
    "case.pause_overrun": gettext_lazy(
        "The clock has been stopped longer than planned: resume it or say why."
    ),
}
COMPUTED = {
    "case.opened": _opened,
    "case.moved": _moved,
    "case.alerted": _alerted,
    "case.extended": _extended,
    "case.rated": _rated,
    "case.paused": lambda p: _("The clock is stopped. %(notice)s") % {"notice": p.get("notice", "")},
    "case.attached": lambda p: _("A paper was added: %(name)s") % {"name": p.get("document", "")},
    "case.letter_issued": _letter_issued,
    "case.extension_asked": lambda _p: _("More time is asked for: please decide."),
    "case.extension_refused": lambda p: _("The extension by %(days)s was refused.") % {"days": _days(p)},
}


def _text(body: str, params: Params, case_id: int | None) -> Text:
    title = f"{params.get('number', '')} {params.get('title', '')}".strip()
    return Text(title, body, reverse("cases:case_view", args=[case_id]) if case_id else "/")


def register_all() -> None:
    """Called once, when the apps are loaded."""
    for key, line in PLAIN.items():
        register(key, lambda p, case_id, line=line: _text(str(line), p, case_id))  # type: ignore[misc]  # bound default
    for key, words in COMPUTED.items():
        register(key, lambda p, case_id, words=words: _text(words(p), p, case_id))  # type: ignore[misc]  # bound default
