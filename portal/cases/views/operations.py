"""The kernel's own operations by name: label, form, call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
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
    anytime: bool = False  # says itself who was faster, or minds no change of the case


OPERATIONS: dict[str, Operation] = {
    "claim": Operation(_("Claim"), lambda c, a, _d, n: engine.claim(c, by=a, now=n), anytime=True),
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
    "watch": Operation(_("Follow"), lambda c, a, _d, n: engine.watch(c, by=a, on=True, now=n), anytime=True),
    "unwatch": Operation(
        _("Follow no longer"), lambda c, a, _d, _n: engine.watch(c, by=a, on=False), anytime=True
    ),
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


def operate(
    operation: Operation,
    case: Case,
    actor: Actor,
    data: Mapping[str, Any],
    *,
    now: datetime,
    version: int | None,
) -> None:
    """Do it, unless the case has changed since the page was shown (Conflict)."""
    with transaction.atomic():
        if version is not None and not operation.anytime:
            engine.lock(case, by=actor, now=now, version=version)
        operation.call(case, actor, data, now)
