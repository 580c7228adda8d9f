"""Water, power, gas, network, road, lines in the way: asked for, surveyed, chosen, built."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.projects import Project
from portal.cases.models import Case
from portal.park.models import Team


class UtilityKind(models.TextChoices):
    WATER = "water", _("water")
    POWER = "power", _("power")
    GAS = "gas", _("gas")
    TELECOM = "telecom", _("network")
    ROAD = "road", _("road access")
    RELOCATION = "relocation", _("lines to be moved")


class UtilityRoute(models.Model):
    """Which team takes a kind of utility. Data, edited by administrators."""

    kind = models.CharField(_("kind"), max_length=12, choices=UtilityKind.choices, primary_key=True)
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("route of utilities")
        verbose_name_plural = _("routes of utilities")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.team}"


class Utility(models.Model):
    """配套: one connection of a project; a case. Planned beside actual (dossier, section 1, row 54)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="utility")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="utilities")
    kind = models.CharField(_("kind"), max_length=12, choices=UtilityKind.choices)
    need = models.TextField(_("what is needed"), max_length=2000)
    wanted_on = models.DateField(_("wanted by"), null=True)
    surveyed_on = models.DateField(_("surveyed on"), null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, null=True)
    survey_note = models.TextField(_("what was found on the spot"), max_length=2000, blank=True)
    options = models.TextField(_("options"), max_length=4000, blank=True)
    choice = models.TextField(_("chosen option"), max_length=1000, blank=True)
    planned_on = models.DateField(_("planned for"), null=True)
    finished_on = models.DateField(_("finished on"), null=True)

    class Meta:
        verbose_name = _("utility connection")
        verbose_name_plural = _("utility connections")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="approvals_survey_on_earth",
            )
        ]

    def __str__(self) -> str:
        return str(self.case)
