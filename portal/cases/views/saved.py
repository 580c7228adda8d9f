"""Saved views of the queue: private or shared with a team; one may open first."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.cases import queue
from portal.cases.models import SavedView
from portal.cases.views.common import actor_of, refusals

MOST = 20


class ViewForm(forms.Form):
    """A name for the filters on the page."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    team = forms.IntegerField(required=False)
    is_default = forms.BooleanField(required=False)


@require_POST
@refusals
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the page under a name; the same name again replaces them."""
    actor = actor_of(request)
    if not actor.memberships:
        raise PermissionDenied
    asked = queue.FilterForm(QueryDict(request.POST.get("query", "")), actor=actor)
    back = f"{reverse('cases:queue')}?{asked.query() or 'view=mine'}"
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 40 characters."))
        return redirect(back)
    team = form.cleaned_data["team"]
    mine = SavedView.objects.filter(owner=actor.user)
    if mine.count() >= MOST and not mine.filter(name=form.cleaned_data["name"]).exists():
        messages.error(request, _("You have 20 views already: delete one first."))
        return redirect(back)
    with transaction.atomic():
        if form.cleaned_data["is_default"]:
            mine.filter(is_default=True).update(is_default=False)
        values = {
            "query": asked.query() or "view=mine",
            "team_id": team if team in actor.team_ids else None,
            "is_default": form.cleaned_data["is_default"],
        }
        SavedView.objects.update_or_create(owner=actor.user, name=form.cleaned_data["name"], defaults=values)
    messages.success(request, _("The view is saved: %(name)s.") % {"name": form.cleaned_data["name"]})
    return redirect(back)


@require_POST
@refusals
def view_first(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a view of one's own open first from now on, or (the one that does) no longer."""
    mine = SavedView.objects.filter(owner=actor_of(request).user)
    view = get_object_or_404(mine, pk=pk)
    with transaction.atomic():
        mine.filter(is_default=True).update(is_default=False)
        if not view.is_default:
            mine.filter(pk=pk).update(is_default=True)
    messages.success(
        request,
        _("No view opens first any more.")
        if view.is_default
        else _("This view opens first now: %(name)s.") % {"name": view.name},
    )
    return redirect(f"{reverse('cases:queue')}?{view.query}")


@require_POST
@refusals
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    view = get_object_or_404(SavedView, pk=pk, owner=actor_of(request).user)
    view.delete()
    messages.success(request, _("The view is deleted: %(name)s.") % {"name": view.name})
    return redirect(f"{reverse('cases:queue')}?view=mine")
