"""帮代办: a named person files for an enterprise that has authorised it; what is to be done, and a log."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.projects import Project
from portal.accounts.models import User
from portal.cases.models import Case, Document


class Assistance(models.Model):
    """帮代办 of one project; a case. The agent may do what the enterprise may, but not decide for it."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="assistance")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="assistances")
    agent = models.ForeignKey(
        User, verbose_name=_("filing agent"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    visited_on = models.DateField(_("visited on"), null=True)
    visit_note = models.TextField(_("what was explained"), max_length=2000, blank=True)
    authorisation = models.ForeignKey(
        Document, verbose_name=_("authorisation"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    authorised_at = models.DateTimeField(_("authorised at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("assistance")
        verbose_name_plural = _("assistance")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(ended_at=None), name="approvals_one_assistance"
            ),
            models.CheckConstraint(
                condition=Q(authorised_at=None) | Q(agent__isnull=False), name="approvals_authorised_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)


class AgentTask(models.Model):
    """One thing that the agent does for the enterprise, by a day."""

    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="tasks")
    what = models.CharField(_("what is to be done"), max_length=200)
    due_on = models.DateField(_("by"))
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("task of an agent")
        verbose_name_plural = _("tasks of agents")
        ordering: ClassVar = ["assistance", F("done_at").asc(nulls_first=True), "due_on", "id"]

    def __str__(self) -> str:
        return self.what
