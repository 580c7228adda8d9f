"""Projects: begun by an enterprise or at the desk."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals.access import PROJECT
from approvals.forms import DeskProjectForm, ProjectForm
from portal.cases import drafts, engine
from portal.cases.access import may_file_at_desk
from portal.cases.declaration import flow_of
from portal.cases.errors import Invalid
from portal.cases.models import Case
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import chosen_enterprise, filing_token, search_enterprises
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.worktime.now import now


@require_http_methods(["GET", "POST"])
@refusals
def project_file(request: HttpRequest) -> HttpResponse:
    """An enterprise begins a project: saved while one types, sent once."""
    actor = actor_of(request)
    enterprise = get_object_or_404(Enterprise, pk=actor.enterprise_id or 0)
    if not actor.may_act_for(enterprise.pk, PROJECT):
        raise PermissionDenied
    draft = drafts.find(enterprise.pk, PROJECT)
    form: Any = _bare(ProjectForm, enterprise, actor, initial=dict(draft.data) if draft else {})
    token = draft.token if draft else uuid4()
    if request.method == "POST":
        token = filing_token(request)
        try:
            case = engine.open_case(
                PROJECT, by=actor, enterprise=enterprise, data=request.POST, now=now(), token=token
            )
        except Invalid as error:
            form = error.form
        else:
            messages.success(request, _("Received. One number stands for the project from now on."))
            return redirect("cases:case_view", pk=case.pk)
    shown = {"form": form, "kind": PROJECT, "token": token, "draft": draft}
    return render(request, "approvals/project_file.html", shown, status=422 if form.errors else 200)


def _bare(form_type: type[ProjectForm], enterprise: Enterprise, actor: Actor, **more: Any) -> ProjectForm:
    return form_type(case=Case(kind=PROJECT, enterprise=enterprise), actor=actor, bound=False, **more)


@require_http_methods(["GET", "POST"])
@refusals
def project_desk(request: HttpRequest) -> HttpResponse:
    """A task force or the window opens a project for an enterprise: search it, then the form."""
    actor = actor_of(request)
    if not may_file_at_desk(actor, flow_of(PROJECT)):
        raise PermissionDenied
    chosen = chosen_enterprise(request)
    if chosen is None:
        found = {"found": search_enterprises(request), "q": request.GET.get("q", "")}
        return render(request, "approvals/project_desk.html", found)
    return _desk_form(request, actor, get_object_or_404(Enterprise, pk=chosen))


def _desk_form(request: HttpRequest, actor: Actor, enterprise: Enterprise) -> HttpResponse:
    form: Any = _bare(DeskProjectForm, enterprise, actor)
    token = filing_token(request)
    if request.method == "POST":
        try:
            case = engine.open_case(
                PROJECT,
                by=actor,
                enterprise=enterprise,
                data=request.POST,
                now=now(),
                token=token,
                form=DeskProjectForm,
            )
        except Invalid as error:
            form = error.form
        else:
            messages.success(request, _("Filed for %(name)s.") % {"name": enterprise.name})
            return redirect("cases:case_view", pk=case.pk)
    shown = {"form": form, "enterprise": enterprise, "token": token}
    return render(request, "approvals/project_desk_file.html", shown, status=422 if form.errors else 200)
