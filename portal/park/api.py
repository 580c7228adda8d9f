"""Enterprises and teams for programs, and who is acting in a request of the API."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import paging
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.park.access import visible_enterprises
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team

ENTERPRISE_COLUMNS = (
    "id",
    "uscc",
    "name",
    "name_en",
    "industry",
    "size",
    "registered_on",
    "settled_on",
    "address",
    "park_area",
    "is_high_tech",
    "is_above_scale",
    "tags",
)
TEAM_COLUMNS = ("id", "code", "name", "name_en", "kind", "industry")


def actor_of(request: Request) -> Actor:
    """The acting person of a request that the API has let in."""
    return cast("Actor", request._request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


class EnterpriseSerializer(serializers.ModelSerializer[Enterprise]):
    """An enterprise."""

    class Meta:
        model = Enterprise
        fields = ENTERPRISE_COLUMNS


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team: who does the work."""

    class Meta:
        model = Team
        fields = TEAM_COLUMNS


class EnterpriseForm(paging.PageForm):
    """What enterprises can be searched by."""

    q = forms.CharField(label=_("Name or credit code"), max_length=60, required=False)


class TeamForm(paging.PageForm):
    """What teams can be filtered by."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", ""), *Team.Kind.choices], required=False)


class EnterpriseList(ApiView):
    """The own enterprises; for staff all of them, to be searched."""

    @extend_schema(
        operation_id="enterprise_list",
        summary=_("Enterprises: the own ones, for staff all"),
        tags=["park"],
        parameters=parameters(EnterpriseForm),
        responses=page_of(EnterpriseSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, EnterpriseForm)
        found = visible_enterprises(actor_of(request))
        if text := form.cleaned_data["q"].strip():
            found = found.filter(
                Q(name__icontains=text) | Q(name_en__icontains=text) | Q(uscc__startswith=text.upper())
            )
        return _page(request, found, form, ENTERPRISE_COLUMNS)


class EnterpriseRead(ApiView):
    """One enterprise."""

    @extend_schema(
        operation_id="enterprise_read",
        summary=_("One enterprise"),
        tags=["park"],
        responses=EnterpriseSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        found = visible_enterprises(actor_of(request)).values(*ENTERPRISE_COLUMNS)
        return Response(get_object_or_404(found, pk=pk))


class TeamList(ApiView):
    """The teams of the park that are at work."""

    @extend_schema(
        operation_id="team_list",
        summary=_("Teams at work"),
        tags=["park"],
        parameters=parameters(TeamForm),
        responses=page_of(TeamSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, TeamForm)
        found = Team.objects.filter(active=True)
        if kind := form.cleaned_data["kind"]:
            found = found.filter(kind=kind)
        return _page(request, found, form, TEAM_COLUMNS)


def _page(request: Request, rows: Any, form: paging.PageForm, columns: tuple[str, ...]) -> Response:
    """A page in the order of ids."""
    mark = paging.id_mark(form.cursor)
    if mark is not None:
        rows = rows.filter(pk__gt=mark)
    found = list(rows.order_by("pk").values(*columns)[: form.size + 1])
    more = len(found) > form.size
    found = found[: form.size]
    return paging.page_answer(request, found, paging.encode(found[-1]["id"]) if more else "")


urlpatterns = [
    path("enterprises/", EnterpriseList.as_view(), name="enterprise_list"),
    path("enterprises/<id:pk>/", EnterpriseRead.as_view(), name="enterprise_read"),
    path("teams/", TeamList.as_view(), name="team_list"),
]
