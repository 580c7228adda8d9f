"""What the park knows of an enterprise in one row, and which policies fit it. Money in yuan.

Both are derived: they can be emptied at any time and come back by the next run of the job. What is empty in a
profile is unknown: a condition over it is then neither met nor not met. Source: dossier, section 3, step 2.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds.models.policies import Policy, PolicyVersion
from portal.park.models import Enterprise


def _sum(label: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(label, max_digits=20, decimal_places=2, null=True)  # type: ignore[arg-type]


class Profile(models.Model):
    """The facts of one enterprise, as of a day. `year_…`: of the last calendar year, as claims reckon it."""

    enterprise = models.OneToOneField(
        Enterprise, on_delete=models.CASCADE, primary_key=True, related_name="fund_profile"
    )
    as_of = models.DateField(_("as of"))
    industry = models.CharField(_("industry"), max_length=60, null=True)  # noqa: DJ001  # empty is unknown
    size = models.CharField(_("size"), max_length=10, null=True)  # noqa: DJ001
    park_area = models.CharField(_("part of the park"), max_length=60, null=True)  # noqa: DJ001
    is_high_tech = models.BooleanField(_("high-tech enterprise"), null=True)
    is_above_scale = models.BooleanField(_("above designated size"), null=True)
    registered_on = models.DateField(_("registered on"), null=True)
    settled_on = models.DateField(_("settled in the park on"), null=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), null=True)
    bars = ArrayField(models.CharField(max_length=12), verbose_name=_("bars to payments"), null=True)
    months_reported = models.PositiveSmallIntegerField(_("months reported"), null=True)
    employees = models.PositiveIntegerField(_("employees"), null=True)
    output_amount = _sum(_("output value of twelve months (yuan)"))
    tax_amount = _sum(_("tax of twelve months (yuan)"))
    rd_amount = _sum(_("research and development of twelve months (yuan)"))
    investment_amount = _sum(_("investment of twelve months (yuan)"))
    output_growth = models.DecimalField(
        _("growth of the output value (%)"), max_digits=20, decimal_places=2, null=True
    )
    year_output_amount = _sum(_("output value of the last year (yuan)"))
    year_tax_amount = _sum(_("tax of the last year (yuan)"))
    year_rd_amount = _sum(_("research and development of the last year (yuan)"))
    year_investment_amount = _sum(_("investment of the last year (yuan)"))

    class Meta:
        verbose_name = _("profile of an enterprise")
        verbose_name_plural = _("profiles of enterprises")

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.as_of}"


class Match(models.Model):
    """Whether a policy fits an enterprise, by which version, and what it would come to.

    `estimated_amount`: what the version in force would give; empty where it hangs on what is spent, or on
    facts that are missing. What the owner was told stays with a new version: nobody is told twice.
    """

    class Verdict(models.TextChoices):
        MET = "met", pgettext_lazy("a condition", "met")
        UNKNOWN = "unknown", pgettext_lazy("a condition", "not known yet")
        NOT = "not", pgettext_lazy("a condition", "not met")

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.CASCADE, related_name="fund_matches", db_index=False
    )
    # Not checked row by row: the job that writes takes away what is not in force, half as fast with it.
    policy = models.ForeignKey(
        Policy, on_delete=models.CASCADE, related_name="matches", db_index=False, db_constraint=False
    )
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    estimated_amount = _sum(_("estimated amount (yuan)"))
    told_at = models.DateTimeField(_("told that it fits at"), null=True)
    told_of_end = models.DateField(_("told that it ends on"), null=True)  # of which last day

    class Meta:
        verbose_name = _("match of a policy")
        verbose_name_plural = _("matches of policies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "enterprise"], name="funds_match_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["enterprise", "verdict"], name="funds_match_enterprise"),
            models.Index(
                fields=["policy"], condition=Q(verdict="met", told_at=None), name="funds_match_to_tell"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.enterprise_id}: {self.verdict}"
