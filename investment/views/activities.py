"""招商活动: the list, what lies ahead, and the page on which one is planned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from investment.access import ACTIVITY, own_task_forces
from investment.forms import PlanForm
from investment.forms.outings import ActivityFilter
from investment.presenting import activities
from portal.cases import engine
from portal.cases.errors import Invalid, Refused
from portal.cases.models import Case
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import filing_token
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 25


@require_safe
@refusals
def activity_list(request: HttpRequest) -> HttpResponse:
    """Activities as the address narrows them, the latest first."""
    actor, moment, asked = actor_of(request), now(), ActivityFilter(request.GET)
    if not actor.is_staff_side:
        raise PermissionDenied
    found, later = activities.page(activities.selected(actor, asked), request.GET.get("after", ""), PAGE)
    context = {
        "form": asked,
        "rows": [(one, one.case.step_declared.label, one.case.light(moment)) for one in found],
        "later": asked.link(after=later) if later else "",
        "ahead": activities.ahead(actor, local(moment).date()),
        "may_plan": bool(own_task_forces(actor)),
    }
    return render(request, "investment/activity_list.html", context)


@require_http_methods(["GET", "POST"])
@refusals
def activity_plan(request: HttpRequest) -> HttpResponse:
    """A member of a task force plans an activity; what was typed stays when it is refused."""
    actor, token, refused = actor_of(request), filing_token(request), ""
    if not own_task_forces(actor):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    form: Any = PlanForm(sent, case=Case(kind=ACTIVITY), actor=actor, bound=sent is not None)
    if sent is not None:
        try:
            case = engine.open_case(ACTIVITY, by=actor, data=sent, now=now(), token=token)
        except (Invalid, Refused) as error:
            form, refused = (error.form, "") if isinstance(error, Invalid) else (form, str(error))
        else:
            messages.success(request, _("Planned: %(number)s.") % {"number": case.number})
            return redirect("cases:case_view", pk=case.pk)
    shown = {"form": form, "token": token, "refused": refused}
    return render(request, "investment/activity_plan.html", shown, status=422 if form.is_bound else 200)
