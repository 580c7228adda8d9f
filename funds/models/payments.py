"""Files for the bank: what was written into them, who released them, and what the bank has answered.

A line of a file is one instalment; an instalment is on its way in at most one file, and paid once. A file
never changes. Source: dossier, section 3, steps 9 to 12; pitfalls, "Money". Money in yuan.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funds.models.budgets import money, never_emptied
from funds.models.claims import BankAccount
from funds.models.payouts import Instalment, Plan
from funds.models.triggers import once_per_insert
from portal.accounts.models import User

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
