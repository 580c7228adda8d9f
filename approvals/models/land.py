"""Land: the parcels of the park, who holds them, what became of them."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.park.models import Enterprise


@pghistory.track()
class Parcel(models.Model):
    """地块: a piece of land. Areas in mu (1 mu = 666.67 m²), money in yuan."""

    class Status(models.TextChoices):
        """As in the ledger of parcels."""

        AVAILABLE = "available", _("available")
        IN_USE = "in_use", _("in use")
        IDLE = "idle", _("idle")
        RECOVERING = "recovering", _("being recovered")
        RECOVERED = "recovered", _("recovered")
        ASSIGNED = "assigned", _("assigned to a project")

    class RecoveryMode(models.TextChoices):
        AGREEMENT = "agreement", _("by agreement")
        COMPULSORY = "compulsory", _("compulsory")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    area_mu = models.DecimalField(_("area (mu)"), max_digits=10, decimal_places=2)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    holder = models.ForeignKey(
        Enterprise,
        verbose_name=_("holder of the right"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parcels",
    )
    recovered_on = models.DateField(_("recovered on"), null=True, blank=True, db_index=True)
    recovery_mode = models.CharField(
        _("way of recovery"), max_length=12, choices=RecoveryMode.choices, blank=True
    )
    recovery_amount = models.DecimalField(
        _("price of the recovery (yuan)"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    planned_delivery_on = models.DateField(_("hand-over planned for"), null=True, blank=True)
    delivered_on = models.DateField(_("handed over on"), null=True, blank=True)
    # A number and no key: the ledgers of parcels and of projects name each other.
    assigned_number = models.CharField(_("assigned to the project"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(area_mu__gt=0),
                name="approvals_parcel_has_area",
                violation_error_message=_("The area is more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(recovery_amount=None) | Q(recovery_amount__gte=0),
                name="approvals_recovery_price",
                violation_error_message=_("A price is not less than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
