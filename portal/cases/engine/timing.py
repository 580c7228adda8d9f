"""Stopping, restarting and lengthening the clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.cases import access
from portal.cases.engine.core import fill, lock
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.cases.forms import ExtensionForm, PauseForm
from portal.cases.models import Case, Extension, MissingItem, Pause
from portal.cases.move import Move
from portal.park.acting import Actor
from portal.worktime.clock import Limit, Unit


def pause(case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None) -> Pause:
    """Stop the clock, with type, legal basis, planned days and notice to the enterprise.

    Source: domain dossier, section 2, "Clock rules" (行政许可法 §45: the enterprise is told in writing).
    """
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        locked = move.case
        leads = access.allows(by, locked, move.flow.pause_by)
        if not move.flow.pausable or not (leads or access.allows(by, locked, move.flow.supplement_by)):
            raise NotAllowed(_("Only who leads the team may stop the clock."))
        _check_running(move)
        if locked.paused_at is not None:
            raise Conflict(_("The clock is already stopped."))
        if not locked.step_declared.counts:
            raise Refused(_("The case waits for the enterprise: its clock stands still already."))
        recorded = fill(move, PauseForm, data, None)
        if not leads and move.data["reason"] != Pause.Reason.SUPPLEMENT:
            raise NotAllowed(_("You may stop the clock for what is missing, and for no other reason."))
        planned = Limit(Decimal(move.data["planned_days"]), Unit.WORKING_DAY)
        made = move.add_pause(
            Pause(
                reason=move.data["reason"],
                basis=move.data["basis"],
                notice=move.data["notice"],
                planned_days=move.data["planned_days"],
                planned_until_at=move.calendar.due_at(move.now, planned, []),
                from_at=move.now,
                paused_by=by.user,
            )
        )
        _name_missing(made, move.data["missing"])
        locked.paused_at = move.now
        move.log("paused", **recorded)
        move.tell("case.paused", "enterprise", "handler", notice=made.notice)
        move.save()
    return made


def _name_missing(pause: Pause, lines: list[str]) -> None:
    """Keep what is missing, one item for each line; after a colon, what it must look like."""
    items = []
    for position, line in enumerate(lines, start=1):
        name, _colon, hint = line.replace("：", ":").partition(":")
        items.append(
            MissingItem(pause=pause, position=position, name=name.strip()[:120], hint=hint.strip()[:300])
        )
    MissingItem.objects.bulk_create(items)


def resume(case: Case | int, *, by: Actor, now: datetime | None = None) -> Case:
    """Let the clock run again; every moment is recomputed."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        locked = move.case
        if not access.allows(by, locked, (*move.flow.pause_by, "handler")):
            raise NotAllowed(_("Only the handler or who leads the team may do this."))
        if locked.paused_at is None:
            raise Conflict(_("The clock is running already."))
        run_on(move)
        move.tell("case.resumed", "enterprise", "handler")
        move.save()
    return locked


def run_on(move: Move) -> None:
    """End the running pause of a locked case."""
    running = next(p for p in move.pauses if p.to_at is None)
    running.to_at, running.resumed_by = move.now, move.user
    running.save(update_fields=["to_at", "resumed_by"])
    move.case.paused_at = None
    move.log("resumed")


def ask_extension(
    case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None
) -> Extension:
    """Ask for more time: once, before expiry (dossier, section 2). Another person decides."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        locked = move.case
        if not move.flow.extendable or not access.allows(by, locked, ("handler",)):
            raise NotAllowed(_("Only the handler or who leads the team may do this."))
        _check_running(move)
        if locked.promise_due_at is None:
            raise Refused(_("No promised time is running that could be extended."))
        if locked.promise_due_at < move.now:
            raise Refused(_("It is too late: an extension must be asked for before the time is up."))
        if locked.extensions.exclude(granted=False).exists():
            raise Refused(_("The time has been extended once already; the rules allow no second time."))
        recorded = fill(move, ExtensionForm, data, None)
        asked = Extension.objects.create(
            case=locked,
            days=move.data["days"],
            reason=move.data["reason"],
            asked_by=by.user,
            asked_at=move.now,
        )
        move.log("extension_asked", internal=recorded["public"])
        move.tell("case.extension_asked", *move.flow.extend_by)
        move.save()
    return asked


def decide_extension(case: Case | int, *, by: Actor, granted: bool, now: datetime | None = None) -> Extension:
    """Grant or refuse an extension; never by the one who asked. The enterprise is told of a grant."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        locked = move.case
        asked = locked.extensions.select_for_update().filter(granted=None).first()
        if asked is None:
            raise Conflict(_("No extension is waiting for a decision."))
        if not access.allows(by, locked, move.flow.extend_by):
            raise NotAllowed(_("Only who leads the team may decide on an extension."))
        if asked.asked_by_id == by.user.pk:
            raise NotAllowed(_("You have asked for it yourself: somebody else has to decide."))
        asked.granted, asked.decided_by, asked.decided_at = granted, by.user, move.now
        asked.save()
        if granted and locked.promise_amount is not None:
            if locked.promise_unit not in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
                raise Refused(_("A limit in hours cannot be extended by days."))
            locked.promise_amount += asked.days
            if move.flow.on_extended:
                move.flow.on_extended(move, asked.days)
        _record_decision(move, asked)
        move.save()
    return asked


def _record_decision(move: Move, asked: Extension) -> None:
    told: dict[str, Any] = {"days": asked.days, "reason": asked.reason}
    if asked.granted:
        move.log("extended", public=told)
        move.tell("case.extended", "enterprise", "handler", days=asked.days, reason=asked.reason)
    else:
        move.log("extension_refused", internal=told)
        move.tell("case.extension_refused", "handler", days=asked.days)


def _check_running(move: Move) -> None:
    if not move.case.is_open:
        raise Conflict(_("The case is closed."))
