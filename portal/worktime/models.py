"""The calendar as data: service hours, years, days, overrides, and the version that caches watch."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class ServiceHours(models.Model):
    """The park's service hours: one row. The clock ticks at `closes_at` of every working day."""

    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))
    intake_until = models.TimeField(_("received the same day until"))
    alerts_from = models.TimeField(_("alerts from"))
    alerts_until = models.TimeField(_("alerts until"))

    class Meta:
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="worktime_one_row_of_hours"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at"))
                & models.Q(intake_until__lte=models.F("closes_at"))
                & models.Q(alerts_from__lt=models.F("alerts_until")),
                name="worktime_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class CalendarYear(models.Model):
    """Whether the State Council's notice for a year is known; if not, its days are provisional."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    announced = models.BooleanField(_("announced"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering: ClassVar = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class WorkDay(models.Model):
    """One day. `ordinal` counts the working days up to and including it, so that the working days
    between two dates are a subtraction and a deadline is one look-up."""

    class Source(models.TextChoices):
        RULE = "rule", _("by rule")
        NOTICE = "notice", _("State Council notice")
        PARK = "park", _("closing day of the park")
        OVERRIDE = "override", _("correction")

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("working day"))
    ordinal = models.IntegerField(_("ordinal"), default=0)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    provisional = models.BooleanField(_("provisional"), default=False)
    name = models.CharField(_("name"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering: ClassVar = ["date"]
        indexes: ClassVar = [
            models.Index(
                fields=["ordinal"],
                include=["date"],
                condition=models.Q(is_working=True),
                name="worktime_ordinal",
            )
        ]

    def __str__(self) -> str:
        return self.date.isoformat()


@pghistory.track()
class DayOverride(models.Model):
    """A day that an administrator has decided on: a closing day of the park, or a correction."""

    class Kind(models.TextChoices):
        PARK_CLOSING = "park_closing", _("closing day of the park")
        STATE_NOTICE = "state_notice", _("State Council notice")
        CORRECTION = "correction", _("correction")

    date = models.DateField(_("date"), unique=True)
    is_working = models.BooleanField(_("working day"))
    reason = models.CharField(_("reason"), max_length=200)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("override of a day")
        verbose_name_plural = _("overrides of days")
        ordering: ClassVar = ["date"]

    def __str__(self) -> str:
        return f"{self.date}: {self.reason}"


class CalendarState(models.Model):
    """One row whose version grows with every change; processes keep a snapshot per version."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="worktime_one_state")]

    def __str__(self) -> str:
        return str(self.version)
