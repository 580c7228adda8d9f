"""The page of one case and everything that can be done there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.cases import engine
from portal.cases.declaration import Transition
from portal.cases.errors import Invalid
from portal.cases.forms import ActionForm, CommentForm, RatingForm
from portal.cases.models import Case
from portal.cases.presenting import actions
from portal.cases.presenting.page import context
from portal.cases.views.common import actor_of, back_to, load, refusals
from portal.cases.views.operations import OPERATIONS, operate
from portal.cases.views.uploads import with_uploads
from portal.park.acting import Actor
from portal.prepared import planned_reads
from portal.worktime.now import now


@require_safe
@planned_reads
@refusals
def case_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it is, who has it, until when, why then; what can be done."""
    return case_page(request, load(request, pk), actor_of(request))


def case_page(
    request: HttpRequest, case: Case, actor: Actor, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page, or what is beside the list; `more` for a form on it that was sent with a fault."""
    shown = context(case, actor, now())
    shown["comment_form"] = CommentForm(case=case, actor=actor, bound=False)
    panel = "panel" in request.GET and getattr(request, "htmx", False)
    shown["base"] = "cases/panel.html" if panel else "base.html"
    return render(request, "cases/case_view.html", shown | more, status=status)


@require_http_methods(["GET", "POST"])
@refusals
def case_perform(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A transition: GET shows its form, POST performs it."""
    case, actor = load(request, pk), actor_of(request)
    transition = _declared(case, name)
    if request.method == "GET":
        engine.check_allowed(case, transition, actor)
        engine.check_step(case, transition)  # an old tab hears at once what has changed
        return _form_page(request, case, transition.label, engine.form_class(transition), transition)
    try:
        data = _given(request, case, transition)
        engine.perform(case, name, by=actor, data=data, now=now(), version=_version(request))
    except Invalid as error:
        return _form_page(request, case, transition.label, error.form, transition)
    messages.success(request, _("Done: %(what)s.") % {"what": transition.label})
    return back_to(request, pk)


def _given(request: HttpRequest, case: Case, transition: Transition) -> QueryDict:
    """What was typed, and the files sent along; none is kept for who may not do this at all."""
    form_type = engine.form_class(transition)
    if form_type is None or not request.FILES:
        return request.POST
    engine.check_allowed(case, transition, actor_of(request))
    engine.check_step(case, transition)
    return with_uploads(request, case, actor_of(request), form_type)


def _declared(case: Case, name: str) -> Transition:
    try:
        return case.flow.transition(name)
    except KeyError as error:
        raise Http404 from error


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _form_page(
    request: HttpRequest,
    case: Case,
    label: Any,
    form: Any,
    transition: Transition | None = None,
) -> HttpResponse:
    if isinstance(form, type) and issubclass(form, ActionForm):
        form = form(case=case, actor=actor_of(request), bound=False)
    failed = bool(form is not None and form.errors)
    page = {
        "case": case,
        "label": label,
        "form": form,
        "says": actions.consequences(case, transition) if transition else "",
        "action": request.path,
    }
    htmx = getattr(request, "htmx", False)
    template = "cases/_action_form.html" if htmx else "cases/case_act.html"
    return render(request, template, page, status=422 if failed else 200)


@require_http_methods(["GET", "POST"])
@refusals
def case_operate(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the kernel's own operations: claiming, handing over, stopping the clock."""
    case, actor = load(request, pk), actor_of(request)
    operation = OPERATIONS.get(name)
    if operation is None:
        raise Http404
    if request.method == "GET":
        return _form_page(request, case, operation.label, operation.form)
    try:
        operate(operation, case, actor, request.POST, now=now(), version=_version(request))
    except Invalid as error:
        return _form_page(request, case, operation.label, error.form)
    messages.success(request, _("Done: %(what)s.") % {"what": operation.label})
    return back_to(request, pk)


@require_POST
@refusals
def case_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the other side, or an internal note."""
    case, actor = load(request, pk), actor_of(request)
    try:
        engine.comment(case, by=actor, data=request.POST, now=now())
    except Invalid as error:
        return _form_page(request, case, _("Message"), error.form)
    return back_to(request, pk, "#talk")


@require_http_methods(["GET", "POST"])
@refusals
def case_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """好差评: five levels and a word of comment."""
    case, actor = load(request, pk), actor_of(request)
    words = case.flow.rating_words
    if request.method == "GET":
        return _form_page(request, case, words.label, RatingForm)
    try:
        made = engine.rate(case, by=actor, data=request.POST, now=now())
    except Invalid as error:
        return _form_page(request, case, words.label, error.form)
    messages.success(request, str(words.after_low) if made.is_bad else _("Thank you for your rating."))
    return back_to(request, pk)
