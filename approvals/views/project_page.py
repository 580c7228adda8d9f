"""The whole project on one page: where it is, who must do what now, what is needed, how long it takes."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from approvals.access import PROJECT
from approvals.drawing import BOX_H, BOX_W
from approvals.models import Node
from approvals.presenting import gantt, graph, project, reading
from portal.cases.access import visible_to
from portal.cases.views.common import actor_of, refusals, to_show
from portal.prepared import planned_reads
from portal.worktime.now import now

# Read along with the case.
NEAR = ("version__procedure", "parcel", "leader", "task_force", "butler", "agent")


# The node plan comes along with the case: one statement less.
NODES = (
    Node.objects.filter(project=OuterRef("pk"))
    .order_by("planned_on", "id")
    .values(row=JSONObject(what="what", plan="planned_on", stood="reached_on"))
)


@require_safe
@planned_reads
@refusals
def project_view(request: HttpRequest, pk: int) -> HttpResponse:
    """For staff and, in plain words, for the enterprise."""
    actor = actor_of(request)
    cases = to_show(visible_to(actor), actor).select_related(*(f"project__{name}" for name in NEAR))
    cases = cases.annotate(nodes=ArraySubquery(NODES))
    case = get_object_or_404(cases, pk=pk, kind=PROJECT)
    whole = reading.read(case, actor, now())
    shown = {
        "case": case,
        "project": case.project,
        "inside": whole.inside,
        "now": whole.now,
        "graph": graph.graph(whole),
        "box": (BOX_W, BOX_H),
        "gantt": gantt.gantt(whole),
        **project.context(whole, actor),
    }
    return render(request, "approvals/project_view.html", shown)
