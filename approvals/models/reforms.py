"""“一改革一方案一案例”: each reform with its plan and at least one case (dossier, section 1, row 8)."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.names import local_name
from portal.park.models import Enterprise


def plan_path(reform: Reform, filename: str) -> str:
    """Where a plan lies: by a name of its own; one that was replaced stays, as the history names it."""
    mark = uuid.uuid4().hex
    return f"plans/{mark[:2]}/{mark}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Reform(models.Model):
    """改革: what the park changes in its service. Its plan is a text, a file, or both."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    summary = models.TextField(_("what it changes"), max_length=1000, blank=True)
    summary_en = models.TextField(_("what it changes, in English"), max_length=2000, blank=True)
    plan = models.TextField(
        _("plan"),
        max_length=4000,
        blank=True,
        help_text=_("What is laid down: a text, a file below, or both."),
    )
    plan_en = models.TextField(_("plan, in English"), max_length=8000, blank=True)
    plan_file = models.FileField(_("plan as a file"), upload_to=plan_path, max_length=100, blank=True)
    plan_file_type = models.CharField(max_length=100, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(
        _("not confirmed"),
        default=False,
        help_text=_("Filled in beforehand; nobody of the park has confirmed it. The page says so."),
    )

    class Meta:
        verbose_name = _("reform")
        verbose_name_plural = _("reforms")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(plan_file="", plan_file_type="") | ~Q(plan_file="") & ~Q(plan_file_type=""),
                name="approvals_plan_of_a_type",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)

    @property
    def summary_text(self) -> str:
        return local_name(self.summary, self.summary_en)

    @property
    def plan_text(self) -> str:
        return local_name(self.plan, self.plan_en)

    @property
    def has_plan(self) -> bool:
        return bool(self.plan or self.plan_file)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReformCase(models.Model):
    """案例: what came of a reform, told publicly. Of a project its number only, as for land."""

    reform = models.ForeignKey(Reform, on_delete=models.CASCADE, related_name="cases")
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    text = models.TextField(_("what happened"), max_length=2000)
    text_en = models.TextField(_("what happened, in English"), max_length=4000, blank=True)
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    enterprise = models.ForeignKey(
        Enterprise,
        verbose_name=_("enterprise"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    project_number = models.CharField(
        _("number of the project"), max_length=40, blank=True, help_text=_("Shown as it is, without a link.")
    )

    class Meta:
        verbose_name = _("case of a reform")
        verbose_name_plural = _("cases of reforms")
        ordering: ClassVar = ["reform", models.F("happened_on").desc(nulls_last=True), "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reform", "title"],
                name="approvals_reform_case_once",
                violation_error_message=_("The reform has a case of this title already."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return local_name(self.title, self.title_en)

    @property
    def words(self) -> str:
        """What happened, in the reader's language."""
        return local_name(self.text, self.text_en)
