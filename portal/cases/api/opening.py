"""Opening a case of any kind that the caller may open."""

from __future__ import annotations

from typing import Any

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import problems
from portal.api.fields import form_schema, given
from portal.api.problems import Problem
from portal.api.schema import parameters
from portal.api.views import ApiView, asked
from portal.cases import access, engine
from portal.cases.api import shapes
from portal.cases.api.common import fresh
from portal.cases.api.forms import KindForm
from portal.cases.api.reading import answer
from portal.cases.declaration import FLOWS, Flow
from portal.cases.errors import Invalid, NotAllowed
from portal.cases.forms import ActionForm
from portal.cases.models import Case
from portal.park.access import visible_enterprises
from portal.park.acting import Actor
from portal.park.api import actor_of
from portal.park.models import Enterprise
from portal.worktime.now import now

OWN_FIELDS = ("kind", "enterprise")


def opened(request: Request) -> Response:
    """Open a case. Raises Problem, CaseError, Http404."""
    actor = actor_of(request)
    kind, wanted, fields, prefix = _read(request.data)
    flow = FLOWS.get(kind)
    if flow is None:
        raise Problem("invalid", errors=[problems.field_error("kind", _("There is no such kind of case."))])
    enterprise = enterprise_for(actor, wanted)
    if not access.allows_opening(actor, enterprise, flow):
        raise NotAllowed(_("This is not for you to file."))
    form = opening_form(flow, actor, enterprise)
    try:
        case = engine.open_case(
            kind,
            by=actor,
            enterprise=enterprise,
            data=given(fields, form, prefix=prefix),
            files=request.FILES,
            now=now(),
            form=form,
        )
    except Invalid as error:
        raise Problem("invalid", errors=problems.form_errors(error.form, prefix)) from error
    done = answer(fresh(case.pk, actor), actor, status=201)
    done["Location"] = reverse("api:case_read", args=[case.pk])
    return done


def _read(data: Any) -> tuple[str, Any, Any, str]:
    """Kind, enterprise, fields, and where these stand in the content. Fields of a form lie flat."""
    if isinstance(data, QueryDict):
        fields = data.copy()
        kind, wanted = fields.get("kind", ""), fields.get("enterprise")
        for name in OWN_FIELDS:
            fields.pop(name, None)
        return str(kind), wanted, fields, ""
    if not isinstance(data, dict):
        raise Problem("invalid", _("An object with the fields is expected."), errors=[])
    unknown = [name for name in data if name not in (*OWN_FIELDS, "fields")]
    if unknown or not isinstance(data.get("kind"), str):
        wrong = unknown or ["kind"]
        message = _("There is no such field.") if unknown else _("A text is expected.")
        raise Problem("invalid", errors=[problems.field_error(name, message) for name in wrong])
    return data["kind"], data.get("enterprise"), data.get("fields"), "/fields"


def enterprise_for(actor: Actor, wanted: Any) -> Enterprise | None:
    """The enterprise named, or the one that the person acts for. Raises Http404, Problem."""
    if wanted in (None, ""):
        return visible_enterprises(actor).filter(pk=actor.enterprise_id or 0).first()
    text = str(wanted)
    if isinstance(wanted, (bool, float)) or not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Problem("invalid", errors=[problems.field_error("enterprise", _("An id is expected."))])
    return get_object_or_404(visible_enterprises(actor), pk=int(text))


def opening_form(flow: Flow, actor: Actor, enterprise: Enterprise | None) -> type[ActionForm] | None:
    """The form of the opening: that of the desk for staff who file for an enterprise not their own."""
    own = enterprise is not None and enterprise.pk in actor.agencies
    if not own and flow.opening.desk_form is not None and access.may_file_at_desk(actor, flow):
        return flow.opening.desk_form
    return flow.opening.form


def kind_body(flow: Flow, actor: Actor, enterprise: Enterprise | None) -> dict[str, Any]:
    """A kind of case as JSON."""
    return {
        "kind": flow.kind,
        "label": str(flow.label),
        "may_open": access.allows_opening(actor, enterprise, flow) or access.may_file_at_desk(actor, flow),
        "steps": [
            {"name": step.name, "label": str(step.label), "holder": step.holder, "ends": step.is_end}
            for step in flow.steps
        ],
        "transitions": [
            {"name": t.name, "label": str(t.label), "from": list(t.source), "to": t.target or None}
            for t in flow.transitions
        ],
    }


def kinds_for(actor: Actor) -> list[Flow]:
    """The kinds that concern the person: all for staff, the public ones for an enterprise."""
    return [flow for flow in FLOWS.values() if flow.public or actor.is_staff_side]


class KindList(ApiView):
    """The kinds of case, with their steps and transitions as declared."""

    @extend_schema(
        operation_id="kind_list",
        summary=gettext_lazy("Kinds of case, as declared"),
        tags=["kinds"],
        responses=shapes.KindListSerializer,
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        enterprise = enterprise_for(actor, None)
        return Response({"results": [kind_body(flow, actor, enterprise) for flow in kinds_for(actor)]})


class KindOpening(ApiView):
    """What is filled in to open a case of a kind."""

    @extend_schema(
        operation_id="kind_form",
        summary=gettext_lazy("What is filled in to open a case"),
        tags=["kinds"],
        parameters=parameters(KindForm),
        responses=shapes.FormSerializer,
    )
    def get(self, request: Request, kind: str) -> Response:
        actor = actor_of(request)
        flow = FLOWS.get(kind)
        if flow is None or flow not in kinds_for(actor):
            raise Http404
        enterprise = enterprise_for(actor, asked(request, KindForm).cleaned_data["enterprise"])
        if not access.allows_opening(actor, enterprise, flow):
            raise NotAllowed(_("This is not for you to file."))
        form = opening_form(flow, actor, enterprise)
        case = Case(kind=kind, enterprise=enterprise)
        return Response({"schema": form_schema(form(case=case, actor=actor, bound=False) if form else None)})
