"""Views of the lead table: filters kept under a name, private or shared with a team; one may open first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from investment.forms.table import LeadTableFilter, ViewForm
from investment.models import LeadView
from investment.presenting.table import steps
from portal.cases.views.common import actor_of, refusals

MOST = 20


def _to(query: str) -> HttpResponse:
    return redirect(f"{reverse('investment:lead_list')}?{query or 'view=all'}")


@require_POST
@refusals
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the table under a name; the same name again replaces them."""
    actor = actor_of(request)
    if not actor.is_staff_side:
        raise PermissionDenied
    query = LeadTableFilter(QueryDict(request.POST.get("query", "")[:2000]), steps()).query()
    form, mine = ViewForm(request.POST), LeadView.objects.filter(owner=actor.user)
    if not form.is_valid() or len(query) > 1000:
        messages.error(request, _("Give the view a name of at most 40 characters."))
        return _to(query)
    name, team = form.cleaned_data["name"], form.cleaned_data["team"]
    if mine.count() >= MOST and not mine.filter(name=name).exists():
        messages.error(request, _("You have 20 views already: delete one first."))
        return _to(query)
    with transaction.atomic():
        if form.cleaned_data["is_default"]:
            mine.filter(is_default=True).update(is_default=False)
        values = {
            "query": query or "view=all",
            "team_id": team if team in actor.team_ids else None,
            "is_default": form.cleaned_data["is_default"],
        }
        LeadView.objects.update_or_create(owner=actor.user, name=name, defaults=values)
    messages.success(request, _("The view is saved: %(name)s.") % {"name": name})
    return _to(query)


@require_POST
@refusals
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    view = get_object_or_404(LeadView, pk=pk, owner=actor_of(request).user)
    view.delete()
    messages.success(request, _("The view is deleted: %(name)s.") % {"name": view.name})
    return _to("")
