"""What all case views share: the actor, the case within scope, refusals as pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.cases.access import is_staff_for, visible_to
from portal.cases.errors import CaseError, Conflict
from portal.cases.models import Case, Watch
from portal.cases.presenting import timeline
from portal.cases.presenting.papers import ASKED
from portal.composed import Composed
from portal.park.acting import Actor

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """The acting person of a signed-in request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


def load(request: HttpRequest, pk: int) -> Case:
    """The case, if it exists for this person; else 404."""
    actor = actor_of(request)
    request.case_pk = pk  # type: ignore[attr-defined]  # what a refusal is about
    case = _LOADED.first(actor, pk)
    if case is None:
        raise Http404
    return case


def to_show(cases: QuerySet[Case], actor: Actor) -> QuerySet[Case]:
    """Cases with what is shown of each to this person."""
    watched = Exists(Watch.objects.filter(case=OuterRef("pk"), user=actor.user))
    near = ("team", "assignee", "enterprise", "opened_by", "parent__team", "rating")
    return cases.select_related(*near).annotate(is_watched=watched, is_asked=ASKED)


_LOADED = Composed(lambda actor, pk: to_show(visible_to(actor), actor).filter(pk=pk))


def back_to(request: HttpRequest, pk: int, anchor: str = "") -> HttpResponse:
    """Where the person came from, when the page says so (the side panel of a list); else the case."""
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, {request.get_host()}):
        return redirect(target)
    return redirect(reverse("cases:case_view", args=[pk]) + anchor)


def refusals(view: View) -> View:
    """Sign-in required; what the engine refuses becomes a page that says why and what now."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except CaseError as error:
            return refusal(request, error)

    return wrapped


def refusal(request: HttpRequest, error: CaseError) -> HttpResponse:
    """The page of a refusal. What was typed stays readable, so that nobody types it twice."""
    typed = [
        (name, value)
        for name, value in request.POST.items()
        if name not in ("csrfmiddlewaretoken", "version", "next")
        and isinstance(value, str)
        and (len(value) > 3 or not value.isascii())
    ]
    pk: int | None = getattr(request, "case_pk", None)
    base = "fragment.html" if getattr(request, "htmx", False) else "base.html"
    context: dict[str, Any] = {"message": str(error), "typed": typed, "pk": pk, "status": error.status}
    context["base"] = base
    if error.status == Conflict.status and pk is not None:
        context |= _as_it_is(request, pk)
    return render(request, "cases/refusal.html", context, status=error.status)


def _as_it_is(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The other version: where the case stands, and what others did last."""
    case, actor = load(request, pk), actor_of(request)
    inside = is_staff_for(actor, case)
    step = case.step_declared
    return {
        "case": case,
        "step": step.label if inside else (step.plain or step.label),
        "latest": timeline.entries(case, inside=inside, limit=3),
    }
