"""达产即复核: what the contract promised, beside what became of it, in figures per mu."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.projects import Project
from approvals.models.rules import ReviewRule
from portal.accounts.models import User
from portal.cases.models import Case, Document


class CapacityReview(models.Model):
    """复核 of one project; a case. Its second round comes after the time to put things right."""

    class Result(models.TextChoices):
        MET = "met", _("met")
        MOSTLY = "mostly", _("met in the main")
        BELOW = "below", _("to be put right")

    class Excuse(models.TextChoices):
        """First-class reasons: no penalty, and dates shift (dossier, section 2, stage 5)."""

        NONE = "", _("none")
        FORCE_MAJEURE = "force_majeure", _("force majeure")
        GOVERNMENT = "government", _("delay caused by the government")

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="capacity_review"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reviews")
    due_on = models.DateField(_("day of full production"))  # that set it off
    # By which it was opened and is judged, whatever holds by then; empty: as proposed.
    rule = models.ForeignKey(ReviewRule, null=True, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    excuse = models.CharField(_("excuse"), max_length=20, choices=Excuse.choices, blank=True)
    excused_days = models.PositiveSmallIntegerField(_("excused days"), default=0)
    excuse_text = models.TextField(_("why it is excused"), max_length=2000, blank=True)
    report = models.TextField(_("report of the visit"), max_length=4000, blank=True)
    objection = models.TextField(_("objection"), max_length=2000, blank=True)
    measures = models.TextField(_("what follows"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("capacity review")
        verbose_name_plural = _("capacity reviews")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "due_on"], name="approvals_review_once"),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="approvals_review_round"),
            models.CheckConstraint(
                condition=Q(excuse="", excused_days=0, excuse_text="") | ~Q(excuse="") & ~Q(excuse_text=""),
                name="approvals_review_excuse_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def rules(self) -> ReviewRule:
        return self.rule or ReviewRule()


class ReviewLine(models.Model):
    """One promise of a review: what was promised, what the enterprise says, what was found.

    Money in yuan (per mu where the key says so); of a date the day.
    """

    class Key(models.TextChoices):
        INVESTMENT = "investment_amount", _("investment (yuan)")
        OUTPUT = "output_per_mu", _("output of a year (yuan per mu)")
        TAX = "tax_per_mu", _("tax of a year (yuan per mu)")
        START = "start_on", _("start of work")
        COMPLETION = "completion_on", _("completion")
        CAPACITY = "capacity_on", _("full production")

    MEASURES: ClassVar = (Key.INVESTMENT, Key.OUTPUT, Key.TAX)
    DATES: ClassVar = (Key.START, Key.COMPLETION, Key.CAPACITY)

    review = models.ForeignKey(CapacityReview, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(_("promise"), max_length=20, choices=Key.choices)
    promised = models.DecimalField(_("promised"), max_digits=16, decimal_places=2, null=True)
    promised_on = models.DateField(_("promised for"), null=True)
    # What the park knows itself (monthly reports, permits): the enterprise only confirms it.
    known = models.DecimalField(_("known to the park"), max_digits=16, decimal_places=2, null=True)
    known_on = models.DateField(_("known to the park"), null=True)
    told = models.DecimalField(_("told by the enterprise"), max_digits=16, decimal_places=2, null=True)
    told_on = models.DateField(_("told by the enterprise"), null=True)
    actual = models.DecimalField(_("found"), max_digits=16, decimal_places=2, null=True)
    actual_on = models.DateField(_("found"), null=True)
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("promise under review")
        verbose_name_plural = _("promises under review")
        ordering: ClassVar = ["review", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "key"], name="approvals_promise_once"),
            models.CheckConstraint(
                condition=Q(promised__gt=0, promised_on=None) | Q(promised=None, promised_on__isnull=False),
                name="approvals_promise_measure_or_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.key}"

    @property
    def is_date(self) -> bool:
        return self.promised_on is not None

    @property
    def percent(self) -> Decimal | None:
        """How much of a measure was kept, cut to a tenth of a percent; None while nobody has found out."""
        if self.promised is None or self.actual is None:
            return None
        return (self.actual / self.promised * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)

    def days_late(self, excused: int) -> int | None:
        """By how many calendar days a date was missed, the excused ones taken off."""
        if self.promised_on is None or self.actual_on is None:
            return None
        return max(0, (self.actual_on - self.promised_on).days - excused)

    def result(self, rule: ReviewRule, excused: int = 0) -> str:
        """What this promise comes to by rule: met, in the main, below; empty while nobody has found out."""
        if self.is_date:
            late = self.days_late(excused)
            if late is None:
                return ""
            steps = ((late == 0, "met"), (late <= rule.most_days_late, "mostly"))
        else:
            percent = self.percent
            if percent is None:
                return ""
            steps = ((percent >= rule.met_percent, "met"), (percent >= rule.mostly_percent, "mostly"))
        return next((name for fits, name in steps if fits), "below")


def result_of(lines: list[ReviewLine], rule: ReviewRule, excused: int) -> str:
    """The result of a review by rule: that of its worst promise; empty while one is not found out."""
    found = [line.result(rule, excused) for line in lines]
    if not found or "" in found:
        return ""
    return max(found, key=("met", "mostly", "below").index)
