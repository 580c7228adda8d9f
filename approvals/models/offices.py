"""Which team is what the rules call the land office, or the service centre: data, edited by administrators.

The report on the park names both; which of the portal's teams they are, the park says.
"""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.keeping import Kept
from portal.park.models import Team


class OfficeRole(models.TextChoices):
    """The value is the code of the team that it is where nobody has said another one."""

    LAND_OFFICE = "development", _("land office")
    SERVICE_CENTRE = "enterprise_service", _("enterprise service centre")


@pghistory.track()
class Office(models.Model):
    """职能归口: the team that is the land office, the team that is the service centre."""

    role = models.CharField(_("office"), max_length=20, choices=OfficeRole.choices, primary_key=True)
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"active": True},
    )

    class Meta:
        verbose_name = _("office by role")
        verbose_name_plural = _("offices by role")
        ordering: ClassVar = ["role"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.team}"


class Offices(Kept[dict[str, str]]):
    """The codes of the teams."""

    def read(self) -> dict[str, str]:
        return dict(Office.objects.values_list("role", "team__code"))

    def code(self, role: OfficeRole) -> str:
        return self.now().get(role.value, role.value)


OFFICES = Offices()
