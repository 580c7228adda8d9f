"""What the sweep leaves behind."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case
from portal.cases.models.clock import StepLog


class Alert(models.Model):
    """One level of the ladder reached for one deadline of one stay: unique, so that a sweep may run
    twice or late. The deadline is part of the key as an extension gives the same stay a new one."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="alerts")
    stay = models.ForeignKey(StepLog, on_delete=models.CASCADE, related_name="alerts")
    level = models.PositiveSmallIntegerField(_("level"))
    at = models.DateTimeField(_("moment"))
    due_at = models.DateTimeField(_("was due at"))

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stay", "level", "due_at"], name="cases_alert_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["at", "level"], name="cases_alert_report"),
            models.Index(fields=["case"], name="cases_alert_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.level}"


class SetAside(models.Model):
    """A case that a job could not process: put aside and shown, so that the rest go on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="set_aside")
    job = models.CharField(_("job"), max_length=40)
    error = models.TextField(_("error"))
    at = models.DateTimeField(_("moment"))
    resolved_at = models.DateTimeField(_("tried again at"), null=True)

    class Meta:
        verbose_name = _("case put aside")
        verbose_name_plural = _("cases put aside")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "job"], condition=Q(resolved_at=None), name="cases_set_aside_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.job}"
