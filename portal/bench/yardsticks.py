"""What the portal's pages are measured beside: the plainest pages that Django gives, on the same stack."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from rest_framework import generics, serializers

from portal.cases.models import Case
from portal.worktime.now import now


@login_required
def plain_page(request: HttpRequest) -> HttpResponse:
    """Fifty rows by template, with filters, dates and links, as a tutorial would write it."""
    rows = Case.objects.filter(closed_at=None).select_related("team").order_by("due_at", "id")[:50]
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
    queryset = Case.objects.filter(closed_at=None).order_by("due_at", "id")[:50]


urlpatterns = [
    path("bench/plain/", plain_page),
    path("bench/create/", bare_create),
    path("bench/api/", PlainList.as_view()),
    path("", include("portal.urls")),
]
