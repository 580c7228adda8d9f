"""The kernel's own operations by name: label, form, call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.cases import engine
from portal.cases.forms import (
    ActionForm,
    AnswerForm,
    AssignForm,
    ExtensionForm,
    PauseForm,
    RemindForm,
    TransferForm,
)
from portal.cases.models import Case
from portal.park.acting import Actor

Call = Callable[[Case, Actor, Mapping[str, Any], datetime], object]


@dataclass(frozen=True)
class Operation:
    label: str | Promise
    call: Call
    form: type[ActionForm] | None = None


OPERATIONS: dict[str, Operation] = {
    "claim": Operation(_("Claim"), lambda c, a, _d, n: engine.claim(c, by=a, now=n)),
    "release": Operation(_("Put back into the queue"), lambda c, a, _d, n: engine.release(c, by=a, now=n)),
    "assign": Operation(
        _("Assign to a colleague"), lambda c, a, d, n: engine.assign(c, by=a, data=d, now=n), AssignForm
    ),
    "transfer": Operation(
        _("Offer to another team"), lambda c, a, d, n: engine.transfer(c, by=a, data=d, now=n), TransferForm
    ),
    "accept_transfer": Operation(
        _("Take it over"), lambda c, a, d, n: engine.accept_transfer(c, by=a, data=d, now=n), AnswerForm
    ),
    "decline_transfer": Operation(
        _("Decline"), lambda c, a, d, n: engine.decline_transfer(c, by=a, data=d, now=n), AnswerForm
    ),
    "withdraw_transfer": Operation(
        _("Take the offer back"), lambda c, a, _d, n: engine.withdraw_transfer(c, by=a, now=n)
    ),
    "remind": Operation(_("Remind"), lambda c, a, d, n: engine.remind(c, by=a, data=d, now=n), RemindForm),
    "watch": Operation(_("Follow"), lambda c, a, _d, n: engine.watch(c, by=a, on=True, now=n)),
    "unwatch": Operation(_("Follow no longer"), lambda c, a, _d, _n: engine.watch(c, by=a, on=False)),
    "pause": Operation(
        _("Stop the clock"), lambda c, a, d, n: engine.pause(c, by=a, data=d, now=n), PauseForm
    ),
    "resume": Operation(_("Let the clock run"), lambda c, a, _d, n: engine.resume(c, by=a, now=n)),
    "ask_extension": Operation(
        _("Ask for more time"), lambda c, a, d, n: engine.ask_extension(c, by=a, data=d, now=n), ExtensionForm
    ),
    "grant_extension": Operation(
        _("Grant more time"), lambda c, a, _d, n: engine.decide_extension(c, by=a, granted=True, now=n)
    ),
    "refuse_extension": Operation(
        _("Refuse more time"), lambda c, a, _d, n: engine.decide_extension(c, by=a, granted=False, now=n)
    ),
}
