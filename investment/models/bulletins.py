"""周调度表、月通报: what the portal drafts for each week and month, and the investment office issues.

The numbers are kept as they were when it was drafted, each with the leads behind it.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User


class Bulletin(models.Model):
    """One week, from its Monday on, or one month, from its first day on."""

    class Kind(models.TextChoices):
        WEEK = "week", _("weekly schedule")
        MONTH = "month", _("monthly bulletin")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    drafted_at = models.DateTimeField(_("drafted at"))
    numbers = models.JSONField(_("numbers"))
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    issued_at = models.DateTimeField(_("issued at"), null=True)
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering: ClassVar = ["-starts_on", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "starts_on"], name="investment_bulletin_once"),
            models.CheckConstraint(
                condition=Q(issued_at=None, issued_by=None)
                | Q(issued_at__isnull=False, issued_by__isnull=False),
                name="investment_bulletin_issued_by_somebody",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="issued_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"

    @property
    def is_issued(self) -> bool:
        return self.issued_at is not None
