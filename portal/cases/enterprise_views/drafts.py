"""Saving a draft field by field."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.cases import drafts
from portal.cases.declaration import FLOWS, Flow
from portal.cases.views.common import actor_of
from portal.worktime.clock import local
from portal.worktime.now import now


@require_POST
@login_required
def draft_save(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the fields that came; answer when they were kept. `?subject=` names what the draft is about,
    `?token=` the page on which it is typed."""
    actor, subject = actor_of(request), request.GET.get("subject", "")[:60]
    if kind not in FLOWS or actor.enterprise_id is None or not _known(FLOWS[kind], subject):
        raise Http404
    if not actor.may_act_for(actor.enterprise_id, kind):
        raise PermissionDenied
    fields = {k: str(v) for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "save", "token")}
    draft = drafts.current(
        actor.enterprise_id, kind, by=actor.user, now=now(), subject=subject, token=_token(request)
    )
    saved = drafts.save_fields(draft, fields, by=actor.user, now=now())
    if "save" in request.POST:  # the plain button of a browser without JavaScript
        return redirect("home")
    return JsonResponse({"saved_at": local(saved.saved_at).strftime("%H:%M")})


def _token(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("token", "") or request.POST.get("token", ""))
    except ValueError:
        return None


def _known(flow: Flow, subject: str) -> bool:
    """Whether there is such a draft: of a subject that exists, or of the kind itself."""
    if flow.drafts_by is None:
        return not subject
    return subject in flow.drafts_by.labels([subject])
