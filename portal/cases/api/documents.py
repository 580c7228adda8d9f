"""Papers for programs: the archive, uploads, downloads."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
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
from portal.api.versions import etag, versioned, versions_seen
from portal.api.views import ApiView, asked
from portal.cases.api import shapes
from portal.cases.api.forms import DocumentListForm
from portal.cases.api.paper_rows import document_body
from portal.cases.enterprise_views.papers import PaperForm, may_correct, stored, visible_documents
from portal.cases.errors import Conflict
from portal.cases.models import Document
from portal.cases.papers import TYPES, correct
from portal.cases.views.papers import CorrectionForm, document_download
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
    """One paper; its title and date of expiry put right."""

    scopes: ClassVar = {"PATCH": (Scope.FILE, Scope.WORK)}

    @extend_schema(
        operation_id="document_read",
        summary=gettext_lazy("One paper"),
        tags=["documents"],
        responses=shapes.DocumentSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        return self._answer(get_object_or_404(visible_documents(actor_of(request)), pk=pk))

    @extend_schema(
        operation_id="document_correct",
        summary=gettext_lazy("Correct a paper's title or date"),
        tags=["documents"],
        request=shapes.CorrectionSerializer,
        responses=shapes.DocumentSerializer,
    )
    @versioned
    def patch(self, request: Request, pk: int) -> Response:
        document = get_object_or_404(visible_documents(actor_of(request)), pk=pk)
        if not may_correct(actor_of(request), document):
            raise PermissionDenied
        seen = versions_seen(request, needed=True)
        if seen is not None and document.version not in seen:
            self._refuse(document)
        form = CorrectionForm(self._given(request, document))
        if not form.is_valid():
            raise Problem("invalid", errors=problems.form_errors(form))
        try:
            wanted = {**form.cleaned_data, "version": None if seen is None else document.version}
            return self._answer(correct(pk, **wanted))
        except Conflict:
            document.refresh_from_db()
            self._refuse(document)
            raise

    @staticmethod
    def _given(request: Request, document: Document) -> dict[str, Any]:
        """The fields sent, over those that are there. Raises Problem for others."""
        there = {"title": document.title, "valid_until_on": document.valid_until_on}
        sent = request.data
        if not isinstance(sent, dict) or set(sent) - set(there):
            message = _("`title` and `valid_until_on` are expected.")
            raise Problem("invalid", errors=[problems.field_error("", message)])
        errors = [
            problems.field_error(name, _("A text is expected."))
            for name, value in sent.items()
            if not (isinstance(value, str) or (value is None and name == "valid_until_on"))
        ]
        if errors:
            raise Problem("invalid", errors=errors)
        return {**there, **sent, "version": document.version}

    @staticmethod
    def _refuse(document: Document) -> None:
        """Somebody was faster: what is there now comes along."""
        detail = _("Somebody has changed this paper meanwhile. Nothing was saved.")
        headers = {"ETag": etag(document.version)}
        raise Problem("stale", detail, headers=headers, present=document_body(document))

    @staticmethod
    def _answer(document: Document) -> Response:
        return Response(document_body(document), headers={"ETag": etag(document.version)})


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
