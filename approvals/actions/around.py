"""Which of the rare things around a project are there: asked once for all buttons that depend on it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from approvals.models import Assistance, Node, Project


def around(project: Project) -> tuple[bool, bool]:
    """Whether somebody assists it, and whether a node is ahead. Kept with the row."""
    known = vars(project)
    if "around" not in known:
        assisted = Exists(Assistance.objects.filter(project=OuterRef("pk"), ended_at=None))
        ahead = Exists(Node.objects.filter(project=OuterRef("pk"), reached_on=None))
        known["around"] = Project.objects.filter(pk=project.pk).values_list(assisted, ahead).get()
    found: tuple[bool, bool] = known["around"]
    return found
