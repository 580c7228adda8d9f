"""Registers of investment promotion: envoys and advisers, commissioned agents, targets, awards, partnerships
with universities."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.park.models import Enterprise, Team

QUARTER = r"^\d{4}-Q[1-4]$"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Envoy(models.Model):
    """招商特使、顾问: an expert or entrepreneur who speaks for the park (dossier, section 1, row 58)."""

    class Kind(models.TextChoices):
        ENVOY = "envoy", _("envoy")
        ADVISER = "adviser", _("adviser")

    number = models.CharField(_("number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    field = models.CharField(_("field"), max_length=120)
    appointed_on = models.DateField(_("appointed on"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("envoy or adviser")
        verbose_name_plural = _("envoys and advisers")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("appointed_on")),
                name="investment_term_has_length",
                violation_error_message=_("A term ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Agent(models.Model):
    """委托招商机构: a company that looks for investors on a contract (dossier, section 1, row 59)."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    contract_number = models.CharField(_("number of the contract"), max_length=60)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    target_projects = models.PositiveIntegerField(_("projects to be signed"), default=0)
    target_amount = models.DecimalField(
        _("investment to be signed (yuan)"), max_digits=16, decimal_places=2, default=0
    )
    fee_terms = models.CharField(_("what is paid for what"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("commissioned agent")
        verbose_name_plural = _("commissioned agents")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(target_amount__gte=0),
                name="investment_agent_sound",
                violation_error_message=_("A contract ends after it begins, and asks for something."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Target(models.Model):
    """招商目标: what a task force is to reach in a year, or in a quarter of it. Money in yuan."""

    class Quarter(models.IntegerChoices):
        YEAR = 0, _("whole year")
        FIRST = 1, _("first quarter")
        SECOND = 2, _("second quarter")
        THIRD = 3, _("third quarter")
        FOURTH = 4, _("fourth quarter")

    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), choices=Quarter.choices, default=Quarter.YEAR)
    team = models.ForeignKey(
        Team, verbose_name=_("task force"), on_delete=models.PROTECT, related_name="investment_targets"
    )
    signed_amount = models.DecimalField(_("investment to be signed (yuan)"), max_digits=16, decimal_places=2)
    projects = models.PositiveIntegerField(_("projects to be signed"))
    trips = models.PositiveIntegerField(_("trips"))
    visits = models.PositiveIntegerField(_("visits"))

    class Meta:
        verbose_name = _("investment target")
        verbose_name_plural = _("investment targets")
        ordering: ClassVar = ["-year", "quarter", "team__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "quarter", "team"],
                name="investment_target_once",
                violation_error_message=_("This task force has a target of this time already."),
            ),
            models.CheckConstraint(
                condition=Q(signed_amount__gte=0) & Q(year__range=(2000, 2100)) & Q(quarter__lte=4),
                name="investment_target_sound",
                violation_error_message=_("A year from 2000 to 2100, and an amount that is not negative."),
            ),
        ]

    def __str__(self) -> str:
        quarter = f" Q{self.quarter}" if self.quarter else ""
        return f"{self.year}{quarter} {self.team}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Award(models.Model):
    """考核奖项, such as the city's 骏马奖 of a quarter. Of the park as a whole where no team is named."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    name = models.CharField(_("award"), max_length=120)
    quarter = models.CharField(
        _("quarter"),
        max_length=7,
        validators=[RegexValidator(QUARTER, _("A quarter is written as 2024-Q3."))],
    )
    team = models.ForeignKey(
        Team,
        verbose_name=_("task force"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="awards",
    )

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering: ClassVar = ["-quarter", "number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quarter__regex=QUARTER),
                name="investment_award_quarter",
                violation_error_message=_("A quarter is written as 2024-Q3."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.quarter}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Partnership(models.Model):
    """校企合作: a university and an enterprise, brought together by the park (dossier, section 1, row 71)."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    university = models.CharField(_("university"), max_length=80)
    enterprise = models.ForeignKey(
        Enterprise, verbose_name=_("enterprise"), on_delete=models.PROTECT, related_name="partnerships"
    )
    topic = models.CharField(_("topic"), max_length=200)
    signed_on = models.DateField(_("signed on"))

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering: ClassVar = ["-signed_on", "number"]

    def __str__(self) -> str:
        return f"{self.university} · {self.enterprise}"
