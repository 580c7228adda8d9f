"""Doing something with a case: the declared transitions and the kernel's own operations."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import problems
from portal.api.fields import form_schema, given
from portal.api.idempotency import once
from portal.api.models import Scope
from portal.api.parsing import StrictJSONParser, UploadParser
from portal.api.problems import Problem
from portal.api.versions import versioned
from portal.api.views import ApiView
from portal.cases import engine
from portal.cases.api import shapes
from portal.cases.api.common import Seen, find, fresh
from portal.cases.api.reading import answer, attachment_body, case_body, comment_body, rating_body
from portal.cases.declaration import Transition
from portal.cases.enterprise_views.papers import add_paper, supply_item
from portal.cases.errors import Conflict, TooLong
from portal.cases.forms import CommentForm, RatingForm
from portal.cases.models import Case
from portal.cases.views.operations import OPERATIONS, operate
from portal.park.api import actor_of
from portal.worktime.now import now

SUPPLIED_WITH = {"document": int, "answer": str}
BODY = {"application/json": OpenApiTypes.OBJECT, "multipart/form-data": OpenApiTypes.OBJECT}


def declared(case: Case, name: str) -> Transition:
    """The transition of this name. Raises Http404."""
    try:
        return case.flow.transition(name)
    except KeyError as error:
        raise Http404 from error


class CasePerform(ApiView):
    """A transition that the flow of the case declares: GET shows what it takes, POST performs it."""

    problems = (409,)
    parser_classes = (StrictJSONParser, UploadParser)

    @extend_schema(
        operation_id="case_transition_form",
        summary=gettext_lazy("What a transition takes"),
        tags=["actions"],
        responses=shapes.FormSerializer,
    )
    def get(self, request: Request, ref: str, name: str) -> Response:
        case, actor = find(request, ref), actor_of(request)
        transition = declared(case, name)
        engine.check_allowed(case, transition, actor)
        form = engine.form_class(transition)
        return Response({"schema": form_schema(form(case=case, actor=actor, bound=False) if form else None)})

    @extend_schema(
        operation_id="case_transition",
        summary=gettext_lazy("Perform a transition"),
        description=gettext_lazy(
            "An action of the case says where to post and what: `href` and `schema` in `actions`. "
            "The name of a transition is the one that its flow declares."
        ),
        tags=["actions"],
        request=BODY,
        responses=shapes.CaseSerializer,
    )
    @once
    @versioned
    def post(self, request: Request, ref: str, name: str) -> Response:
        case, actor, moment = find(request, ref), actor_of(request), now()
        transition = declared(case, name)
        seen = Seen(request, case, moment)
        seen.check()
        engine.check_allowed(case, transition, actor)
        version = seen.require()
        form = engine.form_class(transition)
        data = given(request.data, form(case=case, actor=actor, bound=False) if form else None)
        try:
            engine.perform(case, name, by=actor, data=data, files=request.FILES, now=moment, version=version)
        except Conflict as error:
            seen.lost(error)
        return answer(fresh(case.pk, actor), actor)


class CaseOperate(ApiView):
    """One of the operations that every case has: claiming, handing over, stopping the clock."""

    problems = (409,)
    parser_classes = (StrictJSONParser, UploadParser)

    @extend_schema(
        operation_id="case_operation",
        summary=gettext_lazy("Claim, assign, hand over, stop the clock and the like"),
        tags=["actions"],
        request=BODY,
        responses=shapes.CaseSerializer,
    )
    @once
    @versioned
    def post(self, request: Request, ref: str, name: str) -> Response:
        case, actor, moment = find(request, ref), actor_of(request), now()
        operation = OPERATIONS.get(name)
        if operation is None:
            raise Http404
        seen = Seen(request, case, moment)
        seen.check()
        version = None if operation.anytime else seen.require()
        data = given(request.data, operation.form)
        try:
            operate(operation, case, actor, data, now=moment, version=version)
        except Conflict as error:
            seen.lost(error)
        return answer(fresh(case.pk, actor), actor)


class CaseComment(ApiView):
    """Write to the other side, or (staff) an internal note."""

    problems = (409,)

    @extend_schema(
        operation_id="case_comment",
        summary=gettext_lazy("Write a message or an internal note"),
        tags=["actions"],
        request=OpenApiTypes.OBJECT,
        responses={201: shapes.CommentSerializer},
    )
    @once
    def post(self, request: Request, ref: str) -> Response:
        case, actor = find(request, ref), actor_of(request)
        made = engine.comment(case, by=actor, data=given(request.data, CommentForm), now=now())
        return Response(comment_body(made), status=201)


class CaseRate(ApiView):
    """好差评: the enterprise rates a closed case, once."""

    scopes: ClassVar = {"POST": (Scope.FILE, Scope.WORK)}
    problems = (409,)

    @extend_schema(
        operation_id="case_rate",
        summary=gettext_lazy("Rate a closed case"),
        tags=["actions"],
        request=OpenApiTypes.OBJECT,
        responses={201: shapes.RatingSerializer},
    )
    @once
    def post(self, request: Request, ref: str) -> Response:
        case, actor = find(request, ref), actor_of(request)
        made = engine.rate(case, by=actor, data=given(request.data, RatingForm), now=now())
        return Response(rating_body(made), status=201)


class CaseAttach(ApiView):
    """Use a paper in a case: one of the archive (JSON), or a new file (multipart)."""

    scopes: ClassVar = {"POST": (Scope.FILE, Scope.WORK)}
    problems = (409,)
    parser_classes = (StrictJSONParser, UploadParser)

    @extend_schema(
        operation_id="case_attach",
        summary=gettext_lazy("Add a paper to a case"),
        description=gettext_lazy("JSON for a paper of the archive, a form for a new file."),
        tags=["actions"],
        request={
            "application/json": shapes.AttachingSerializer,
            "multipart/form-data": shapes.AttachingFileSerializer,
        },
        responses={201: shapes.AttachmentSerializer},
    )
    @once
    def post(self, request: Request, ref: str) -> Response:
        case, actor = find(request, ref), actor_of(request)
        upload = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
        chosen, internal = _attaching(request.data)
        if upload is None and not chosen:
            message = _("Choose a paper of the archive, or send a file.")
            raise Problem("invalid", errors=[problems.field_error("document", message)])
        made = add_paper(case, actor, upload, chosen, internal=internal)
        return Response(attachment_body(made), status=201)


def _attaching(data: Any) -> tuple[str, bool]:
    """The paper chosen and whether it is for staff only. Raises Problem."""
    if isinstance(data, QueryDict):
        return str(data.get("document", "")), data.get("internal", "") in ("true", "on", "1")
    errors = []
    if not isinstance(data, dict) or set(data) - {"document", "internal"}:
        errors = [problems.field_error("", _("`document` and `internal` are expected."))]
    elif not isinstance(data.get("document"), int) or isinstance(data["document"], bool):
        errors = [problems.field_error("document", _("An id is expected."))]
    elif not isinstance(data.get("internal", False), bool):
        errors = [problems.field_error("internal", _("True or false is expected."))]
    if errors:
        raise Problem("invalid", errors=errors)
    return str(data["document"]), data.get("internal", False)


class CaseSupply(ApiView):
    """Answer an item that is missing (补正). The last one lets the clock run on."""

    scopes: ClassVar = {"POST": (Scope.FILE, Scope.WORK)}
    problems = (409,)
    parser_classes = (StrictJSONParser, UploadParser)

    @extend_schema(
        operation_id="case_supply",
        summary=gettext_lazy("Supply an item that is missing"),
        description=gettext_lazy(
            "JSON for a paper of the archive or an answer in words, a form for a new file. Which items are "
            "missing the case says in `missing`; once all are here, the clock runs on."
        ),
        tags=["actions"],
        request={
            "application/json": shapes.SupplyingSerializer,
            "multipart/form-data": shapes.SupplyingFileSerializer,
        },
        responses=shapes.CaseSerializer,
    )
    @once
    def post(self, request: Request, ref: str, pk: int) -> Response:
        case, actor = find(request, ref), actor_of(request)
        engine.check_supply(case, pk, actor)  # before a byte of the content is read
        chosen, words = _supplying(request.data)
        upload = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
        supply_item(case, actor, pk, upload, chosen, words)
        return answer(fresh(case.pk, actor), actor)


def _supplying(data: Any) -> tuple[str, str]:
    """The paper chosen and the answer in words. Raises Problem with every field of the wrong shape."""
    by_form = isinstance(data, QueryDict)  # its values are texts and files
    known = {*SUPPLIED_WITH, "file"} if by_form else {*SUPPLIED_WITH}
    if not isinstance(data, dict) or set(data) - known:
        message = _("`document` and `answer` are expected.")
        raise Problem("invalid", errors=[problems.field_error("", message)])
    errors = [
        problems.field_error(name, _("An id is expected.") if kind is int else _("A text is expected."))
        for name, kind in SUPPLIED_WITH.items()
        if name in data and type(data[name]) is not (str if by_form else kind)
    ]
    if not errors:
        try:
            engine.answer_text(data.get("answer", ""))
        except TooLong as error:
            errors = [problems.field_error("answer", str(error))]
    if errors:
        raise Problem("invalid", errors=errors)
    return str(data.get("document", "")), data.get("answer", "")


class CaseClaimNext(ApiView):
    """Claim the most pressing case that nobody of the own teams has claimed."""

    @extend_schema(
        operation_id="case_claim_next",
        summary=gettext_lazy("Claim the most pressing unclaimed case"),
        tags=["actions"],
        request=None,
        responses=shapes.ClaimedSerializer,
    )
    @once
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        case = engine.claim_next(actor, now=now())
        if case is None:
            return Response({"case": None})
        done = Response({"case": case_body(fresh(case.pk, actor), actor, now())})
        done["Location"] = reverse("api:case_read", args=[case.pk])
        return done
