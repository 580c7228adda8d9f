"""Figures as JSON: `/api/v1/indicators/` and the rows behind each."""

# Fields of serializers may be called what serializers themselves have: DRF takes them out of the class.
# mypy: disable-error-code="assignment"

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.api.models import Scope
from portal.api.permissions import HasScope
from portal.api.schema import AnyValueField
from portal.api.schema import page_of as page_shape
from portal.api.views import ApiView
from portal.park.acting import Actor
from portal.reports import figures
from portal.reports.access import may_read, readable
from portal.reports.declaration import INDICATORS, Indicator, Period
from portal.reports.rows import page_of, shown_rows


class MayRead(BasePermission):
    """The access rule of figures."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_read(getattr(request._request, "actor", None))


class PeriodSerializer(serializers.Serializer[Any]):
    """The period asked for, both days included."""

    date_from = serializers.DateField(required=False, default=None)
    date_to = serializers.DateField(required=False, default=None)
    key = serializers.CharField(required=False, default="")
    after = serializers.RegexField(r"^\d{0,17}$", required=False, default="")


PERIOD = (
    OpenApiParameter("date_from", OpenApiTypes.DATE, description="From, this day included"),
    OpenApiParameter("date_to", OpenApiTypes.DATE, description="To, this day included"),
)


def answers(indicators: list[Indicator], period: Period, actor: Actor | None) -> list[dict[str, Any]]:
    """Figures as the API and the command answer them."""
    computed = figures.compute_all([(indicator, period) for indicator in indicators], actor)
    return [answer(i, figure, period) for i, figure in zip(indicators, computed, strict=True)]


def answer(indicator: Indicator, figure: figures.Figure, period: Period) -> dict[str, Any]:
    """One figure. Money and shares are decimal strings."""
    value: Any = figure.value
    if value is not None and not isinstance(value, int):
        value = f"{value.normalize():f}"
    rows = reverse("reports:api_indicator_rows", args=[indicator.key])
    return {
        "key": indicator.key,
        "label": str(indicator.label),
        "unit": indicator.unit,
        "value": value,
        "n": figure.n,
        "rows_url": f"{rows}?date_from={period.date_from or ''}&date_to={period.date_to or ''}",
    }


def _asked(request: Request) -> tuple[dict[str, Any], Period]:
    given = {k: v for k, v in request.query_params.items() if v != ""}
    serializer = PeriodSerializer(data=given)
    serializer.is_valid(raise_exception=True)
    asked: dict[str, Any] = serializer.validated_data
    return asked, Period(asked["date_from"], asked["date_to"])


class FigureSerializer(serializers.Serializer[Any]):
    """One figure. Money and shares are decimal strings."""

    key = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    value = AnyValueField()
    n = serializers.IntegerField(allow_null=True)
    rows_url = serializers.CharField()


class FigureListSerializer(serializers.Serializer[Any]):
    """The figures of a period."""

    results = FigureSerializer(many=True)


class FigureRowSerializer(serializers.Serializer[Any]):
    """One row behind a figure: its cells by label, and the page of its case where that is in sight."""

    cells = serializers.DictField()
    case_url = serializers.CharField(allow_blank=True)


class IndicatorList(ApiView):
    """All figures of a period."""

    permission_classes = (IsAuthenticated, HasScope, MayRead)
    scopes: ClassVar = {"GET": (Scope.REPORTS,)}

    problems = (400,)

    @extend_schema(
        operation_id="indicator_list",
        summary=gettext_lazy("Figures of a period"),
        tags=["indicators"],
        parameters=[*PERIOD, OpenApiParameter("key", description="One figure only")],
        responses=FigureListSerializer,
    )
    def get(self, request: Request) -> Response:
        actor: Actor = request._request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        asked, period = _asked(request)
        chosen = [i for i in readable(actor) if asked["key"] in ("", i.key)]
        return Response({"results": answers(chosen, period, actor)})


class IndicatorRows(ApiView):
    """The rows behind one figure, paged."""

    permission_classes = (IsAuthenticated, HasScope, MayRead)
    scopes: ClassVar = {"GET": (Scope.REPORTS,)}

    problems = (400,)

    @extend_schema(
        operation_id="indicator_rows",
        summary=gettext_lazy("The rows behind a figure"),
        tags=["indicators"],
        parameters=[*PERIOD, OpenApiParameter("after", {"type": "string", "pattern": r"^\d{0,17}$"})],
        responses=page_shape(FigureRowSerializer),
    )
    def get(self, request: Request, key: str) -> Response:
        actor: Actor = request._request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        indicator = INDICATORS.get(key)
        if indicator is None or indicator not in readable(actor):
            raise Http404
        asked, period = _asked(request)
        found, later = page_of(indicator, period, actor, asked["after"])
        labels = [str(column.label) for column in indicator.columns]
        rows = [
            {"cells": dict(zip(labels, map(_plain, r["cells"]), strict=True)), "case_url": r["href"]}
            for r in shown_rows(indicator, found, actor)
        ]
        following = f"{request.path}?{_next(period, later)}" if later else None
        return Response({"results": rows, "next": following})


def _next(period: Period, later: str) -> str:
    return f"date_from={period.date_from or ''}&date_to={period.date_to or ''}&after={later}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str)) or value is None else str(value)
