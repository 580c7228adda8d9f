"""季度排名: the scoring sheet of the task forces, the rankings that were issued, and what was found untrue.

Source: dossier, section 5, "KPIs". A line of the sheet holds from a quarter on; what an issued ranking was
computed by is kept with it. Quarters are written as 2024-Q3.
"""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from investment.models.leads import Lead
from investment.models.registers import QUARTER
from portal.accounts.models import User
from portal.names import local_name
from portal.park.models import Team


def _quarter(label: object, **more: object) -> models.CharField:  # type: ignore[type-arg]  # as Django writes it
    valid = RegexValidator(QUARTER, _("A quarter is written as 2024-Q3."))
    return models.CharField(label, max_length=7, validators=[valid], **more)  # type: ignore[arg-type]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RankingRule(models.Model):
    """One line of the scoring sheet, from a quarter on until a later row of its code."""

    class Measure(models.TextChoices):
        PROJECTS = "projects", _("projects of 100 million yuan or more signed")
        SIGNED = "signed", _("investment signed (yuan)")
        ARRIVED = "arrived", _("investment arrived (yuan)")
        FIT = "fit", _("signed projects that fit the industry")
        PANEL = "panel", _("points given by the panels")
        IN_TIME = "in_time", _("steps left in time")
        TOP500 = "top500", _("projects of top-500 enterprises signed")
        BILLION = "billion", _("projects of 1 billion yuan or more signed")
        LATE_START = "late_start", _("works not started in time")
        UNTRUE = "untrue", _("reports that were untrue")

    class Basis(models.TextChoices):
        TARGET = "target", _("against the target of the quarter")
        BEST = "best", _("against the best task force")
        SHARE = "share", _("as a share")
        BONUS = "bonus", _("added for each")
        DEDUCTION = "deduction", _("taken off for each")

    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    measure = models.CharField(_("what is measured"), max_length=12, choices=Measure.choices)
    basis = models.CharField(_("how it is scored"), max_length=10, choices=Basis.choices)
    points = models.DecimalField(_("points at most"), max_digits=5, decimal_places=2, default=0)
    per_unit = models.DecimalField(_("points for each"), max_digits=5, decimal_places=2, default=0)
    valid_from = _quarter(_("from the quarter"))
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("line of the ranking's sheet")
        verbose_name_plural = _("scoring sheet of the ranking")
        ordering: ClassVar = ["code", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="investment_rule_once",
                violation_error_message=_("This line changes in this quarter already."),
            ),
            models.CheckConstraint(
                condition=Q(points__range=(0, 100), per_unit__range=(0, 100), valid_from__regex=QUARTER),
                name="investment_rule_sound",
                violation_error_message=_("Points are from 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)


class Ranking(models.Model):
    """A ranking that was issued. It stays as it was, with its sheet and the rows behind each point."""

    quarter = _quarter(_("quarter"), unique=True)
    sheet = models.JSONField(_("sheet"))
    standings = models.JSONField(_("standings"))
    remarks = models.TextField(_("remarks"), max_length=2000, blank=True)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")
        ordering: ClassVar = ["-quarter"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="ranking_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.quarter)


class Untruth(models.Model):
    """数据不实: something that a task force reported and that was found untrue. Costs points."""

    quarter = _quarter(_("quarter"))
    team = models.ForeignKey(
        Team, verbose_name=_("task force"), on_delete=models.PROTECT, related_name="untruths"
    )
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), null=True, blank=True, on_delete=models.PROTECT, related_name="untruths"
    )
    text = models.CharField(_("what was untrue"), max_length=300)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("untrue report")
        verbose_name_plural = _("untrue reports")
        ordering: ClassVar = ["-noted_at"]
        indexes: ClassVar = [models.Index(fields=["quarter", "team"], name="investment_untruths")]

    def __str__(self) -> str:
        return f"{self.quarter} {self.team}"
