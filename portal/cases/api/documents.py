"""Papers for programs: the archive, uploads, downloads."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import paging, problems
from portal.api.idempotency import once
from portal.api.models import Scope
from portal.api.negotiation import AnyForm
from portal.api.parsing import UploadParser
from portal.api.problems import Problem
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.cases.api import shapes
from portal.cases.api.forms import DocumentListForm
from portal.cases.api.paper_rows import document_body
from portal.cases.enterprise_views.papers import PaperForm, document_download, stored, visible_documents
from portal.cases.papers import TYPES
from portal.park.api import actor_of


class DocumentList(ApiView):
    """Papers within sight, newest first; and a new one for the archive of the enterprise acted for."""

    scopes: ClassVar = {"POST": (Scope.FILE, Scope.WORK)}
    parser_classes = (UploadParser,)

    @extend_schema(
        operation_id="document_list",
        summary=gettext_lazy("Papers within sight"),
        tags=["documents"],
        parameters=parameters(DocumentListForm),
        responses=page_of(shapes.DocumentSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, DocumentListForm)
        rows = visible_documents(actor_of(request))
        if enterprise := form.cleaned_data["enterprise"]:
            rows = rows.filter(enterprise=enterprise)
        mark = paging.id_mark(form.cursor)
        if mark is not None:
            rows = rows.filter(pk__lt=mark)
        found = list(rows.order_by("-pk")[: form.size + 1])
        more = len(found) > form.size
        found = found[: form.size]
        cursor = paging.encode(found[-1].pk) if more else ""
        return paging.page_answer(request, [document_body(d) for d in found], cursor)

    @extend_schema(
        operation_id="document_upload",
        summary=gettext_lazy("Add a paper to the archive"),
        tags=["documents"],
        request={"multipart/form-data": shapes.UploadSerializer},
        responses={201: shapes.DocumentSerializer},
    )
    @once
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        if not actor.may_act_for(actor.enterprise_id):
            raise PermissionDenied
        form = PaperForm(request.POST, request.FILES)
        document = stored(form, actor)
        if document is None:
            raise Problem("invalid", errors=problems.form_errors(form))
        done = Response(document_body(document), status=201)
        done["Location"] = reverse("api:document_read", args=[document.pk])
        return done


class DocumentRead(ApiView):
    """One paper."""

    @extend_schema(
        operation_id="document_read",
        summary=gettext_lazy("One paper"),
        tags=["documents"],
        responses=shapes.DocumentSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(document_body(get_object_or_404(visible_documents(actor_of(request)), pk=pk)))


class DocumentFile(ApiView):
    """The file of a paper, as what it is."""

    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="document_file",
        summary=gettext_lazy("The file of a paper"),
        tags=["documents"],
        responses={(200, name): OpenApiTypes.BINARY for name in TYPES},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        # The page's own view: one access check, one set of headers.
        return document_download(request._request, pk=pk)
