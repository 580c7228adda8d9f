"""The trace of every periodic job."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One row per job: when it last began, succeeded and failed."""

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    every_s = models.PositiveIntegerField(_("expected every (seconds)"))
    began_at = models.DateTimeField(_("last began"), null=True)
    succeeded_at = models.DateTimeField(_("last succeeded"), null=True)
    failed_at = models.DateTimeField(_("last failed"), null=True)
    duration_ms = models.PositiveIntegerField(_("took (ms)"), null=True)
    rows = models.PositiveIntegerField(_("rows done"), default=0)
    error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_late(self, now: datetime) -> bool:
        """Whether the job has missed two of its turns (and a minute)."""
        allowed = timedelta(seconds=2 * self.every_s + 60)
        return self.succeeded_at is None or now - self.succeeded_at > allowed
