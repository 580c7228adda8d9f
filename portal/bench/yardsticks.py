"""What the portal's pages are measured beside: the plainest pages that Django gives, on the same stack."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from rest_framework import generics, serializers

from portal.cases.models import Case
from portal.park.models import Team
from portal.worktime.now import now


def _of_a_team() -> QuerySet[Case]:
    """By index, so that what the portal is measured beside does not grow with the table."""
    team = Team.objects.filter(code__startswith="bench").order_by("pk")[:1]
    return Case.objects.filter(closed_at=None, team=Subquery(team.values("pk"))).order_by("due_at", "id")


@login_required
def plain_page(request: HttpRequest) -> HttpResponse:
    """Fifty rows by template, with filters, dates and links, as a tutorial would write it."""
    rows = _of_a_team().select_related("team")[:50]
    return render(request, "bench/plain.html", {"rows": rows})


@login_required
def bare_create(request: HttpRequest) -> HttpResponse:
    """One row by one POST."""
    team, standard = request.POST["team"], request.POST["standard"]
    values: dict[str, Any] = {
        "team_id": team,
        "standard_id": standard,
        "opened_at": now(),
        "entered_at": now(),
    }
    made = Case.objects.create(
        number=request.POST["number"], kind="x", step="x", title=request.POST["title"], **values
    )
    return HttpResponse(str(made.pk))


class CaseSerializer(serializers.ModelSerializer[Case]):
    class Meta:
        model = Case
        fields = (
            "id",
            "number",
            "kind",
            "step",
            "title",
            "team",
            "assignee",
            "due_at",
            "opened_at",
            "urgent",
        )


class PlainList(generics.ListAPIView[Case]):
    """Fifty rows by a model serializer."""

    serializer_class = CaseSerializer

    def get_queryset(self) -> QuerySet[Case]:
        return _of_a_team()[:50]


urlpatterns = [
    path("bench/plain/", plain_page),
    path("bench/create/", bare_create),
    path("bench/api/", PlainList.as_view()),
    path("", include("portal.urls")),
]
