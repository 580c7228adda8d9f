"""Contracts of investment (投资协议), with what both sides took on (dossier, section 5).

The state of a commitment follows from its days: it is never stored. Money in yuan.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Case as Choose
from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _

from investment.models.leads import Lead
from portal.accounts.models import User
from portal.cases.models import Light

SOON = timedelta(days=30)


class Contract(models.Model):
    """The contract of a lead: investment agreement and the agreement on its supervision (履约监管协议)."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="contract")
    number = models.CharField(_("number of the contract"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    investment_amount = models.DecimalField(
        _("investment by contract (yuan)"), max_digits=16, decimal_places=2
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number"],
                name="investment_contract_once",
                violation_error_message=_("There is a contract of this number."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def with_light(self, today: date) -> CommitmentQuerySet:
        """Annotate `light_key` with the same rule as `Commitment.light`."""
        return self.annotate(
            light_key=Choose(
                When(done_on__isnull=False, then=Value(Light.DONE.value)),
                When(due_on__lt=today, then=Value(Light.LATE.value)),
                When(due_on__lte=today + SOON, then=Value(Light.WARN.value)),
                default=Value(Light.OK.value),
                output_field=models.CharField(),
            )
        )


class Commitment(models.Model):
    """One duty of one side, with its day; `amount` in the unit of its kind."""

    class Side(models.TextChoices):
        INVESTOR = "investor", _("the investor")
        PARK = "park", _("the park")

    class Kind(models.TextChoices):
        INVESTMENT = "investment", _("investment made")
        START = "start", _("start of the works")
        COMPLETION = "completion", _("completion")
        PRODUCTION = "production", _("start of production")
        INTENSITY = "intensity", _("investment per mu")
        FLOOR_AREA_RATIO = "floor_area_ratio", _("floor-area ratio")
        OUTPUT = "output", _("output a year")
        TAX = "tax", _("tax a year")
        JOBS = "jobs", _("jobs")
        ENERGY = "energy", _("energy use a year (tonnes of standard coal)")
        LAND = "land", _("land ready")
        UTILITIES = "utilities", _("utilities connected")
        REWARD = "reward", _("reward of the park")
        OTHER = "other", _("something else")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="commitments")
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    kind = models.CharField(_("duty"), max_length=16, choices=Kind.choices)
    text = models.CharField(_("in words"), max_length=200, blank=True)
    amount = models.DecimalField(_("promised"), null=True, blank=True, max_digits=16, decimal_places=2)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_amount = models.DecimalField(_("reached"), null=True, blank=True, max_digits=16, decimal_places=2)
    proof = models.CharField(_("what shows it"), max_length=300, blank=True)
    # Told of once when its day comes near, and once when it has passed.
    told_level = models.PositiveSmallIntegerField(_("told that it is due"), default=0)
    noted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    # Kinds whose amount is money.
    MONEY: ClassVar = frozenset((Kind.INVESTMENT, Kind.INTENSITY, Kind.OUTPUT, Kind.TAX, Kind.REWARD))

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["due_on", "id"], name="investment_commitments_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_on=None) | ~Q(proof=""),
                name="investment_done_has_its_proof",
                violation_error_message=_("What is done has its proof."),
            ),
            models.CheckConstraint(
                condition=(Q(amount=None) | Q(amount__gte=0)) & (Q(done_amount=None) | Q(done_amount__gte=0)),
                name="investment_commitment_not_negative",
                violation_error_message=_("An amount is not less than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def in_money(self) -> bool:
        return self.kind in self.MONEY

    @property
    def kept(self) -> bool:
        """Done by its day, with all that was promised."""
        full = self.amount is None or (self.done_amount is not None and self.done_amount >= self.amount)
        return self.done_on is not None and self.done_on <= self.due_on and full

    def light(self, today: date) -> Light:
        """Done; overdue; due within 30 days; on time."""
        if self.done_on is not None:
            return Light.DONE
        if self.due_on < today:
            return Light.LATE
        return Light.WARN if self.due_on <= today + SOON else Light.OK
