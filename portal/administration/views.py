"""Calendar, limits and ladders, jobs: what an administrator looks after."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.administration import watching
from portal.administration.common import administrators
from portal.administration.forms import DayForm, mark_of
from portal.apps import domains
from portal.cases import watch
from portal.cases.models import Document, SetAside
from portal.cases.views.common import actor_of
from portal.notices import letters
from portal.notices.models import Delivery
from portal.worktime import calendar
from portal.worktime.models import CalendarYear, DayOverride, WorkDay
from portal.worktime.now import now

SHOWN = 50


@require_safe
@administrators
def home(request: HttpRequest) -> HttpResponse:
    """What needs the administrator now."""
    context = {
        "late_jobs": [job for job in watching.jobs(timezone.now()) if job.late],
        "aside": SetAside.objects.filter(resolved_at=None).count(),
        "dead": _dead().count(),
        "unclean": Document.objects.filter(scan_state__in=("failed", "infected")).count(),
        "locked": watching.lock_outs(timezone.now()).count(),
        "missing_year": calendar.missing_year(timezone.localdate(now())),
        "administered": [(t, line, reverse(name)) for d in domains() for t, line, name in d.administered],
    }
    return render(request, "administration/home.html", context)


def _dead() -> QuerySet[Delivery]:
    return letters.lost().filter(state=Delivery.State.DEAD)


@require_safe
@administrators
def jobs(request: HttpRequest) -> HttpResponse:
    """Periodic jobs, cases put aside, deliveries given up."""
    context = {
        "jobs": watching.jobs(timezone.now()),
        "aside": SetAside.objects.filter(resolved_at=None).select_related("case")[:SHOWN],
        "dead": _dead().select_related("notice__recipient", "endpoint")[:SHOWN],
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
    if not letters.send_again([pk], by=actor_of(request).user, now=now()):
        raise Http404
    messages.success(request, _("It will be sent again."))
    return redirect("administration:jobs")


@require_http_methods(["GET", "POST"])
@administrators
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The year in twelve months; a decision on a day, with a preview of what it moves."""
    form = DayForm(request.POST if request.method == "POST" else None)
    preview: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        standing = form.standing()
        changed = request.POST.get("replaces", "") != mark_of(standing)
        if "confirm" in request.POST and not changed:
            return _decide(request, form.cleaned_data)
        if "confirm" in request.POST:
            messages.error(request, _("Somebody has decided on this day meanwhile. Please look again."))
        moved = calendar.preview_override(form.cleaned_data["day"])
        preview = {"moved": moved, "standing": standing, "replaces": mark_of(standing)}
    context = {"form": form, "moved": None, **_year_shown(_year(request)), **preview}
    return render(request, "administration/calendar.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    count = calendar.set_override(
        given["day"],
        is_working=given["is_working"],
        reason=given["reason"],
        kind=given["kind"],
        by=actor_of(request).user,
    )
    messages.success(request, _redated(count))
    return _to_year(given["day"].year)


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('administration:calendar')}?year={year}")


def _year_shown(year: int) -> dict[str, Any]:
    days = list(WorkDay.objects.filter(date__year=year).order_by("date"))
    return {
        "year": year,
        "months": _months(year, days),
        "named": _named(days),
        "makeup": [day.date for day in days if _kind(day) == "makeup"],
        "row": CalendarYear.objects.filter(year=year).first(),
        "overrides": DayOverride.objects.filter(date__year=year).select_related("created_by"),
    }


def _redated(count: int) -> str:
    return ngettext("%(n)s open case was re-dated.", "%(n)s open cases were re-dated.", count) % {"n": count}


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    known = (
        CalendarYear.objects.filter(year=int(text)).exists() if text.isdecimal() and len(text) == 4 else False
    )
    return int(text) if known else timezone.localdate(now()).year


def _months(year: int, days: list[WorkDay]) -> list[dict[str, Any]]:
    """Weeks of days with what they are, month by month."""
    known = {day.date: day for day in days}
    out = []
    for month in range(1, 13):
        weeks = [
            [_cell(known.get(day)) if day.month == month else None for day in week]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        out.append({"name": date_format(date(year, month, 1), "F"), "weeks": weeks})
    return out


def _cell(day: WorkDay | None) -> dict[str, Any] | None:
    return None if day is None else {"n": day.date.day, "kind": _kind(day), "name": _name(day)}


def _kind(day: WorkDay) -> str:
    """What the page marks a day as; empty for an ordinary working day."""
    if day.source in (WorkDay.Source.PARK, WorkDay.Source.OVERRIDE):
        return "park"
    if not day.is_working:
        return "named" if day.date.weekday() < 5 else "off"
    return "makeup" if day.date.weekday() > 4 else ""


def _name(day: WorkDay) -> str:
    return day.name_en if get_language() == "en" else day.name


def _named(days: list[WorkDay]) -> list[dict[str, Any]]:
    """The holidays in words, first to last day of each: the colours say nothing alone."""
    out: list[dict[str, Any]] = []
    for day in days:
        name = _name(day)
        if day.is_working or not name:
            continue
        if out and out[-1]["name"] == name and (day.date - out[-1]["last"]).days == 1:
            out[-1]["last"] = day.date
        else:
            out.append({"name": name, "first": day.date, "last": day.date})
    return out


@require_POST
@administrators
def calendar_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision on a day back."""
    day = get_object_or_404(DayOverride, pk=pk).date
    messages.success(request, _redated(calendar.remove_override(day)))
    return _to_year(day.year)


@require_POST
@administrators
def calendar_announce(request: HttpRequest, year: int) -> HttpResponse:
    """The State Council's notice for a year is entered: its days are final."""
    row = get_object_or_404(CalendarYear, year=year, announced=False)
    source = request.POST.get("source", "").strip()[:200]
    if not source:
        messages.error(request, _("Name the notice, so that others can check the days against it."))
    else:
        messages.success(request, _redated(calendar.announce_year(row.year, source=source)))
    return _to_year(row.year)
