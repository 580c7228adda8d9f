"""How people look at the lead table: the columns each of them chose, and filters kept under a name."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.park.models import Team


class LeadColumns(models.Model):
    """The columns that a person sees, in their order."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="lead_columns")
    columns = ArrayField(models.CharField(max_length=40), verbose_name=_("columns"))

    class Meta:
        verbose_name = _("columns of the lead table")
        verbose_name_plural = _("columns of the lead table")

    def __str__(self) -> str:
        return f"{self.user_id}: {len(self.columns)}"


class LeadView(models.Model):
    """Filters, order and columns under a name: private, or shared with a team; one may open first."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lead_views")
    team = models.ForeignKey(
        Team, verbose_name=_("shared with"), null=True, on_delete=models.CASCADE, related_name="lead_views"
    )
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000)
    is_default = models.BooleanField(_("opens first"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="investment_view_name_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="investment_view_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name
