"""Land: the parcels of the park, who holds them, what became of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.cases.models import Case
from portal.park.models import Enterprise
from portal.worktime.now import now

M2_PER_MU = Decimal(10000) / 15  # dossier, section 0: 15 mu = 1 ha
MOST_CORNERS = 60


def check_outline(value: object) -> None:
    """An outline is three to sixty corners, each a pair of longitude and latitude; else ValidationError."""
    told = ValidationError(
        _("An outline is a list of corners such as [[112.91, 27.87], [112.92, 27.87], …].")
    )
    if not isinstance(value, list) or not 3 <= len(value) <= MOST_CORNERS:
        raise told
    for corner in value:
        if not isinstance(corner, list) or len(corner) != 2:
            raise told
        for degrees, most in zip(corner, (180, 90), strict=True):
            is_number = isinstance(degrees, (int, float)) and not isinstance(degrees, bool)
            if not is_number or not -most <= degrees <= most:
                raise told


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def matching(self, words: str) -> ParcelQuerySet:
        """Parcels in whose code, name or holder every word occurs."""
        found = self
        for word in words.split()[:5]:
            found = found.filter(
                Q(code__icontains=word) | Q(name__icontains=word) | Q(holder__name__icontains=word)
            )
        return found

    def free(self) -> ParcelQuerySet:
        """Land that no project has and nobody holds: it can be given to one."""
        return self.filter(status__in=(Parcel.Status.AVAILABLE, Parcel.Status.RECOVERED))

    def ready(self) -> ParcelQuerySet:
        """Free land that can be used at once: handed over, and its land approval not under way."""
        free = self.free().exclude(status=Parcel.Status.RECOVERED, delivered_on=None)
        return free.exclude(land_approvals__under_way=True)


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
    # Where it lies, for the map; nobody has to know it.
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, null=True, blank=True)
    outline = models.JSONField(
        _("outline"),
        null=True,
        blank=True,
        validators=[check_outline],
        help_text=_("Corners as pairs of longitude and latitude, in order."),
    )

    objects = ParcelQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="approvals_parcel_on_earth",
                violation_error_message=_("Longitude and latitude belong together."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "code"], name="approvals_parcel_status")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_recoverable(self) -> bool:
        """Whether somebody holds it from whom it could be recovered."""
        return self.holder_id is not None and self.status in (self.Status.IN_USE, self.Status.IDLE)

    @property
    def area_m2(self) -> Decimal:
        return (self.area_mu * M2_PER_MU).quantize(Decimal(1))

    @property
    def days_late(self) -> int | None:
        """Calendar days by which the hand-over was late (below 0: early); None before it."""
        if self.planned_delivery_on is None or self.delivered_on is None:
            return None
        return (self.delivered_on - self.planned_delivery_on).days

    def overdue_on(self, today: date) -> int:
        """Calendar days since the planned hand-over that has not come; 0 while there is time."""
        if self.planned_delivery_on is None or self.delivered_on is not None:
            return 0
        return max(0, (today - self.planned_delivery_on).days)


class LandApproval(models.Model):
    """用地报批 of a parcel: a checklist, one owner and day a line (dossier, section 1, row 52); a case."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="land_approval"
    )
    parcel = models.ForeignKey(
        Parcel, verbose_name=_("parcel"), on_delete=models.PROTECT, related_name="land_approvals"
    )
    under_way = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("land approval")
        verbose_name_plural = _("land approvals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(under_way=True), name="approvals_one_land_approval"
            )
        ]

    def __str__(self) -> str:
        return str(self.case)

    def lines_shown(self) -> models.QuerySet[LandTask]:
        """The checklist, what is due first on top."""
        return self.tasks.select_related("case__team", "case__assignee").order_by("due_on", "pk")

    def dispatches_shown(self) -> models.QuerySet[Dispatch]:
        """The last meetings, with the lines that they changed."""
        return self.dispatches.prefetch_related("tasks__case")[:12]


class LandTask(models.Model):
    """One line of the checklist: what, whose (the team of the case), by when; a case."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="land_task")
    approval = models.ForeignKey(LandApproval, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField(_("by"))
    result = models.TextField(_("result"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("line of a land approval")
        verbose_name_plural = _("lines of land approvals")

    def __str__(self) -> str:
        return str(self.case)

    @property
    def light(self) -> str:
        """How its clock stands now."""
        return str(self.case.light(now()).value)


class Dispatch(models.Model):
    """调度会: the weekly meeting on a land approval: who was there, what was decided, which lines changed."""

    approval = models.ForeignKey(LandApproval, on_delete=models.CASCADE, related_name="dispatches")
    held_on = models.DateField(_("held on"))
    present = models.CharField(_("who was there"), max_length=500)
    decided = models.TextField(_("what was decided"), max_length=4000)
    tasks = models.ManyToManyField(LandTask, related_name="dispatches")
    new_due_on = models.DateField(_("new day of these lines"), null=True)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("dispatch meeting")
        verbose_name_plural = _("dispatch meetings")
        ordering: ClassVar = ["approval", "-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.held_on:%Y-%m-%d}"
