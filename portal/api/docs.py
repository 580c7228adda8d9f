"""The OpenAPI document and the page that shows it. Nothing is loaded from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.views import ApiView


@lru_cache(maxsize=4)
def document(_language: str | None) -> Any:
    """The document in the active language: drawn once per process, as only the code can change it."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


class SchemaView(ApiView):
    """The OpenAPI document."""

    renderer_classes = (JSONRenderer, OpenApiJsonRenderer)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(document(get_language()))


@require_safe
@login_required
def docs_page(request: HttpRequest) -> HttpResponse:
    """The document to read and to try out."""
    return render(request, "api/docs.html")
