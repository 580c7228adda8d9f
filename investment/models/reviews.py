"""What is given to a lead on its way: opinions of departments, scores of a panel, term sheets, and who else
says that the investor is theirs."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from investment.models.leads import Lead
from portal.accounts.models import User
from portal.cases.models import Case
from portal.park.models import Team


class Opinion(models.Model):
    """研判预审: what one department says (dossier, section 5, step 3). A part of the lead's case."""

    class About(models.TextChoices):
        INDUSTRY = "industry", _("industry")
        ENVIRONMENT = "environment", _("environment")
        SAFETY = "safety", _("safety")
        ENERGY = "energy", _("energy")
        LAND = "land", _("land and planning")

    class Verdict(models.TextChoices):
        AGREED = "agreed", _("agrees")
        CONDITIONS = "conditions", _("agrees on conditions")
        VETO = "veto", _("red line: no")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="opinion")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="opinions")
    about = models.CharField(_("about"), max_length=12, choices=About.choices)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices, blank=True)
    reason = models.TextField(_("opinion"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("opinion of a department")
        verbose_name_plural = _("opinions of departments")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict="agreed") | ~Q(reason=""),
                name="investment_veto_has_its_reason",
                violation_error_message=_("Conditions and a no have their reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.get_verdict_display()}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Criterion(models.Model):
    """One line of the scoring sheet of the admission review (准入评审), or one item that is a veto."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    points = models.PositiveSmallIntegerField(_("points at most"), default=0)
    is_veto = models.BooleanField(_("veto item"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("line of the scoring sheet")
        verbose_name_plural = _("scoring sheet of the admission review")
        ordering: ClassVar = ["is_veto", "position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_veto=True, points=0) | Q(is_veto=False, points__range=(1, 100)),
                name="investment_criterion_sound",
                violation_error_message=_("A line has from 1 to 100 points, a veto item none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """准入评审: the sheet of one member of the panel. A part of the lead's case.

    `points` keeps each line as it was asked: code, name, points at most, points given; `vetoes` the names of
    the items that apply. Who declares an interest gives no points.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="assessment")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="assessments")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assessments")
    # The sheets of one review belong together: a lead that comes back is assessed anew.
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    points = models.JSONField(_("points"), default=list)
    total = models.PositiveSmallIntegerField(_("points together"), null=True, blank=True)
    vetoes = models.JSONField(_("veto items"), default=list)
    interest = models.CharField(_("declared interest"), max_length=300, blank=True)
    opinion = models.TextField(_("opinion"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lead", "reviewer", "round"],
                name="investment_assessed_once",
                violation_error_message=_("Everybody of the panel gives one sheet."),
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total__lte=100), name="investment_assessment_of_100"
            ),
            models.CheckConstraint(
                condition=Q(interest="") | Q(total=None),
                name="investment_no_points_with_interest",
                violation_error_message=_("Who has an interest gives no points."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead} {self.reviewer}"


class TermSheet(models.Model):
    """方案洽谈: one version of what both sides talk about. Versions are kept as they were."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="term_sheets")
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("terms"), max_length=4000)
    change = models.CharField(_("what is new"), max_length=300, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("term sheet")
        verbose_name_plural = _("term sheets")
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead", "version"], name="investment_term_sheet_once")
        ]

    def __str__(self) -> str:
        return f"{self.lead} V{self.version}"


class Rivalry(models.Model):
    """撞单: another task force says that the investor is theirs. A part of the lead's case, decided by a
    panel."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="rivalry")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="rivalries")
    claimant = models.ForeignKey(
        Team, verbose_name=_("who claims it"), on_delete=models.PROTECT, related_name="rivalries"
    )
    grounds = models.TextField(_("grounds"), max_length=2000)
    answer = models.TextField(_("answer of the first"), max_length=2000, blank=True)
    decision = models.TextField(_("decision"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("claim to a lead")
        verbose_name_plural = _("claims to leads")

    def __str__(self) -> str:
        return f"{self.lead} {self.claimant}"
