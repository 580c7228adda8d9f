"""The lines of the budget ledger: from which account to which so much goes. They are only ever added.

An account never falls below zero, so that nothing is bound or paid that is not there. Source: dossier,
section 3; pitfalls, "Money". Money in yuan.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funds.models.budgets import Budget, ClaimAccount, money, never_emptied
from funds.models.triggers import once_per_insert
from portal.accounts.models import User


class Account(models.TextChoices):
    """Where money of a budget can be. `treasury` is outside: it comes from there and goes back."""

    TREASURY = "treasury", _("treasury")
    FREE = "free", _("free")
    RESERVED = "reserved", _("reserved")
    COMMITTED = "committed", _("committed")
    PAID = "paid", _("paid out")
    ENTERPRISE = "enterprise", _("given back")


# Kind of line → from which account to which, and whether it belongs to a claim.
LINES: dict[str, tuple[Account, Account, bool]] = {
    "appropriate": (Account.TREASURY, Account.FREE, False),
    "cut": (Account.FREE, Account.TREASURY, False),
    "transfer_in": (Account.TREASURY, Account.FREE, False),
    "transfer_out": (Account.FREE, Account.TREASURY, False),
    "reserve": (Account.FREE, Account.RESERVED, True),
    "release": (Account.RESERVED, Account.FREE, True),
    "commit": (Account.RESERVED, Account.COMMITTED, True),
    "uncommit": (Account.COMMITTED, Account.RESERVED, True),
    "pay": (Account.COMMITTED, Account.PAID, True),
    "bounce": (Account.PAID, Account.COMMITTED, True),
    "recover": (Account.ENTERPRISE, Account.FREE, True),
}


class Transfer(models.Model):
    """调剂 from one budget to another, or carrying over at the end of the year: asked for by one, decided by
    another. Money in yuan."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer", _("transfer")
        CARRY_OVER = "carry_over", _("carried over")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.TRANSFER)
    source = models.ForeignKey(
        Budget, verbose_name=_("from"), on_delete=models.PROTECT, related_name="transfers_out"
    )
    target = models.ForeignKey(
        Budget, verbose_name=_("to"), on_delete=models.PROTECT, related_name="transfers_in"
    )
    amount = money(_("amount (yuan)"))
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"))
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    granted = models.BooleanField(_("granted"), null=True)
    note = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("transfer between budgets")
        verbose_name_plural = _("transfers between budgets")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_transfer_amount"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="funds_transfer_to_another"),
            models.CheckConstraint(
                condition=Q(granted=None, decided_at=None, decided_by=None)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="funds_transfer_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="funds_transfer_four_eyes",
                violation_error_message=_("Whoever asked for it does not decide on it."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__granted__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}: {self.amount}"


def _from_to(kind: str) -> Q:
    source, target, of_claim = LINES[kind]
    found = Q(kind=kind, source=source.value, target=target.value, account__isnull=not of_claim)
    return found & Q(transfer__isnull=kind not in ("transfer_in", "transfer_out"))


def _each_kind() -> Q:
    found = Q()
    for kind in LINES:
        found |= _from_to(kind)
    return found


# The budget first, then the claim, always: two that meet wait for one another and never in a ring. What an
# account gains another loses; of what comes from outside and goes back only the one side is of this ledger.
# One statement moves all its lines at once: a plan of ten thousand writes the row of its budget once.
_SUMS = """
    coalesce(sum(amount) FILTER (WHERE source = 'treasury'), 0)
        - coalesce(sum(amount) FILTER (WHERE target = 'treasury'), 0) AS appropriated,
    coalesce(sum(amount) FILTER (WHERE target = 'reserved'), 0)
        - coalesce(sum(amount) FILTER (WHERE source = 'reserved'), 0) AS reserved,
    coalesce(sum(amount) FILTER (WHERE target = 'committed'), 0)
        - coalesce(sum(amount) FILTER (WHERE source = 'committed'), 0) AS committed,
    coalesce(sum(amount) FILTER (WHERE target = 'paid'), 0)
        - coalesce(sum(amount) FILTER (WHERE source = 'paid'), 0) AS paid,
    coalesce(sum(amount) FILTER (WHERE source = 'enterprise'), 0) AS recovered
"""
_MOVE_MONEY = f"""
    PERFORM 1 FROM funds_budget WHERE id IN (SELECT budget_id FROM new_lines) ORDER BY id FOR NO KEY UPDATE;
    UPDATE funds_budget b SET
        appropriated_amount = b.appropriated_amount + m.appropriated,
        reserved_amount = b.reserved_amount + m.reserved,
        committed_amount = b.committed_amount + m.committed,
        paid_amount = b.paid_amount + m.paid,
        recovered_amount = b.recovered_amount + m.recovered
    FROM (SELECT budget_id, {_SUMS} FROM new_lines GROUP BY budget_id) m
    WHERE b.id = m.budget_id;
    SELECT count(DISTINCT (account_id, budget_id)) INTO wanted FROM new_lines WHERE account_id IS NOT NULL;
    IF wanted > 0 THEN
        PERFORM 1 FROM funds_claimaccount WHERE claim_id IN (SELECT account_id FROM new_lines)
        ORDER BY claim_id FOR NO KEY UPDATE;
        UPDATE funds_claimaccount a SET
            reserved_amount = a.reserved_amount + m.reserved,
            committed_amount = a.committed_amount + m.committed,
            paid_amount = a.paid_amount + m.paid,
            recovered_amount = a.recovered_amount + m.recovered
        FROM (
            SELECT account_id, budget_id, {_SUMS} FROM new_lines
            WHERE account_id IS NOT NULL GROUP BY account_id, budget_id
        ) m
        WHERE a.claim_id = m.account_id AND a.budget_id = m.budget_id;
        GET DIAGNOSTICS found_accounts = ROW_COUNT;
        IF found_accounts <> wanted THEN
            RAISE EXCEPTION 'the claim has no account in this budget'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
"""  # noqa: S608  # of constants only


# A year that is closed takes nothing more, and binds nothing new; what was bound goes on until it is paid.
_YEAR_IS_OPEN = """
    PERFORM 1 FROM funds_budget b WHERE b.id = NEW.budget_id AND b.closed_at IS NOT NULL
    FOR NO KEY UPDATE;
    IF FOUND THEN
        RAISE EXCEPTION 'the year of this budget is closed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_budget_year_closed';
    END IF;
    RETURN NEW;
"""


class BudgetLine(models.Model):
    """One line of the ledger: so much money from one account to another. Never changed, never taken away."""

    class Kind(models.TextChoices):
        APPROPRIATE = "appropriate", _("appropriated")
        CUT = "cut", _("cut")
        TRANSFER_IN = "transfer_in", _("transferred in")
        TRANSFER_OUT = "transfer_out", _("transferred out")
        RESERVE = "reserve", _("reserved")
        RELEASE = "release", _("released")
        COMMIT = "commit", _("committed")
        UNCOMMIT = "uncommit", _("taken out of the plan")
        PAY = "pay", _("paid")
        BOUNCE = "bounce", _("returned by the bank")
        RECOVER = "recover", _("recovered")

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    source = models.CharField(_("from account"), max_length=10, choices=Account.choices)
    target = models.CharField(_("to account"), max_length=10, choices=Account.choices)
    amount = money(_("amount (yuan)"))
    account = models.ForeignKey(
        ClaimAccount, null=True, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    transfer = models.ForeignKey(
        Transfer, null=True, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    key = models.CharField(max_length=80, null=True)  # noqa: DJ001  # what must not come twice; NULL: it may
    note = models.CharField(_("remark"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("line of the budget ledger")
        verbose_name_plural = _("lines of the budget ledger")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["account"], condition=Q(account__isnull=False), name="funds_line_account"),
            models.Index(fields=["budget", "-id"], name="funds_line_budget"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_line_amount"),
            models.CheckConstraint(condition=_each_kind(), name="funds_line_kind"),
            models.UniqueConstraint(fields=["key"], name="funds_line_once"),
            models.UniqueConstraint(
                fields=["transfer", "kind"], condition=Q(transfer__isnull=False), name="funds_line_transfer"
            ),
        ]
        triggers: ClassVar = [
            once_per_insert(
                "moves_money",
                "new_lines",
                _MOVE_MONEY,
                [("wanted", "bigint"), ("found_accounts", "bigint")],
            ),
            pgtrigger.Protect(name="only_added", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="year_is_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.kind IN ('reserve', 'appropriate', 'transfer_in')"),
                func=_YEAR_IS_OPEN,
            ),
            never_emptied("funds_budgetline"),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.kind} {self.amount}"
