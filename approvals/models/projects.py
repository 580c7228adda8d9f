"""Construction projects: one code for life, the five stages, who stands for them, what was promised."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.land import Parcel
from approvals.models.procedures import Procedure, ProcedureVersion
from portal.accounts.models import Duty, User
from portal.cases.models import Case
from portal.park.models import Team

# Article: 15 working days on average, cut by 62.5 % (dossier, section 0.5: a baseline of 40).
BASELINE_DAYS = 40
# What every form of a project is filled with, and what decides which items it needs.
FACTS = (
    "site_address",
    "land_mu",
    "floor_area_m2",
    "energy_tce",
    "special_fire",
    "basement",
    "surveyor",
    "designer",
    "contractor",
    "site_supervisor",
)
COMMITTED = (
    "committed_investment_amount",
    "committed_output_per_mu",
    "committed_tax_per_mu",
    "committed_start_on",
    "committed_completion_on",
    "committed_capacity_on",
)
# Who has to be found before a construction permit is filed (建筑法 §8; dossier, section 2, [S7] and [S9]).
BUILDERS = ("surveyor", "designer", "contractor", "site_supervisor")
# Which of the facts the forms of a stage ask for.
STAGE_FACTS: dict[str, tuple[str, ...]] = {
    "land": FACTS[:2],
    "construction": FACTS,
    "completion": ("site_address", "floor_area_m2", "contractor", "site_supervisor"),
}


class Project(models.Model):
    """建设项目. Its state (which stage) lives in the case, its code for life is the number of the case."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="project")
    # Empty only for what came in by ledger: history was not handled by a procedure of the portal.
    version = models.ForeignKey(
        ProcedureVersion,
        verbose_name=_("procedure"),
        null=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    mode = models.CharField(_("mode"), max_length=20, choices=Procedure.Mode.choices)
    is_new_construction = models.BooleanField(_("new construction"), default=True)
    is_key = models.BooleanField(_("key project"), default=False)
    investment_amount = models.DecimalField(_("investment (yuan)"), max_digits=16, decimal_places=2)
    baseline_days = models.PositiveSmallIntegerField(
        _("working days before the reform"), default=BASELINE_DAYS
    )
    parcel = models.ForeignKey(
        Parcel,
        verbose_name=_("parcel"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    lead_number = models.CharField(_("number of the lead"), max_length=40, blank=True)
    site_address = models.CharField(_("site"), max_length=200, blank=True)
    # 一名领导、一个专班、一名管家 (dossier, section 1, row 53), and who acts for the enterprise (row 10).
    leader = models.ForeignKey(
        User, verbose_name=_("leader"), null=True, on_delete=models.PROTECT, related_name="projects_led"
    )
    task_force = models.ForeignKey(
        Team, verbose_name=_("task force"), null=True, on_delete=models.PROTECT, related_name="projects"
    )
    butler = models.ForeignKey(
        User, verbose_name=_("butler"), null=True, on_delete=models.PROTECT, related_name="projects_kept"
    )
    agent = models.ForeignKey(
        User, verbose_name=_("filing agent"), null=True, on_delete=models.PROTECT, related_name="projects_run"
    )
    vacancy_told_at = models.DateTimeField(_("vacancy told at"), null=True)
    # While none of its permits runs: its net working days, as of `Permit.held_days`.
    held_days = models.PositiveIntegerField(null=True, editable=False)
    # Facts that decide which items are needed, and that every form is filled with.
    land_mu = models.DecimalField(_("land (mu)"), null=True, blank=True, max_digits=12, decimal_places=2)
    floor_area_m2 = models.DecimalField(
        _("floor area (m²)"), null=True, blank=True, max_digits=12, decimal_places=2
    )
    energy_tce = models.DecimalField(
        _("energy use (tonnes of standard coal a year)"),
        null=True,
        blank=True,
        max_digits=12,
        decimal_places=2,
    )
    special_fire = models.BooleanField(_("special works of fire protection"), default=False)
    basement = models.BooleanField(_("a basement for civil defence"), default=False)
    surveyor = models.CharField(_("surveyor"), max_length=120, blank=True)
    designer = models.CharField(_("designer"), max_length=120, blank=True)
    contractor = models.CharField(_("contractor"), max_length=120, blank=True)
    site_supervisor = models.CharField(_("site supervision"), max_length=120, blank=True)
    # What the contract promises (dossier, section 2, stage 5); money in yuan, per mu where it says so.
    signed_on = models.DateField(_("signed on"), null=True)
    committed_investment_amount = models.DecimalField(
        _("promised investment (yuan)"), null=True, max_digits=16, decimal_places=2
    )
    committed_output_per_mu = models.DecimalField(
        _("promised output (yuan per mu)"), null=True, max_digits=16, decimal_places=2
    )
    committed_tax_per_mu = models.DecimalField(
        _("promised tax (yuan per mu)"), null=True, max_digits=16, decimal_places=2
    )
    committed_start_on = models.DateField(_("promised start of work"), null=True)
    committed_completion_on = models.DateField(_("promised completion"), null=True)
    committed_capacity_on = models.DateField(_("promised full production"), null=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(investment_amount__gte=0),
                name="approvals_investment_not_negative",
                violation_error_message=_("An investment is not less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(baseline_days__gte=1),
                name="approvals_baseline_positive",
                violation_error_message=_("At least one working day."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mode"], name="approvals_project_mode"),
            models.Index(fields=["case"], condition=Q(held_days=None), name="approvals_project_to_count"),
        ]

    def __str__(self) -> str:
        return str(self.case)

    def facts(self) -> dict[str, Decimal | bool]:
        """What decides which items are needed; what nobody has said is not there."""
        measured = {
            "energy_tce": self.energy_tce,
            "floor_area_m2": self.floor_area_m2,
            "investment_amount": self.investment_amount,
        }
        said = {name: value for name, value in measured.items() if value is not None}
        return {**said, "special_fire": self.special_fire, "basement": self.basement}

    @staticmethod
    def candidates() -> dict[str, models.QuerySet[Any]]:
        """Who can hold each of the three roles of a key project."""
        people = User.objects.filter(is_active=True)
        return {
            "leader": people.filter(duty_grants__duty=Duty.LEADER),
            "task_force": Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True),
            "butler": people.filter(memberships__team__active=True).distinct(),
        }

    @property
    def vacant_roles(self) -> list[str]:
        """Which of the three roles of a key project nobody holds."""
        return [name for name in ("leader", "task_force", "butler") if getattr(self, f"{name}_id") is None]


class LeaderContact(models.Model):
    """嘘寒问暖: the leader has seen, called or helped the enterprise (dossier, section 1, row 75)."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        CALL = "call", _("call")
        ISSUE = "issue", _("issue taken on")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    on = models.DateField(_("day"))
    note = models.TextField(_("what was said"), max_length=1000)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("contact of the leader")
        verbose_name_plural = _("contacts of the leader")
        ordering: ClassVar = ["project", "-on", "-id"]
        indexes: ClassVar = [models.Index(fields=["project", "-on"], name="approvals_contact_last")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.on:%Y-%m-%d}"
