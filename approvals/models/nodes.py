"""节点: the milestones of construction, the meetings on them, and what was agreed on there."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.projects import Project
from portal.accounts.models import User
from portal.cases.models import Case, Document


class Node(models.Model):
    """建设节点: what stands by when, with a photo once it stands (dossier, section 1, rows 47 and 73)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="nodes")
    what = models.CharField(_("what stands by then"), max_length=120)
    planned_on = models.DateField(_("planned for"))
    reached_on = models.DateField(_("reached on"), null=True)
    reached_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    photo = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("node of construction")
        verbose_name_plural = _("nodes of construction")
        ordering: ClassVar = ["project", "planned_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "what"], name="approvals_node_once")
        ]

    def __str__(self) -> str:
        return f"{self.planned_on:%Y-%m-%d} {self.what}"


class Meeting(models.Model):
    """进度帮扶会: what was said; what was agreed on becomes cases (`ActionItem`)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="meetings")
    held_on = models.DateField(_("held on"))
    minutes = models.TextField(_("minutes"), max_length=4000)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("progress meeting")
        verbose_name_plural = _("progress meetings")
        ordering: ClassVar = ["project", "-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.held_on:%Y-%m-%d}"


class ActionItem(models.Model):
    """What a team has to do by a day, agreed on in a meeting; a case."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="action_item")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    due_on = models.DateField(_("by"))
    result = models.TextField(_("result"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")

    def __str__(self) -> str:
        return str(self.case)
