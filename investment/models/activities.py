"""Activities (招商活动): trips to where investors are, and visits to enterprises that matter.

A trip is one batch (批次), however many enterprises it calls on: trips and visits are two registers and are
never added (dossier, section 0, trap 8).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from investment.models.leads import Lead
from portal.park.models import Team


class Activity(models.Model):
    """One trip, or one visit."""

    class Kind(models.TextChoices):
        TRIP = "trip", _("trip")
        VISIT = "visit", _("visit to an enterprise")

    number = models.CharField(_("number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    team = models.ForeignKey(
        Team, verbose_name=_("task force"), on_delete=models.PROTECT, related_name="activities"
    )
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    investor_name = models.CharField(_("investor"), max_length=120, blank=True)
    lead = models.ForeignKey(
        Lead,
        verbose_name=_("lead"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    leader_count = models.PositiveSmallIntegerField(_("leaders along"), default=0)
    summary = models.TextField(_("what came of it"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering: ClassVar = ["-held_on", "-id"]
        indexes: ClassVar = [models.Index(fields=["kind", "-held_on", "-id"], name="investment_activities")]

    def __str__(self) -> str:
        return self.number
