"""腾笼换鸟: land that lies idle or poorly used goes back to the park, by agreement or by law.

Source: dossier, section 1 (rows 48 to 51) and section 2, stage 5, "Low-use land".
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.land import Parcel
from portal.cases.models import Case

# Dossier, section 2, stage 5 [S16]: a fee of 20 % of the price after one year, taken back after two.
FEE_SHARE, YEARS_UNTIL_FEE, YEARS_UNTIL_TAKEN = Decimal("0.20"), 1, 2


class Recovery(models.Model):
    """收回 of one parcel; a case, with a child for each track. Money in yuan."""

    class Cause(models.TextChoices):
        ENTERPRISE = "enterprise", _("the enterprise")
        GOVERNMENT = "government", _("the government")
        JUDICIAL = "judicial", _("the courts (seized or in dispute)")

    class Remedy(models.TextChoices):
        """Where the government has caused it; an agreed return is the track by agreement."""

        EXTENSION = "extension", _("more time to build")
        SWAP = "swap", _("another parcel in exchange")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="recovery")
    parcel = models.ForeignKey(
        Parcel, verbose_name=_("parcel"), on_delete=models.PROTECT, related_name="recoveries"
    )
    cause = models.CharField(_("who has caused it"), max_length=12, choices=Cause.choices)
    reason = models.TextField(_("what is the matter"), max_length=2000)
    idle_since = models.DateField(_("idle since"), null=True)
    land_price_amount = models.DecimalField(
        _("price of the land as sold (yuan)"), max_digits=16, decimal_places=2, null=True
    )
    planned_delivery_on = models.DateField(_("hand-over planned for"))
    status_before = models.CharField(max_length=12, choices=Parcel.Status.choices)
    remedy = models.CharField(_("remedy"), max_length=12, choices=Remedy.choices, blank=True)
    remedy_terms = models.TextField(_("terms of the remedy"), max_length=2000, blank=True)
    mode = models.CharField(
        _("way of recovery"), max_length=12, choices=Parcel.RecoveryMode.choices, blank=True
    )
    amount = models.DecimalField(
        _("price of the recovery (yuan)"), max_digits=16, decimal_places=2, null=True
    )
    delivered_on = models.DateField(_("handed over on"), null=True)
    supplied_on = models.DateField(_("supplied again on"), null=True)
    under_way = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("recovery of land")
        verbose_name_plural = _("recoveries of land")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(under_way=True), name="approvals_one_recovery"
            ),
            models.CheckConstraint(
                condition=Q(mode="", amount=None, delivered_on=None)
                | ~Q(mode="") & Q(amount__gte=0, delivered_on__isnull=False, under_way=False),
                name="approvals_recovered_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(cause="government") | Q(remedy=""), name="approvals_remedy_of_government"
            ),
            models.CheckConstraint(
                condition=~Q(cause="government") | ~Q(mode="compulsory"),
                name="approvals_government_takes_nothing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def days_late(self) -> int | None:
        """Calendar days by which the hand-over was late (less than 0: early); None before it."""
        return None if self.delivered_on is None else (self.delivered_on - self.planned_delivery_on).days

    @property
    def days_early(self) -> int:
        return max(0, -(self.days_late or 0))

    @property
    def fee_amount(self) -> Decimal | None:
        """The fee for idle land in yuan; None while nobody knows at what price the land was sold."""
        if self.land_price_amount is None:
            return None
        return (self.land_price_amount * FEE_SHARE).quantize(Decimal("0.01"))


class RecoveryTrack(models.Model):
    """One of the two ways, with its own steps; a case below the recovery. Money in yuan."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="recovery_track"
    )
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="tracks")
    mode = models.CharField(_("way of recovery"), max_length=12, choices=Parcel.RecoveryMode.choices)
    amount = models.DecimalField(
        _("price of the recovery (yuan)"), max_digits=16, decimal_places=2, null=True
    )
    # By agreement: what it is worth, what was agreed, when it was signed and paid.
    valued_amount = models.DecimalField(_("valued at (yuan)"), max_digits=16, decimal_places=2, null=True)
    valued_by = models.CharField(_("valuer"), max_length=120, blank=True)
    signed_on = models.DateField(_("agreement signed on"), null=True)
    settled_on = models.DateField(_("price settled on"), null=True)
    # Compulsory: what was found, heard, decided, and enforced.
    findings = models.TextField(_("findings"), max_length=4000, blank=True)
    hearing_by = models.DateField(_("hearing can be asked for until"), null=True)
    hearing = models.TextField(_("what was heard"), max_length=4000, blank=True)
    fee_amount = models.DecimalField(
        _("fee for idle land (yuan)"), max_digits=16, decimal_places=2, null=True
    )
    fee_on = models.DateField(_("fee charged on"), null=True)
    decision_number = models.CharField(_("number of the decision"), max_length=60, blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    court = models.CharField(_("court"), max_length=120, blank=True)
    applied_on = models.DateField(_("enforcement applied for on"), null=True)
    delivered_on = models.DateField(_("handed over on"), null=True)
    under_way = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("track of a recovery")
        verbose_name_plural = _("tracks of recoveries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recovery", "mode"], condition=Q(under_way=True), name="approvals_one_track"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="approvals_track_amount"
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(signed_on__isnull=False), name="approvals_settled_signed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)


class Fixture(models.Model):
    """构筑物、附着物: what stands on the parcel and is paid for with it (dossier, section 1, row 49)."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="fixtures")
    what = models.CharField(_("structure or fixture"), max_length=120)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("structure or fixture")
        verbose_name_plural = _("structures and fixtures")
        ordering: ClassVar = ["recovery", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recovery", "what"], name="approvals_fixture_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="approvals_fixture_amount"),
        ]

    def __str__(self) -> str:
        return self.what
