"""By which rules a capacity review is set off and judged: the park's own, data, with their history.

Source: dossier, section 2, stage 5, whose figures are proposals: what is filled in beforehand says so.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ReviewRuleQuerySet(models.QuerySet["ReviewRule"]):
    def on(self, day: date) -> ReviewRule:
        """What holds on a day; as proposed where nobody has said anything."""
        found = self.filter(starts_on__lte=day).order_by("-starts_on").first()
        return found if found is not None else ReviewRule()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReviewRule(models.Model):
    """One set of rules, for the reviews that are opened from a day on; each review keeps its own."""

    starts_on = models.DateField(_("for reviews opened from"), unique=True)
    met_percent = models.DecimalField(
        _("met from, percent of the promise"), max_digits=5, decimal_places=1, default=Decimal(100)
    )
    mostly_percent = models.DecimalField(
        _("met in the main from, percent of the promise"), max_digits=5, decimal_places=1, default=Decimal(80)
    )
    most_days_late = models.PositiveSmallIntegerField(
        _("a date counts as met in the main up to so many days late"),
        default=90,
        validators=[MaxValueValidator(999)],
    )
    months_after_completion = models.PositiveSmallIntegerField(
        _("months after completion"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("When a review is opened at the latest, whatever day the contract promises."),
    )
    is_default = models.BooleanField(_("not confirmed"), default=False)

    objects = ReviewRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of capacity reviews")
        verbose_name_plural = _("rules of capacity reviews")
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(mostly_percent__gt=0, mostly_percent__lte=F("met_percent")),
                name="approvals_review_rule_order",
                violation_error_message=_("What is met in the main cannot ask for more than what is met."),
            ),
            models.CheckConstraint(
                condition=Q(months_after_completion__gte=1),
                name="approvals_review_rule_months",
                violation_error_message=_("At least one month."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m-%d}" if self.starts_on else ""
