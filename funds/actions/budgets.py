"""What the finance office does with budgets: more, less, between two, into the next year. Amounts in yuan.

Two persons move money between budgets; its head gives more or takes away. Source: dossier, section 3.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from funds.access import in_finance, leads_finance
from funds.actions import money
from funds.models import Budget, BudgetLine, Claim, ClaimAccount, Policy, Transfer
from portal.cases.errors import NotAllowed, Refused
from portal.park.acting import Actor

LAST_YEAR = 2100  # as the table of budgets has it
APPEALABLE = ("refusing", "appealed")


def change_budget(budget: Budget, amount: Decimal, *, note: str, key: str, by: Actor, now: datetime) -> None:
    """More, or less than 0: so much less. The same key changes it once.

    Raises NotAllowed for everybody but the head of the finance office, Refused for what is bound.
    """
    if not leads_finance(by):
        raise NotAllowed(_("Only the head of the finance office gives a budget more, or less."))
    with transaction.atomic():
        held = money.hold_budgets([budget.pk])[budget.pk]
        if BudgetLine.objects.filter(key=f"budget:{key}").exists():
            return
        if held.closed_at is not None and amount > 0:
            raise Refused(_("The year of this budget is closed."))
        money.appropriate(held, amount, by=by.user, now=now, note=note, key=f"budget:{key}")


def ask_transfer(
    source: Budget, target: Budget, amount: Decimal, *, reason: str, by: Actor, now: datetime
) -> Transfer:
    """Raises NotAllowed outside of the finance office, Refused for what is not free."""
    _check_office(by)
    with transaction.atomic():
        held = money.hold_budgets([source.pk, target.pk])
        return money.ask_transfer(
            held[source.pk], held[target.pk], amount, reason=reason, by=by.user, now=now
        )


def decide_transfer(transfer: Transfer, *, granted: bool, by: Actor, now: datetime, note: str = "") -> None:
    """Another person of the finance office decides; what is carried over closes the year.

    Raises NotAllowed, and Refused for who asked, what was decided, what has changed meanwhile.
    """
    _check_office(by)
    with transaction.atomic():
        held = money.hold_budgets([transfer.source_id, transfer.target_id])
        source = held[transfer.source_id]
        over = transfer.kind == Transfer.Kind.CARRY_OVER and granted
        if over and source.free_amount != transfer.amount:
            raise Refused(_("What is free has changed meanwhile: decline this, and ask anew."))
        money.decide_transfer(transfer, granted=granted, by=by.user, now=now, note=note)
        if over:
            _close(source, held[transfer.target_id], now)


def _check_office(by: Actor) -> None:
    if not in_finance(by):
        raise NotAllowed(_("Only the finance office moves money between budgets."))


def next_code(budget: Budget) -> str:
    """The code of the same budget in the next year."""
    this, following = str(budget.year), str(budget.year + 1)
    return budget.code.replace(this, following) if this in budget.code else f"{budget.code}-{following}"


def ask_carry_over(budget: Budget, *, by: Actor, now: datetime) -> Transfer | None:
    """Ask for the free rest to go into the next year's budget; None: nothing is left, and the year is closed.

    Raises NotAllowed, and Refused when the year is closed, is not over, or was asked for already.
    """
    _check_office(by)
    with transaction.atomic():
        source = money.hold_budgets([budget.pk])[budget.pk]
        if source.closed_at is not None:
            raise Refused(_("The year of this budget is closed."))
        open_ones = Transfer.objects.filter(source=source, kind=Transfer.Kind.CARRY_OVER, granted=None)
        if open_ones.exists():
            raise Refused(_("It was asked for already: another person decides."))
        target = _next_budget(source)
        if not source.free_amount:
            if not leads_finance(by):
                raise NotAllowed(_("Only the head of the finance office closes a year without a rest."))
            _close(source, target, now)
            return None
        return money.ask_transfer(
            source,
            target,
            source.free_amount,
            reason=_("The free rest of %(year)s") % {"year": source.year},
            by=by.user,
            now=now,
            kind=Transfer.Kind.CARRY_OVER,
        )


def _next_budget(source: Budget) -> Budget:
    if source.year >= LAST_YEAR:
        raise Refused(_("There is no year after %(year)s.") % {"year": source.year})
    found = Budget.objects.filter(carried_from=source).first()
    if found is not None:
        return found
    made, _is_new = Budget.objects.get_or_create(
        code=next_code(source),
        defaults={
            "year": source.year + 1,
            "name": source.name,
            "name_en": source.name_en,
            "team": source.team,
        },
    )
    if made.year != source.year + 1 or made.carried_from_id is not None:
        raise Refused(_("%(code)s is another budget: name the next one first.") % {"code": made.code})
    made.carried_from = source
    made.save(update_fields=["carried_from"])
    return made


def _close(source: Budget, target: Budget, now: datetime) -> None:
    """The year is over: nothing new is reserved in it. Policies, and claims for which nothing
    is reserved, go on in the next."""
    Budget.objects.filter(pk=source.pk).update(closed_at=now)
    Policy.objects.filter(budget=source).update(budget=target)
    empty = ClaimAccount.objects.filter(budget=source, claim__case__closed_at=None, **money.EMPTY)
    # What is being appealed may come to nothing: it goes on when it is decided anew.
    empty.exclude(claim__case__step__in=APPEALABLE).update(budget=target)
    moved = Claim.objects.filter(budget=source, case__closed_at=None)
    moved.filter(Q(account=None) | Q(account__budget=target)).update(budget=target)
