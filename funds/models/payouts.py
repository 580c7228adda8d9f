"""From an approved claim to the enterprise's bank: instalments, the plan of a month, files for the bank.

A line of a file is one instalment; an instalment is on its way in at most one file, and paid once. A file
never changes. Source: dossier, section 3, steps 9 to 12; pitfalls, "Money". Money in yuan.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from funds.models.budgets import ClaimAccount, money, never_emptied
from funds.models.claims import BankAccount
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


# Who accepts, reviews, approves and pays are four people (dossier, section 3, "Separation of duty").
_PAYER_IS_ANOTHER = """
    IF EXISTS (
        SELECT 1 FROM {lines} JOIN funds_instalment i ON i.id = l.instalment_id
        JOIN funds_claim c ON c.case_id = i.account_id
        WHERE {payer} IN (c.accepted_by_id, c.reviewed_by_id, c.approved_by_id)
    ) THEN
        RAISE EXCEPTION 'who accepted, reviewed or approved a claim does not pay it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_payer_is_another';
    END IF;
    RETURN NULL;
"""
_AMOUNT_OF_INSTALMENT = """
    IF EXISTS (
        SELECT 1 FROM new_payments l JOIN funds_instalment i ON i.id = l.instalment_id
        WHERE i.amount <> l.amount
    ) THEN
        RAISE EXCEPTION 'a payment has the amount of its instalment'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_payment_of_instalment';
    END IF;
    RETURN NULL;
"""


class PaymentFile(models.Model):
    """支付文件 for the bank: made once by a POST with a key; the same key gives the same bytes for ever.

    Made by one and released by another (two persons, dossier, section 3, step 11).
    """

    number = models.CharField(_("number"), max_length=40, unique=True)
    key = models.CharField(max_length=64, unique=True)  # of the request that made it
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="files")
    layout = models.CharField(_("layout"), max_length=20)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField(_("lines"))
    total_amount = money(_("total (yuan)"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(count__gte=1, total_amount__gt=0), name="funds_file_not_empty")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="file_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("funds_paymentfile"),
        ]

    def __str__(self) -> str:
        return self.number


class FileRelease(models.Model):
    """The second person: a file goes to the bank when another one has released it."""

    file = models.OneToOneField(
        PaymentFile, on_delete=models.PROTECT, primary_key=True, related_name="release"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(_("released at"))

    class Meta:
        verbose_name = _("release of a payment file")
        verbose_name_plural = _("releases of payment files")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(made_by=F("released_by")),
                name="funds_file_two_persons",
                violation_error_message=_("Whoever made the file does not release it."),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="release_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="releaser_is_another",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=_PAYER_IS_ANOTHER.format(
                    lines="(SELECT * FROM funds_paymentline WHERE file_id = NEW.file_id) l",
                    payer="NEW.released_by_id",
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.file)


class PaymentLine(models.Model):
    """One payment order: what was written into the file, and what the bank said."""

    class State(models.TextChoices):
        SENT = "sent", _("at the bank")
        PAID = "paid", _("paid")
        RETURNED = "returned", _("returned")

    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(_("line"))
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="payments")
    amount = money(_("amount (yuan)"))
    to_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENT)
    answered_on = models.DateField(_("answered on"), null=True)
    bank_reference = models.CharField(_("reference of the bank"), max_length=60, blank=True)
    returned_why = models.CharField(_("why it was returned"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering: ClassVar = ["file", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "position"], name="funds_payment_position"),
            models.UniqueConstraint(
                fields=["instalment"],
                condition=Q(state__in=["sent", "paid"]),
                name="funds_in_one_file",
                violation_error_message=_("It is in a payment file already."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_payment_amount"),
            models.CheckConstraint(
                condition=Q(state="sent", answered_on=None, returned_why="")
                | Q(state="paid", answered_on__isnull=False, returned_why="")
                | Q(state="returned", answered_on__isnull=False) & ~Q(returned_why=""),
                name="funds_payment_answered",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="order_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.file_id <> OLD.file_id OR NEW.instalment_id <> OLD.instalment_id"
                    " OR NEW.amount <> OLD.amount OR NEW.to_account_id <> OLD.to_account_id"
                ),
            ),
            pgtrigger.Protect(name="payment_stays", operation=pgtrigger.Delete),
            once_per_insert(
                "payer_is_another",
                "new_payments",
                _PAYER_IS_ANOTHER.format(
                    lines="new_payments l JOIN funds_paymentfile f ON f.id = l.file_id", payer="f.made_by_id"
                ),
            ),
            once_per_insert("amount_of_instalment", "new_payments", _AMOUNT_OF_INSTALMENT),
        ]

    def __str__(self) -> str:
        return f"{self.file}/{self.position}"


class BankResult(models.Model):
    """What the bank sent back for a file, as it came; the same bytes are taken once."""

    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="results")
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    differences = ArrayField(models.CharField(max_length=300), verbose_name=_("differences"), default=list)
    taken_at = models.DateTimeField(_("taken in at"))
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("result of the bank")
        verbose_name_plural = _("results of the bank")
        ordering: ClassVar = ["-id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="result_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.taken_at:%Y-%m-%d}"


class ResultLine(models.Model):
    """What the bank says of one payment. It is applied once: as long as the payment is still at the bank."""

    class Outcome(models.TextChoices):
        PAID = "paid", _("paid")
        RETURNED = "returned", _("returned")

    result = models.ForeignKey(BankResult, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(PaymentLine, on_delete=models.PROTECT, related_name="answers")
    outcome = models.CharField(_("result"), max_length=10, choices=Outcome.choices)
    on = models.DateField(_("day"))
    reference = models.CharField(_("reference of the bank"), max_length=60, blank=True)
    why = models.CharField(_("why it was returned"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("answer of the bank")
        verbose_name_plural = _("answers of the bank")
        ordering: ClassVar = ["result", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["result", "payment"], name="funds_answer_once"),
            models.CheckConstraint(
                condition=Q(outcome="paid", why="") | Q(outcome="returned") & ~Q(why=""),
                name="funds_answer_with_reason",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="answer_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {self.outcome}"


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
