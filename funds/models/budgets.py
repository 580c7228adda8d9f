"""The budget ledger: where every yuan of a budget is, by lines that are only ever added.

appropriated → free → reserved (a claim was accepted) → committed (it stands in an approved plan) → paid.
What a line moves is taken from one account and put into another by the database itself, under the lock of
the budget; an account never falls below zero, so that nothing is bound or paid that is not there.
Source: dossier, section 3; pitfalls, "Money". Money in yuan.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.names import local_name
from portal.park.models import Team

MOST_DIGITS, PLACES = 16, 2
ZERO = Decimal("0.00")


def money(label: object, **options: object) -> models.DecimalField:  # type: ignore[type-arg]
    """A column of money in yuan."""
    return models.DecimalField(label, max_digits=MOST_DIGITS, decimal_places=PLACES, **options)  # type: ignore[arg-type]


def _balance(label: object) -> models.DecimalField:  # type: ignore[type-arg]
    return money(label, default=ZERO, editable=False)


# Only the trigger of the lines, one level deeper, changes what they add up to.
_KEPT_BY_LINES = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'balances follow from the lines of the ledger'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""


def never_emptied(table: str) -> pgtrigger.Trigger:
    """Nobody empties the table; but tests, which say so in the options of their connection."""
    return pgtrigger.Trigger(
        name="not_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=(
            "IF current_setting('portal.test_database', true) IS DISTINCT FROM 'on' THEN"
            f" RAISE EXCEPTION '{table} is append-only'; END IF; RETURN NULL;"
        ),
    )


BALANCES = ("appropriated_amount", "reserved_amount", "committed_amount", "paid_amount", "recovered_amount")


def _balances_follow(names: tuple[str, ...]) -> list[pgtrigger.Trigger]:
    begun_with = " OR ".join(f"NEW.{name} <> 0" for name in names)
    changed = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in names)
    return [
        pgtrigger.Trigger(
            name="begins_empty",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition(begun_with),
            func="""
                RAISE EXCEPTION 'balances follow from the lines of the ledger'
                USING ERRCODE = 'integrity_constraint_violation';
            """,
        ),
        pgtrigger.Trigger(
            name="kept_by_lines",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(changed),
            func=_KEPT_BY_LINES,
        ),
    ]


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=list(BALANCES)
)
class Budget(models.Model):
    """资金预算: one line of one year, for one purpose."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    year = models.PositiveSmallIntegerField(_("year"))
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    team = models.ForeignKey(
        Team, verbose_name=_("department"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    carried_from = models.OneToOneField(
        "self",
        verbose_name=_("carried over from"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="carried_to",
    )
    closed_at = models.DateTimeField(_("year closed at"), null=True, editable=False)
    appropriated_amount = _balance(_("appropriated (yuan)"))
    reserved_amount = _balance(_("reserved (yuan)"))
    committed_amount = _balance(_("committed (yuan)"))
    paid_amount = _balance(_("paid (yuan)"))
    recovered_amount = _balance(_("recovered (yuan)"))

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering: ClassVar = ["-year", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="funds_budget_year"),
            models.CheckConstraint(
                condition=Q(
                    appropriated_amount__gte=0,
                    reserved_amount__gte=0,
                    committed_amount__gte=0,
                    paid_amount__gte=0,
                    recovered_amount__gte=0,
                ),
                name="funds_budget_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(
                    appropriated_amount__gte=F("reserved_amount")
                    + F("committed_amount")
                    + F("paid_amount")
                    - F("recovered_amount")
                ),
                name="funds_budget_not_exceeded",
                violation_error_message=_("The budget does not have so much left."),
            ),
            models.CheckConstraint(
                condition=Q(recovered_amount__lte=F("paid_amount")), name="funds_budget_recovered_was_paid"
            ),
        ]
        triggers: ClassVar = _balances_follow(BALANCES)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)

    @property
    def free_amount(self) -> Decimal:
        """What can still be reserved, in yuan."""
        bound = self.reserved_amount + self.committed_amount + self.paid_amount - self.recovered_amount
        return Decimal(self.appropriated_amount - bound)


class ClaimAccount(models.Model):
    """The money of one claim: what was approved, and how much of it lies in which account.

    `approved_amount` is what the meeting has decided; before it only a reservation stands here.
    """

    claim = models.OneToOneField(
        "funds.Claim", on_delete=models.PROTECT, primary_key=True, related_name="account"
    )
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="accounts")
    cap_amount = money(_("cap (yuan)"), null=True)
    approved_amount = money(_("approved (yuan)"), null=True)
    reserved_amount = _balance(_("reserved (yuan)"))
    committed_amount = _balance(_("committed (yuan)"))
    paid_amount = _balance(_("paid (yuan)"))
    recovered_amount = _balance(_("recovered (yuan)"))

    class Meta:
        verbose_name = _("account of a claim")
        verbose_name_plural = _("accounts of claims")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "budget"], name="funds_account_of_budget"),
            models.CheckConstraint(
                condition=Q(
                    reserved_amount__gte=0,
                    committed_amount__gte=0,
                    paid_amount__gte=0,
                    recovered_amount__gte=0,
                    recovered_amount__lte=F("paid_amount"),
                ),
                name="funds_account_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(approved_amount=None) | Q(approved_amount__gte=0),
                name="funds_approved_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(cap_amount=None)
                | Q(approved_amount=None)
                | Q(approved_amount__lte=F("cap_amount")),
                name="funds_approved_within_cap",
                violation_error_message=_("More than the policy allows."),
            ),
            models.CheckConstraint(
                condition=Q(approved_amount=None, committed_amount=0, paid_amount=0)
                | Q(
                    approved_amount__gte=F("reserved_amount") + F("committed_amount") + F("paid_amount"),
                ),
                name="funds_bound_within_approved",
                violation_error_message=_("More than was approved."),
            ),
        ]
        triggers: ClassVar = [
            *_balances_follow(BALANCES[1:]),
            # Only what is empty goes on in another year: money that is bound stays where its lines are.
            pgtrigger.Trigger(
                name="stays_in_its_budget",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "((OLD.budget_id <> NEW.budget_id OR OLD.claim_id <> NEW.claim_id) AND ("
                    + " OR ".join(f"OLD.{name} <> 0" for name in BALANCES[1:])
                    + "))"
                ),
                func="""
                    RAISE EXCEPTION 'a claim with money does not leave its budget'
                    USING ERRCODE = 'integrity_constraint_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.claim)
