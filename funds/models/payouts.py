"""From an approved claim to its payment: instalments, the plan of a month, and what has to come back.

Source: dossier, section 3, steps 9 to 12; pitfalls, "Money". Money in yuan.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from funds.models.budgets import ClaimAccount, money
from funds.models.triggers import once_per_insert
from portal.accounts.models import User
from portal.cases.models import Case
from portal.park.models import Enterprise


class Plan(models.Model):
    """月资金支付计划: what is to be paid in a month; a case. Collected by the 20th, reviewed by the 25th,
    approved by the end of the month (dossier, section 3, step 10)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="plan")
    month = models.DateField(_("month"), unique=True)  # its first day
    approved_at = models.DateTimeField(_("approved at"), null=True)

    class Meta:
        verbose_name = _("payment plan")
        verbose_name_plural = _("payment plans")
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="funds_plan_month_first")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def sums(self) -> dict[str, Decimal]:
        """What it comes to, in yuan: in the plan, put off, paid. One statement."""
        named = {
            "planned": Q(deferred_why=""),
            "deferred": ~Q(deferred_why=""),
            "paid": Q(instalment__paid_on__isnull=False),
        }
        found = self.lines.aggregate(**{n: Sum("instalment__amount", filter=q) for n, q in named.items()})
        return {name: total or Decimal(0) for name, total in found.items()}


# The account is locked: two that would together be too much cannot pass one another.
_WITHIN_APPROVED = """
    PERFORM 1 FROM funds_claimaccount a WHERE a.claim_id IN ({accounts}) ORDER BY a.claim_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM funds_instalment i JOIN funds_claimaccount a ON a.claim_id = i.account_id
        WHERE i.account_id IN ({accounts}) AND i.state <> 'void'
        GROUP BY a.claim_id HAVING sum(i.amount) > coalesce(a.approved_amount, 0)
    ) THEN
        RAISE EXCEPTION 'the instalments come to more than was approved'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_instalments_within_approved';
    END IF;
    RETURN NULL;
"""


class Instalment(models.Model):
    """A part of what was approved, frozen with the approval."""

    class State(models.TextChoices):
        PLANNED = "planned", _("waits for a plan")
        COMMITTED = "committed", _("in an approved plan")
        SENT = "sent", _("at the bank")
        RETURNED = "returned", _("returned by the bank")
        PAID = "paid", _("paid")
        CREDITED = "credited", _("credited")
        STOPPED = "stopped", _("stopped")
        VOID = "void", _("no longer due")

    account = models.ForeignKey(ClaimAccount, on_delete=models.PROTECT, related_name="instalments")
    sequence = models.PositiveSmallIntegerField(_("sequence"))
    amount = money(_("amount (yuan)"))
    due_on = models.DateField(_("due from"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    paid_on = models.DateField(_("paid on"), null=True)
    credited_on = models.DateField(_("credited on"), null=True)
    stopped_why = models.CharField(_("why it is stopped"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering: ClassVar = ["account", "sequence"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on", "id"], condition=Q(state="planned"), name="funds_instalment_waits"
            ),
            models.Index(
                fields=["paid_on"], condition=Q(paid_on__isnull=False), name="funds_instalment_paid"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "sequence"], name="funds_instalment_once"),
            models.UniqueConstraint(fields=["id", "amount"], name="funds_instalment_amount_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_instalment_amount"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=False, state__in=["paid", "credited"])
                | Q(paid_on=None) & ~Q(state__in=["paid", "credited"]),
                name="funds_paid_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(credited_on=None) & ~Q(state="credited")
                | Q(credited_on__gte=F("paid_on"), state="credited"),
                name="funds_credited_after_payment",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="amount_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.amount <> OLD.amount OR NEW.account_id <> OLD.account_id"
                    " OR NEW.sequence <> OLD.sequence"
                ),
            ),
            pgtrigger.Protect(name="instalment_stays", operation=pgtrigger.Delete),
            once_per_insert(
                "within_approved",
                "new_parts",
                _WITHIN_APPROVED.format(accounts="SELECT account_id FROM new_parts"),
            ),
            pgtrigger.Trigger(
                name="due_again",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'void' AND NEW.state <> 'void'"),
                func=_WITHIN_APPROVED.format(accounts="NEW.account_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} / {self.sequence}"


class PlanLine(models.Model):
    """An instalment in the plan of a month; deferred only with a reason, which the enterprise reads."""

    class Group(models.TextChoices):
        """Enterprises always come first (dossier, section 3, step 10)."""

        ENTERPRISE = "1_enterprise", _("enterprises")
        OTHER = "2_other", _("others")

    # Found by its page: the index of the order begins with the plan.
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="lines", db_index=False)
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="plan_lines")
    group = models.CharField(_("class"), max_length=12, choices=Group.choices, default=Group.ENTERPRISE)
    deferred_why = models.CharField(_("why it is deferred"), max_length=300, blank=True)
    deferred_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(_("approved"), default=False)

    class Meta:
        verbose_name = _("line of a payment plan")
        verbose_name_plural = _("lines of payment plans")
        ordering: ClassVar = ["plan", "group", "id"]
        indexes: ClassVar = [models.Index(fields=["plan", "group", "id"], name="funds_lines_of_plan")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "instalment"], name="funds_plan_line_once"),
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(deferred_why=""), name="funds_in_one_plan"
            ),
            models.CheckConstraint(
                condition=Q(deferred_why="", deferred_by=None)
                | ~Q(deferred_why="") & Q(deferred_by__isnull=False, approved=False),
                name="funds_deferred_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.instalment}"


class Recovery(models.Model):
    """追回: what an enterprise has to give back; a case. What is missing stays due, however little comes."""

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="fund_recovery"
    )
    account = models.ForeignKey(ClaimAccount, on_delete=models.PROTECT, related_name="recoveries")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    demanded_amount = money(_("to be given back (yuan)"))
    received_amount = money(_("given back (yuan)"), default=0)
    due_on = models.DateField(_("due on"))
    reason = models.TextField(_("reason"), max_length=2000)

    class Meta:
        verbose_name = _("recovery of a payment")
        verbose_name_plural = _("recoveries of payments")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(demanded_amount__gt=0, received_amount__gte=0)
                & Q(received_amount__lte=F("demanded_amount")),
                name="funds_recovered_within_demand",
                violation_error_message=_("More than is due."),
            )
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def left_amount(self) -> Decimal:
        """What is still due, in yuan."""
        return Decimal(self.demanded_amount - self.received_amount)
