"""Lines of the budget ledger: the only way in which money is bound, paid or given back.

Every function locks the budget first and asks what is there; the database asks once more.
Amounts in yuan.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from funds.models import Budget, BudgetLine, Claim, ClaimAccount, Transfer
from funds.models.lines import LINES
from portal.accounts.models import User
from portal.cases.errors import Refused
from portal.money import money as yuan


def hold_budgets(pks: Iterable[int | None]) -> dict[int, Budget]:
    """Budgets, locked in the order of their numbers: nothing is bound or freed in them beside us."""
    wanted = {pk for pk in pks if pk is not None}
    found = Budget.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {budget.pk: budget for budget in found}


def line_of(
    budget: Budget | int,
    kind: str,
    amount: Decimal,
    *,
    at: datetime,
    by: User | None,
    account: ClaimAccount | None = None,
    transfer: Transfer | None = None,
    key: str | None = None,
    note: str = "",
) -> BudgetLine:
    """A line, to be added by whoever has many of them."""
    source, target, _of_claim = LINES[kind]
    return BudgetLine(
        budget_id=budget if isinstance(budget, int) else budget.pk,
        kind=kind,
        source=source,
        target=target,
        amount=amount,
        account=account,
        transfer=transfer,
        key=key,
        note=note,
        at=at,
        by=by,
    )


def add_line(
    budget: Budget | int, kind: str, amount: Decimal, *, at: datetime, by: User | None, **more: Any
) -> BudgetLine:
    """One line. Raises IntegrityError for what is not there: ask under the lock before."""
    line = line_of(budget, kind, amount, at=at, by=by, **more)
    line.save(force_insert=True)
    return line


@transaction.atomic
def appropriate(
    budget: Budget, amount: Decimal, *, by: User | None, now: datetime, note: str = "", key: str | None = None
) -> None:
    """So much more for the budget; less than 0 takes away what is still free.

    Raises Refused for a cut that takes what is bound.
    """
    held = hold_budgets([budget.pk])[budget.pk]
    if amount < 0 and held.free_amount < -amount:
        raise Refused(_("Only %(free)s of it is still free.") % {"free": yuan(held.free_amount)})
    if amount:
        kind = "appropriate" if amount > 0 else "cut"
        add_line(held, kind, abs(amount), at=now, by=by, note=note, key=key)


def is_next(claim: Claim) -> bool:
    """Whether no other claim has waited longer for the same budget. Ask under its lock."""
    waiting = Claim.objects.filter(budget=claim.budget_id, waits_since__isnull=False).exclude(pk=claim.pk)
    if claim.waits_since is not None:
        waiting = waiting.filter(waits_since__lt=claim.waits_since) | waiting.filter(
            waits_since=claim.waits_since, pk__lt=claim.pk
        )
    return not waiting.exists()


EMPTY = dict.fromkeys(("reserved_amount", "committed_amount", "paid_amount", "recovered_amount"), 0)


def into_open_year(claim: Claim) -> bool:
    """A claim for which nothing is bound leaves a year that is closed, for the next one that is open.

    Whether it did. It waits there by its own moment, behind those that wait longer.
    """
    years = _years_from(claim.budget_id)
    held = hold_budgets(years)
    if claim.budget_id is None or held[claim.budget_id].closed_at is None:
        return False
    target = next((held[pk] for pk in years if held[pk].closed_at is None), None)
    account = ClaimAccount.objects.select_for_update().filter(claim=claim)
    if target is None or account.exclude(**EMPTY).exists():
        return False
    account.update(budget=target)
    claim.budget = target
    Claim.objects.filter(pk=claim.pk).update(budget=target)
    return True


def _years_from(budget: int | None) -> list[int]:
    """A budget and those into which it was carried over, the next year first."""
    found: list[int] = []
    while budget is not None:
        found.append(budget)
        budget = Budget.objects.filter(carried_from=budget).values_list("pk", flat=True).first()
    return found


def reserve(claim: Claim, amount: Decimal, *, by: User | None, now: datetime) -> bool:
    """Bind so much for a claim, in its turn; False when it has to wait: for others, for money, for a year."""
    if claim.budget_id is None:
        return False
    budget = hold_budgets([claim.budget_id])[claim.budget_id]
    if budget.closed_at is not None or budget.free_amount < amount or not is_next(claim):
        return False
    account, _made = ClaimAccount.objects.get_or_create(
        claim=claim, defaults={"budget": budget, "cap_amount": claim.version.cap_amount}
    )
    add_line(budget, "reserve", amount, at=now, by=by, account=account)
    return True


def approve(claim: Claim, amount: Decimal, *, by: User | None, now: datetime) -> ClaimAccount:
    """What the meeting has decided takes the place of what was reserved.

    Raises Refused when it is more than the cap, or than the budget has free.
    """
    budget = hold_budgets([claim.budget_id])[claim.budget_id or 0]
    account = ClaimAccount.objects.select_for_update().get(claim=claim)
    if account.cap_amount is not None and amount > account.cap_amount:
        raise Refused(_("The policy gives %(cap)s at most.") % {"cap": yuan(account.cap_amount)})
    more = amount - account.reserved_amount
    if more > 0 and budget.closed_at is not None:
        raise Refused(_("The year of this budget is closed."))
    if more > budget.free_amount:
        told = {"free": yuan(budget.free_amount), "budget": budget}
        raise Refused(_("%(budget)s has only %(free)s left.") % told)
    if more < 0:
        add_line(budget, "release", -more, at=now, by=by, account=account)
    ClaimAccount.objects.filter(pk=account.pk).update(approved_amount=amount)
    if more > 0:
        add_line(budget, "reserve", more, at=now, by=by, account=account)
    account.refresh_from_db()
    return account


def release(claim: Claim, *, by: User | None, now: datetime) -> None:
    """What was reserved for a claim is free again, and what was approved is not any more.

    Nothing happens where nothing was.
    """
    hold_budgets([claim.budget_id])
    account = ClaimAccount.objects.select_for_update().filter(claim=claim).first()
    if account is not None and account.reserved_amount > 0:
        add_line(account.budget_id, "release", account.reserved_amount, at=now, by=by, account=account)
    ClaimAccount.objects.filter(claim=claim, committed_amount=0, paid_amount=0).update(approved_amount=None)


def ask_transfer(
    source: Budget, target: Budget, amount: Decimal, *, reason: str, by: User, now: datetime, kind: str = ""
) -> Transfer:
    """Ask for money of one budget for another. Raises Refused for what is not free."""
    if source.free_amount < amount:
        raise Refused(_("Only %(free)s of it is still free.") % {"free": yuan(source.free_amount)})
    return Transfer.objects.create(
        kind=kind or Transfer.Kind.TRANSFER,
        source=source,
        target=target,
        amount=amount,
        reason=reason,
        asked_by=by,
        asked_at=now,
    )


@transaction.atomic
def decide_transfer(transfer: Transfer, *, granted: bool, by: User, now: datetime, note: str = "") -> None:
    """Another person decides. Raises Refused for who asked, what was decided, what is not free."""
    held = Transfer.objects.select_for_update().get(pk=transfer.pk)
    if held.granted is not None:
        raise Refused(_("This transfer was decided already."))
    if held.asked_by_id == by.pk:
        raise Refused(_("Whoever asked for it does not decide on it."))
    budgets = hold_budgets([held.source_id, held.target_id])
    source, target = budgets[held.source_id], budgets[held.target_id]
    if granted and target.closed_at is not None:
        raise Refused(_("The year of this budget is closed."))
    if granted and source.free_amount < held.amount:
        raise Refused(_("Only %(free)s of it is still free.") % {"free": yuan(source.free_amount)})
    held.granted, held.decided_by, held.decided_at, held.note = granted, by, now, note
    held.save()
    if granted:
        add_line(source, "transfer_out", held.amount, at=now, by=by, transfer=held)
        add_line(target, "transfer_in", held.amount, at=now, by=by, transfer=held)
