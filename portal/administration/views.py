"""Calendar, limits and ladders, jobs: what an administrator looks after."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.administration.common import administrators
from portal.administration.forms import DayForm, StandardForm
from portal.cases import standards, watch
from portal.cases.declaration import FLOWS
from portal.cases.models import ServiceStandard, SetAside
from portal.cases.views.common import actor_of
from portal.jobs.models import JobRun
from portal.notices.models import Delivery
from portal.schedule import BEAT_SCHEDULE
from portal.worktime import calendar
from portal.worktime.models import CalendarYear, DayOverride, WorkDay
from portal.worktime.now import now

SHOWN = 50


@require_safe
@administrators
def home(request: HttpRequest) -> HttpResponse:
    """What needs the administrator now."""
    context = {
        "late_jobs": [job for job in _jobs() if job["late"]],
        "aside": SetAside.objects.filter(resolved_at=None).count(),
        "dead": _dead().count(),
        "missing_year": calendar.missing_year(timezone.localdate(now())),
    }
    return render(request, "administration/home.html", context)


def _dead() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.DEAD)


def _jobs() -> list[dict[str, Any]]:
    """Every periodic job with its last run; a job that never ran is late."""
    runs = {run.name: run for run in JobRun.objects.all()}
    moment = timezone.now()
    return [
        {"name": name, "run": runs.get(name), "late": name not in runs or runs[name].is_late(moment)}
        for name in sorted(BEAT_SCHEDULE)
    ]


@require_safe
@administrators
def jobs(request: HttpRequest) -> HttpResponse:
    """Periodic jobs, cases put aside, deliveries given up."""
    context = {
        "jobs": _jobs(),
        "aside": SetAside.objects.filter(resolved_at=None).select_related("case")[:SHOWN],
        "dead": Delivery.objects.filter(state=Delivery.State.DEAD).select_related("notice__recipient")[
            :SHOWN
        ],
    }
    return render(request, "administration/jobs.html", context)


@require_POST
@administrators
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Wind the clock of a case that was put aside; the next sweep takes it up."""
    watch.try_again(get_object_or_404(SetAside, pk=pk, resolved_at=None), now())
    messages.success(request, _("The next sweep will take it up."))
    return redirect("administration:jobs")


@require_POST
@administrators
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a delivery that was given up another series of tries."""
    dead = Delivery.objects.filter(pk=pk, state=Delivery.State.DEAD)
    if not dead.update(state=Delivery.State.PENDING, tries=0, next_try_at=now()):
        raise Http404
    messages.success(request, _("It will be sent again."))
    return redirect("administration:jobs")


@require_http_methods(["GET", "POST"])
@administrators
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The year in twelve months; a decision on a day, with a preview of what it moves."""
    form = DayForm(request.POST if request.method == "POST" else None)
    moved = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if "confirm" in request.POST:
            count = calendar.set_override(
                given["day"],
                is_working=given["is_working"],
                reason=given["reason"],
                kind=given["kind"],
                by=actor_of(request).user,
            )
            messages.success(request, _redated(count))
            return redirect(f"{request.path}?year={given['day'].year}")
        moved = calendar.preview_override(given["day"])
    year = _year(request)
    context = {
        "form": form,
        "moved": moved,
        "year": year,
        "months": _months(year),
        "row": CalendarYear.objects.filter(year=year).first(),
        "overrides": DayOverride.objects.filter(date__year=year).select_related("created_by"),
    }
    return render(request, "administration/calendar.html", context, status=422 if form.errors else 200)


def _redated(count: int) -> str:
    return ngettext("%(n)s open case was re-dated.", "%(n)s open cases were re-dated.", count) % {"n": count}


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    known = (
        CalendarYear.objects.filter(year=int(text)).exists() if text.isdigit() and len(text) == 4 else False
    )
    return int(text) if known else timezone.localdate(now()).year


def _months(year: int) -> list[dict[str, Any]]:
    """Weeks of days with what they are, month by month. One statement."""
    days = {day.date: day for day in WorkDay.objects.filter(date__year=year)}
    out = []
    for month in range(1, 13):
        weeks = [
            [_cell(days.get(day)) if day.month == month else None for day in week]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        out.append({"name": date_format(date(year, month, 1), "F"), "weeks": weeks})
    return out


def _cell(day: WorkDay | None) -> dict[str, Any] | None:
    if day is None:
        return None
    kind = "" if day.is_working else "off"
    if day.source in (WorkDay.Source.PARK, WorkDay.Source.OVERRIDE):
        kind = "park"
    elif not day.is_working and day.date.weekday() < 5:
        kind = "named"
    elif day.is_working and day.date.weekday() > 4:
        kind = "makeup"
    return {"n": day.date.day, "kind": kind, "name": day.name}


@require_POST
@administrators
def calendar_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision on a day back."""
    day = get_object_or_404(DayOverride, pk=pk).date
    messages.success(request, _redated(calendar.remove_override(day)))
    return redirect("administration:calendar")


@require_POST
@administrators
def calendar_announce(request: HttpRequest, year: int) -> HttpResponse:
    """The State Council's notice for a year is entered: its days are final."""
    row = get_object_or_404(CalendarYear, year=year, announced=False)
    count = calendar.announce_year(row.year, source=request.POST.get("source", "")[:200])
    messages.success(request, _redated(count))
    return redirect("administration:calendar")


@require_safe
@administrators
def standard_list(request: HttpRequest) -> HttpResponse:
    """Limits and ladders of every kind of case."""
    standards.seed_all()
    newest = (
        ServiceStandard.objects.order_by("kind", "-version").distinct("kind").select_related("created_by")
    )
    rows = [
        {"row": row, "label": FLOWS[row.kind].label}
        for row in newest.select_related("created_by")
        if row.kind in FLOWS
    ]
    return render(request, "administration/standard_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@administrators
def standard_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """A new version for new cases; open cases keep theirs."""
    if kind not in FLOWS:
        raise Http404
    versions = list(ServiceStandard.objects.filter(kind=kind).select_related("created_by"))
    form = StandardForm(request.POST if request.method == "POST" else None, row=versions[0])
    if request.method == "POST" and form.is_valid():
        if request.POST.get("version") != str(versions[0].version):
            messages.error(request, _("Somebody has made another version meanwhile. Please look again."))
            return redirect("administration:standard_edit", kind=kind)
        made = standards.change(
            kind,
            form.chosen_limits(),
            form.chosen_rungs(),
            note=form.cleaned_data["note"],
            by=actor_of(request).user,
        )
        messages.success(request, _("Version %(n)s holds for new cases.") % {"n": made.version})
        return redirect("administration:standard_edit", kind=kind)
    context = {"form": form, "flow": FLOWS[kind], "versions": versions}
    return render(request, "administration/standard_edit.html", context, status=422 if form.errors else 200)
