"""追回: demanded, given back in parts, booked to the budget it came from. Amounts in yuan."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from funds.actions import money
from funds.models import Bar, ClaimAccount, Recovery
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.money import money as yuan
from portal.worktime.clock import Limit, Unit, local

BARRED_YEARS = 3  # after a false claim (dossier, section 3, step 13)


def recovery_title(_data: Any) -> str:
    return str(_("Recovery"))


def demand(move: Move) -> None:
    """Raises Refused for more than was paid and is not demanded yet."""
    parent = move.case.parent
    account = ClaimAccount.objects.select_for_update().filter(claim=parent.pk if parent else 0).first()
    if account is None or parent is None:
        raise Refused(_("Nothing was paid for this claim."))
    open_ones = Recovery.objects.filter(account=account, case__closed_at=None)
    pending = sum((r.demanded_amount - r.received_amount for r in open_ones), Decimal(0))
    left = account.paid_amount - account.recovered_amount - pending
    if move.data["amount"] > left:
        raise Refused(_("Only %(left)s can be demanded.") % {"left": yuan(left)})
    Recovery.objects.create(
        case=move.case,
        account=account,
        enterprise_id=parent.enterprise_id or 0,
        demanded_amount=move.data["amount"],
        due_on=move.data["due_on"],
        reason=move.data["reason"],
    )
    move.case.title = f"{_('Recovery')} · {parent.title}"[:200]
    days = (move.data["due_on"] - local(move.now).date()).days
    move.allow(Limit(Decimal(max(1, days)), Unit.CALENDAR_DAY))
    if move.data["false_claim"]:
        _bar(move, parent)


def _bar(move: Move, claim: Case) -> None:
    today = local(move.now).date()
    Bar.objects.create(
        enterprise_id=claim.enterprise_id or 0,
        kind=Bar.Kind.FALSE_CLAIM,
        since_on=today,
        until_on=today + timedelta(days=365 * BARRED_YEARS),
        reason=f"{claim.number}: {move.data['reason']}"[:300],
    )


def receive(move: Move) -> None:
    """So much came back: free again in its budget. All of it ends the case."""
    recovery: Recovery = move.case.fund_recovery
    budget = recovery.account.budget_id
    money.hold_budgets([budget])
    money.add_line(
        budget,
        "recover",
        move.data["amount"],
        at=move.now,
        by=move.by.user if move.by else None,
        account=recovery.account,
        key=f"recover:{move.case.pk}:{move.case.version}",
        note=str(move.data["on"]),
    )
    recovery.received_amount += move.data["amount"]
    move.keep(recovery)
    if recovery.received_amount == recovery.demanded_amount:
        move.target = "recovered"


def nothing_received(case: Case) -> None:
    """Raises Refused once something came: then the rest stays due."""
    if case.fund_recovery.received_amount:
        raise Refused(_("Some of it came back: the rest stays due."))
