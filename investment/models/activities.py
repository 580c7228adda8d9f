"""招商活动: trips, visits, receptions, negotiations, road shows; each is a case with a report to come.

A trip is one batch (批次), however many enterprises it calls on: trips and visits are counted apart and are
never added (dossier, section 0, trap 8). Money in yuan.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from investment.models.leads import Lead
from portal.accounts.models import User
from portal.cases.models import Case


class Activity(models.Model):
    """One activity. Its number, its task force and whether it has been reported are those of the case."""

    class Kind(models.TextChoices):
        TRIP = "trip", _("trip")
        VISIT = "visit", _("visit to an enterprise")
        RECEPTION = "reception", _("reception of visitors")
        NEGOTIATION = "negotiation", _("negotiation")
        ROAD_SHOW = "road_show", _("road show")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="activity")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    # 第 N 批: the running number of a trip in its year.
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    begins_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    leader = models.ForeignKey(
        User,
        verbose_name=_("led by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities_led",
    )
    members = models.ManyToManyField(User, verbose_name=_("members"), blank=True, related_name="activities")
    place = models.CharField(_("place"), max_length=120, blank=True)
    investor_name = models.CharField(_("enterprise visited"), max_length=120, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    leader_count = models.PositiveSmallIntegerField(_("leaders along"), default=0)
    cost = models.DecimalField(_("cost (yuan)"), null=True, blank=True, max_digits=12, decimal_places=2)
    summary = models.TextField(_("what came of it"), max_length=4000, blank=True)
    latitude = models.DecimalField(_("latitude"), null=True, blank=True, max_digits=8, decimal_places=6)
    longitude = models.DecimalField(_("longitude"), null=True, blank=True, max_digits=9, decimal_places=6)
    leads = models.ManyToManyField(Lead, verbose_name=_("leads"), blank=True, related_name="activities")

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes: ClassVar = [
            models.Index(fields=["kind", "-begins_on", "-case"], name="investment_activity_days"),
            models.Index(fields=["-begins_on", "-case"], name="investment_activities"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")),
                name="investment_activity_has_length",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0),
                name="investment_activity_cost",
                violation_error_message=_("An amount is not less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="investment_activity_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)


class Call(models.Model):
    """One enterprise that was called on."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="calls")
    company = models.CharField(_("enterprise"), max_length=120)
    outcome = models.CharField(_("what was said"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("call on an enterprise")
        verbose_name_plural = _("calls on enterprises")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.company
