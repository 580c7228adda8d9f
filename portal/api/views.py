"""What every endpoint is made of, and the answers that belong to no room."""

from __future__ import annotations

import sys
from typing import Any, ClassVar, TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal import outages, tracing
from portal.api import parsing, problems
from portal.api.middleware import BASE
from portal.api.models import Scope
from portal.api.problems import Problem

Asked = TypeVar("Asked", bound=forms.Form)


class ApiView(APIView):
    """Base of all endpoints: size, throttle, sign-in, scope, in this order; errors are problems.

    `scopes` names, by method, of which scopes a token needs one (default: `read` for reading,
    `work` for the rest). `problems` names the problems that the view answers beside the usual ones.
    """

    scopes: ClassVar[dict[str, tuple[Scope, ...]]] = {}
    problems: ClassVar[tuple[int, ...]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        neg = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = neg
        self.check_throttles(request)
        self.perform_authentication(request)
        self.check_permissions(request)
        parsing.check_size(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.setdefault("Cache-Control", "private, no-store")
        return answer


def asked(request: Request, form_class: type[Asked], **kwargs: Any) -> Asked:
    """The parameters of an address, by whitelist. Raises Problem for a wrong or an unknown one."""
    form = form_class(request.query_params, **kwargs)
    errors = problems.form_errors(form)
    for name in request.query_params:
        if name not in form.fields:
            known = _("Unknown. There are: %(names)s.") % {"names": ", ".join(form.fields)}
            errors.append(problems.field_error(name, known))
    if errors:
        raise Problem("invalid-parameter", errors=errors)
    return form


class ProblemKindSerializer(serializers.Serializer[Any]):
    """A kind of problem: `type` is what problem details carry."""

    type = serializers.CharField()
    code = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()


class ProblemKindListSerializer(serializers.Serializer[Any]):
    """All kinds of problems."""

    results = ProblemKindSerializer(many=True)


class ProblemList(ApiView):
    """The kinds of problems that the API answers."""

    @extend_schema(
        operation_id="problem_list",
        summary=gettext_lazy("Kinds of problems"),
        tags=["about"],
        responses=ProblemKindListSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response({"results": list(problems.all_kinds())})


class ProblemRead(ApiView):
    """One kind of problem: where `type` leads."""

    @extend_schema(
        operation_id="problem_read",
        summary=gettext_lazy("One kind of problem"),
        tags=["about"],
        responses=ProblemKindSerializer,
    )
    def get(self, request: Request, code: str) -> Response:
        for kind in problems.all_kinds():
            if kind["code"] == code:
                return Response(kind)
        raise Http404


class NotHere(ApiView):
    """What no endpoint answers: 404 for whoever is signed in."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


_not_here = NotHere.as_view()


@csrf_exempt
def elsewhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below the API. One that lacks only its last slash is the same address."""
    if not request.path_info.endswith("/"):
        try:
            match = resolve(f"{request.path_info}/")
        except Resolver404:
            match = None
        if match is not None and match.func is not elsewhere:
            found: HttpResponse = match.func(request, *match.args, **match.kwargs)
            return found
    return _not_here(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort, as a problem for programs and a page for people. 503 when the database is gone.

    Called by Django while it handles what was raised, so nothing here may ask the database.
    """
    gone = outages.database_gone(sys.exception())
    if request.path.startswith(BASE):
        answer = _last_problem(request, "unavailable" if gone else "internal")
    elif gone:
        sent = request.method not in ("GET", "HEAD", "OPTIONS")
        answer = HttpResponse(render_to_string("503.html", {"sent": sent}), status=503)
    else:
        answer = defaults.server_error(request)
    if gone:
        answer["Retry-After"] = str(outages.RETRY_AFTER_S)
    answer["Cache-Control"] = "no-store"
    return answer


def _last_problem(request: HttpRequest, code: str) -> HttpResponse:
    """With the number of the request in its body too: it is what one tells who asks us about it."""
    problem = Problem(code, request_id=tracing.current())
    body = problems.body_of(problem, request.path)
    return JsonResponse(body, status=problem.status_code, content_type=problems.MEDIA_TYPE)
