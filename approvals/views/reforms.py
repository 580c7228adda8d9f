"""The reforms of the park: plans and cases for everybody, and for staff what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.forms import FORM_TYPES
from approvals.models import Reform, ReformCase
from approvals.views.guide import actor_of_visitor
from portal.accounts.models import Duty
from portal.cases import papers
from portal.cases.views.papers import hardened


@dataclass(frozen=True)
class Told:
    """A reform with its cases. `missing`: what staff still have to hand in, in words."""

    reform: Reform
    cases: list[ReformCase]

    @property
    def file_type(self) -> str:
        return papers.TYPES.get(self.reform.plan_file_type, "")

    @property
    def missing(self) -> str:
        """“一改革一方案一案例”: a plan, and at least one case."""
        if not self.reform.has_plan and not self.cases:
            return _("plan and case missing")
        if not self.reform.has_plan:
            return _("plan missing")
        return "" if self.cases else _("case missing")


@require_safe
def reform_list(request: HttpRequest) -> HttpResponse:
    """All reforms with plan and cases; two statements however many there are."""
    actor = actor_of_visitor(request)
    cases = Prefetch("cases", ReformCase.objects.select_related("enterprise"))
    reforms = [
        Told(r, list(r.cases.all())) for r in Reform.objects.filter(active=True).prefetch_related(cases)
    ]
    context = {
        "reforms": reforms,
        "unconfirmed": any(told.reform.is_default for told in reforms),
        "shows_gaps": actor is not None and actor.is_staff_side,
        "complete": sum(1 for told in reforms if not told.missing),
        "may_edit": actor is not None and actor.holds(Duty.ADMINISTRATOR),
    }
    return render(request, "approvals/reform_list.html", context)


@require_safe
def plan_download(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan, always as a file to save: nothing of it runs in a browser."""
    reform = get_object_or_404(Reform.objects.exclude(plan_file="").filter(active=True), pk=pk)
    name = papers.clean_name(f"{reform.label.replace('/', '／')}.{FORM_TYPES[reform.plan_file_type]}")
    answer = FileResponse(
        reform.plan_file.open("rb"), content_type=reform.plan_file_type, as_attachment=True, filename=name
    )
    return hardened(cast("HttpResponse", answer))
