"""Service standards: time limits and escalation ladders, seeded from the flows, edited as data."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.worktime.clock import Unit


class ServiceStandard(models.Model):
    """One version of the limits and the ladder of a kind of case. Never changed once made.

    New cases open under the newest version; an open case keeps the version it was opened under.
    """

    kind = models.CharField(_("kind"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    note = models.CharField(_("why it changed"), max_length=300, blank=True)
    # Cases opened before this day still take the version before; empty: at once.
    starts_on = models.DateField(_("holds from"), null=True, blank=True)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("service standard")
        verbose_name_plural = _("service standards")
        ordering: ClassVar = ["kind", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "version"], name="cases_standard_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class StandardLimit(models.Model):
    """A time limit: of one step, or (step empty) of the whole case; per grade, or for all grades."""

    standard = models.ForeignKey(ServiceStandard, on_delete=models.CASCADE, related_name="limits")
    step = models.CharField(_("step"), max_length=40, blank=True)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=7, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=2, choices=Unit.choices)

    class Meta:
        verbose_name = _("time limit")
        verbose_name_plural = _("time limits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard", "step", "grade"], name="cases_limit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.step or '*'}/{self.grade or '*'}: {self.amount} {self.unit}"


class Trigger(models.TextChoices):
    """From which moment a rung counts."""

    WARN = "warn", _("when it turns yellow")
    DUE = "due", _("after it is due")


class StandardRung(models.Model):
    """One rung of the escalation ladder (domain dossier, section 4)."""

    standard = models.ForeignKey(ServiceStandard, on_delete=models.CASCADE, related_name="rungs")
    holder = models.CharField(_("while it lies with"), max_length=12, default="department")
    level = models.PositiveSmallIntegerField(_("level"))
    trigger = models.CharField(_("counts from"), max_length=4, choices=Trigger.choices)
    offset_days = models.PositiveSmallIntegerField(_("working days after"), default=0)
    tells = ArrayField(models.CharField(max_length=30), verbose_name=_("tells"))
    opens_supervision = models.BooleanField(_("issues a supervision order"), default=False)

    class Meta:
        verbose_name = _("rung")
        verbose_name_plural = _("rungs")
        ordering: ClassVar = ["standard", "holder", "level"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard", "holder", "level"], name="cases_rung_once"),
            models.CheckConstraint(condition=Q(level__gt=0), name="cases_rung_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.standard_id}: {self.level}"
