"""Leads (招商线索): an investor and what they think of building, from the first word to the hand-over.

Source: dossier, section 5, "Lead table". Money in yuan, land in mu, plant in m².
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from investment.models.names import bare_name
from investment.models.registers import Agent, Envoy
from portal.accounts.models import User
from portal.cases.models import Case
from portal.park.models import Enterprise

HUNDRED_MILLION = 100_000_000
PROTECTED_DAYS = 60  # calendar days of first-registrant protection (首报); a proposal of the dossier
# Working days without any action after which a lead turns yellow, red, and goes back to the pool.
IDLE_AFTER = (15, 30, 60)


class Lead(models.Model):
    """招商线索. Its number, its step, its task force and who has it are those of the case."""

    class Source(models.TextChoices):
        TASK_FORCE = "task_force", _("task force")
        TRIP = "trip", _("trip")
        ENVOY = "envoy", _("envoy or adviser")
        AGENT = "agent", _("commissioned agent")
        INVESTOR = "investor", _("brought by an investor")
        REFERRAL = "referral", _("passed down from above")
        ASSOCIATION = "association", _("chamber or association")
        XIANG = "xiang", _("Hunan entrepreneurs")
        SELF = "self", _("came by itself")

    class Heat(models.TextChoices):
        HIGH = "A", _("A · hot")
        MIDDLE = "B", _("B · warm")
        LOW = "C", _("C · cool")

    class Top500(models.TextChoices):
        WORLD = "world", _("Fortune Global 500")
        CHINA = "china", _("Top 500 of China")
        PRIVATE = "private", _("Top 500 private enterprises of China")

    class Cause(models.TextChoices):
        PRICE = "price", _("cost of land or energy")
        ELSEWHERE = "elsewhere", _("went to another park")
        POLICY = "policy", _("policy wishes not met")
        DOUBLE = "double", _("registered twice")
        ADMISSION = "admission", _("not admitted")
        INVESTOR = "investor", _("the investor gave it up")
        SILENT = "silent", _("no answer any more")
        OTHER = "other", _("something else")

    class Eia(models.TextChoices):
        REPORT = "report", _("report")
        TABLE = "table", _("table")
        FORM = "form", _("registration form")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="lead")
    investor_name = models.CharField(_("investor"), max_length=120)
    # Not a foreign key: most investors are not in the park yet.
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    referrer = models.CharField(_("brought by"), max_length=120, blank=True)
    envoy = models.ForeignKey(
        Envoy,
        verbose_name=_("envoy or adviser"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    agent = models.ForeignKey(
        Agent,
        verbose_name=_("commissioned agent"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    # The trip, visit or other activity at which the park heard of it.
    born_of = models.ForeignKey(
        "investment.Activity",
        verbose_name=_("came out of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="born",
    )
    region = models.CharField(_("country or province"), max_length=60, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone of the contact"), max_length=40, blank=True)
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    chain_link = models.CharField(_("link of the chain"), max_length=60, blank=True)
    content = models.TextField(_("what is to be built"), max_length=2000, blank=True)
    process = models.TextField(_("process and main equipment"), max_length=2000, blank=True)
    investment_amount = models.DecimalField(_("investment (yuan)"), max_digits=16, decimal_places=2)
    fixed_investment_amount = models.DecimalField(
        _("of that in fixed assets (yuan)"), null=True, blank=True, max_digits=16, decimal_places=2
    )
    land_mu = models.DecimalField(_("land (mu)"), null=True, blank=True, max_digits=12, decimal_places=2)
    plant_m2 = models.DecimalField(_("plant (m²)"), null=True, blank=True, max_digits=12, decimal_places=2)
    energy_tce = models.DecimalField(
        _("energy use (tonnes of standard coal a year)"),
        null=True,
        blank=True,
        max_digits=12,
        decimal_places=2,
    )
    load_kva = models.DecimalField(
        _("power load (kVA)"), null=True, blank=True, max_digits=12, decimal_places=2
    )
    water_m3 = models.DecimalField(
        _("water (m³ a day)"), null=True, blank=True, max_digits=12, decimal_places=2
    )
    discharge = models.CharField(_("discharge"), max_length=200, blank=True)
    eia_class = models.CharField(
        _("class of the environmental assessment"), max_length=8, choices=Eia.choices, blank=True
    )
    output_amount = models.DecimalField(
        _("expected output (yuan a year)"), null=True, blank=True, max_digits=16, decimal_places=2
    )
    tax_amount = models.DecimalField(
        _("expected tax (yuan a year)"), null=True, blank=True, max_digits=16, decimal_places=2
    )
    jobs = models.PositiveIntegerField(_("jobs"), null=True, blank=True)
    site_wanted = models.CharField(_("site wanted"), max_length=200, blank=True)
    competing = models.CharField(_("competing cities"), max_length=200, blank=True)
    wishes = models.TextField(_("what the investor asks for"), max_length=2000, blank=True)
    is_key = models.BooleanField(_("key project"), default=False)
    is_top500 = models.BooleanField(_("of a top-500 enterprise"), default=False)
    top500_list = models.CharField(_("which list"), max_length=8, choices=Top500.choices, blank=True)
    top500_year = models.PositiveSmallIntegerField(_("year of the list"), null=True, blank=True)
    is_xiang_returning = models.BooleanField(_("of a returning Hunan entrepreneur"), default=False)
    xiang_evidence = models.CharField(_("what shows it"), max_length=200, blank=True)
    heat = models.CharField(_("heat"), max_length=1, choices=Heat.choices, default=Heat.MIDDLE)
    next_action = models.CharField(_("next action"), max_length=200, blank=True)
    next_action_on = models.DateField(_("day of the next action"), null=True, blank=True)
    backup = models.ForeignKey(
        User,
        verbose_name=_("deputy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads_backed",
    )
    # Who registers an investor first is protected until this day (首报保护).
    protected_until = models.DateField(_("protected until"), null=True, blank=True)
    # The last time that a person did something for it; from here on it idles.
    last_action_at = models.DateTimeField(_("last action"), default=timezone.now)
    idle_level = models.PositiveSmallIntegerField(_("told that it idles"), default=0)
    pooled_at = models.DateTimeField(_("in the pool since"), null=True, blank=True)
    double_of = models.ForeignKey(
        "self",
        verbose_name=_("the same investor as"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="doubles",
    )
    # The enterprise that was founded for it.
    enterprise = models.ForeignKey(
        Enterprise,
        verbose_name=_("enterprise"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    # The construction project that it became.
    project = models.OneToOneField(
        Case,
        verbose_name=_("construction project"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    lost_on = models.DateField(_("lost on"), null=True, blank=True)
    lost_cause = models.CharField(_("cause of the loss"), max_length=10, choices=Cause.choices, blank=True)
    lost_reason = models.CharField(_("why it was lost"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes: ClassVar = [
            models.Index(
                fields=["signed_on"], condition=Q(signed_on__isnull=False), name="investment_signed"
            ),
            models.Index(fields=["uscc"], condition=~Q(uscc=""), name="investment_lead_uscc"),
            models.Index(fields=["next_action_on", "case"], name="investment_next_action"),
            models.Index(fields=["last_action_at", "case"], name="investment_last_action"),
            # The duplicate check at entry, and what begins with the same letters.
            models.Index(
                OpClass(bare_name(F("investor_name")), name="text_pattern_ops"), name="investment_bare_name"
            ),
            # The lead table in the orders that it offers, and narrowed by the industry.
            models.Index(fields=["investment_amount", "case"], name="investment_by_amount"),
            models.Index(fields=["land_mu", "case"], name="investment_by_land"),
            models.Index(fields=["protected_until", "case"], name="investment_by_protection"),
            models.Index(fields=["industry", "case"], name="investment_by_industry"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(investment_amount__gte=0),
                name="investment_lead_not_negative",
                violation_error_message=_("An investment is not less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(idle_level__lte=len(IDLE_AFTER)), name="investment_idle_level_known"
            ),
            models.CheckConstraint(
                condition=Q(next_action="") | Q(next_action_on__isnull=False),
                name="investment_action_has_its_day",
                violation_error_message=_("A next action has its day."),
            ),
            models.CheckConstraint(
                condition=Q(lost_on=None) | ~Q(lost_reason="") & Q(signed_on=None),
                name="investment_loss_has_its_reason",
                violation_error_message=_("A lead that is lost has its reason, and was not signed."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    def fact(self, name: str) -> Any:
        """What it has under the name of a field of its forms; its title is that of the case."""
        return self.case.title if name == "title" else getattr(self, name)
