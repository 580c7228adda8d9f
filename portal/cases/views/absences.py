"""The page of absences: who is away, who is the deputy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import User
from portal.cases import absences
from portal.cases.errors import CaseError
from portal.cases.models import Absence
from portal.cases.views.common import actor_of, refusals
from portal.day_input import DayInput
from portal.park.acting import Actor
from portal.worktime.clock import local
from portal.worktime.now import now


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who stands in."""

    user = forms.ModelChoiceField(label=gettext_lazy("Who is away"), queryset=User.objects.none())
    deputy = forms.ModelChoiceField(
        label=gettext_lazy("Deputy"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Please choose"),
        help_text=gettext_lazy("A colleague of the same team. The open work goes there and comes back."),
    )
    from_on = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    until_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        today = local(now()).date()
        super().__init__(data, initial={"user": actor.user, "from_on": today})
        teams = list(actor.team_ids)
        colleagues = User.objects.filter(is_active=True, memberships__team__in=teams).distinct()
        mine, all_of_them = absences.may_enter_for(actor), colleagues.order_by("display_name", "id")
        self.fields["user"].queryset = mine.order_by("display_name", "id")  # type: ignore[attr-defined]  # a model choice
        self.fields["deputy"].queryset = all_of_them  # type: ignore[attr-defined]  # a model choice


@require_http_methods(["GET", "POST"])
@refusals
def absence_list(request: HttpRequest) -> HttpResponse:
    """GET: who is away, and a form. POST: enter an absence."""
    actor, moment = actor_of(request), now()
    if not actor.memberships:
        raise PermissionDenied
    form = AbsenceForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = absences.enter(given.pop("user"), **given, by=actor, now=moment)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            _say_what_moved(request, made, moment)
            return redirect("cases:absence_list")
    known = Absence.objects.filter(user__in=absences.may_enter_for(actor)).select_related("user", "deputy")
    known = known.annotate(held=Count("cases"))
    deputising = Absence.objects.filter(deputy=actor.user).select_related("user", "deputy")
    deputising = deputising.annotate(held=Count("cases"))
    context = {
        "form": form,
        "current": list((known | deputising).filter(ended_at=None).order_by("from_on", "pk")),
        "past": list(known.filter(ended_at__isnull=False).order_by("-ended_at")[:20]),
        "mine": set(absences.may_enter_for(actor).values_list("pk", flat=True)),
        "today": local(moment).date(),
    }
    return render(request, "cases/absences.html", context, status=422 if form.errors else 200)


def _say_what_moved(request: HttpRequest, absence: Absence, moment: datetime) -> None:
    """How much went to the deputy, and what has to be looked after in another way."""
    count = absence.cases.count()
    messages.success(request, _("Entered. Cases that went to the deputy now: %(n)s.") % {"n": count})
    if absence.from_on <= local(moment).date() and (left := absences.left_behind(absence)):
        messages.warning(
            request,
            ngettext(
                "%(n)s case stays with %(name)s: the deputy does not work in its team. Assign it.",
                "%(n)s cases stay with %(name)s: the deputy does not work in their teams. Assign them.",
                left,
            )
            % {"n": left, "name": absence.user.label},
        )


@require_POST
@refusals
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Back sooner, or not away after all."""
    actor = actor_of(request)
    own = Absence.objects.filter(user__in=absences.may_enter_for(actor)).select_related("user", "deputy")
    count = absences.end(get_object_or_404(own, pk=pk), by=actor, now=now())
    messages.success(request, _("Ended. Cases that came back: %(n)s.") % {"n": count})
    return redirect("cases:absence_list")
