"""Saving a draft field by field."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.cases import drafts
from portal.cases.declaration import FLOWS
from portal.cases.views.common import actor_of
from portal.worktime.clock import local
from portal.worktime.now import now


@require_POST
@login_required
def draft_save(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the fields that came; answer when they were kept."""
    actor = actor_of(request)
    if kind not in FLOWS or actor.enterprise_id is None:
        raise Http404
    if not actor.may_act_for(actor.enterprise_id, kind):
        raise PermissionDenied
    fields = {k: str(v) for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "save")}
    draft = drafts.current(actor.enterprise_id, kind, by=actor.user, now=now())
    saved = drafts.save_fields(draft, fields, by=actor.user, now=now())
    if "save" in request.POST:  # the plain button of a browser without JavaScript
        return redirect("home")
    return JsonResponse({"saved_at": local(saved.saved_at).strftime("%H:%M")})
