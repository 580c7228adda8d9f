"""Service hours, and a whole year's holiday notice: previewed, then done with one confirmation."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

import pghistory
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.administration.common import administrators
from portal.cases.views.common import actor_of
from portal.worktime import calendar, notices, redating, snapshot
from portal.worktime.clock import Hours
from portal.worktime.explain import SHORT_DAYS, day_text
from portal.worktime.models import CalendarYear, ServiceHours, WorkDay
from portal.worktime.now import now

HISTORY = 20
FIELDS = Hours._fields


class HoursForm(forms.Form):
    """The park's service hours, and why they change."""

    opens_at = forms.TimeField(label=gettext_lazy("Opens at"))
    closes_at = forms.TimeField(
        label=gettext_lazy("Closes at"),
        help_text=gettext_lazy("Deadlines in days end at this time."),
    )
    intake_until = forms.TimeField(
        label=gettext_lazy("Received the same day until"),
        help_text=gettext_lazy("What comes in later counts as received on the next working day."),
    )
    alerts_from = forms.TimeField(label=gettext_lazy("Reminders from"))
    alerts_until = forms.TimeField(
        label=gettext_lazy("Reminders until"),
        help_text=gettext_lazy("Outside of these hours only urgent cases remind anybody."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if any(given.get(name) is None for name in FIELDS):
            return given
        opens, closes, intake, since, until = (given[name] for name in FIELDS)
        if opens >= closes:
            self.add_error("closes_at", _("The park must close later than it opens."))
        elif not opens <= intake <= closes:
            self.add_error("intake_until", _("This must lie within the service hours."))
        if since >= until:
            self.add_error("alerts_until", _("Reminders must end later than they begin."))
        return given

    def chosen(self) -> Hours:
        return Hours(**{name: self.cleaned_data[name] for name in FIELDS})


class NoticeForm(forms.Form):
    """The notice as text or as ticks; its name, so that others can check the days against it."""

    text = forms.CharField(
        label=gettext_lazy("Text of the notice"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Paste the part with the dates, a line to each holiday, and read it in."),
    )
    source = forms.CharField(label=gettext_lazy("Name of the notice"), max_length=200, required=False)


@require_http_methods(["GET", "POST"])
@administrators
def hours(request: HttpRequest) -> HttpResponse:
    """Change the service hours: first what it moves, then the confirmation."""
    row = ServiceHours.objects.get(pk=1)
    standing = _mark(row)
    form = HoursForm(request.POST or None, initial={name: getattr(row, name) for name in FIELDS})
    moved = None
    if request.method == "POST" and form.is_valid():
        if "confirm" in request.POST and request.POST.get("replaces") == standing:
            with pghistory.context(reason=form.cleaned_data["reason"]):
                count = calendar.set_hours(form.chosen(), today=timezone.localdate(now()))
            messages.success(request, redated(count))
            return redirect("administration:hours")
        if "confirm" in request.POST:
            messages.error(request, _("Somebody has changed the hours meanwhile. Please look again."))
        moved = redating.preview(timezone.localdate(now()))
    context = {"form": form, "moved": moved, "replaces": standing, "history": _history()}
    return render(request, "administration/hours.html", context, status=422 if form.errors else 200)


def _mark(row: ServiceHours) -> str:
    return " ".join(f"{getattr(row, name):%H:%M}" for name in FIELDS)


def _history() -> list[dict[str, Any]]:
    """Who changed the hours when and why; the newest first."""
    rows = ServiceHours.pgh_event_model.objects  # type: ignore[attr-defined]  # made by pghistory
    events = list(rows.select_related("pgh_context").order_by("-pgh_id")[:HISTORY])
    about = [event.pgh_context.metadata if event.pgh_context else {} for event in events]
    people = User.objects.in_bulk({told["user"] for told in about if told.get("user")})
    return [
        {
            "hours": f"{e.opens_at:%H:%M}–{e.closes_at:%H:%M}",
            "intake": f"{e.intake_until:%H:%M}",
            "at": e.pgh_created_at,
            "by": people.get(told.get("user")),
            "reason": told.get("reason", ""),
        }
        for e, told in zip(events, about, strict=True)
    ]


def redated(count: int) -> str:
    return ngettext("%(n)s open case was re-dated.", "%(n)s open cases were re-dated.", count) % {"n": count}


@require_http_methods(["GET", "POST"])
@administrators
def notice(request: HttpRequest, year: int) -> HttpResponse:
    """Enter the State Council's notice of a year: read or tick, look at what it moves, confirm once."""
    row = CalendarYear.objects.filter(year=year).first()
    if row is None:
        raise Http404
    form = NoticeForm(request.POST or None, initial={"source": row.source})
    shown: dict[str, Any] = {"moved": None}
    flipped = notices.ticked(year)
    if request.method == "POST" and form.is_valid():
        flipped = _posted(request)
        step = request.POST.get("step")
        if step == "read":
            flipped = _read_in(form, year, flipped)
        elif not form.cleaned_data["source"].strip():
            form.add_error("source", _("Name the notice, so that others can check the days against it."))
        elif step == "confirm" and request.POST.get("replaces") == str(snapshot.version()):
            return _entered(request, form, year, flipped)
        else:
            if step == "confirm":
                messages.error(request, _("Somebody has changed the calendar meanwhile. Please look again."))
            shown = {"moved": notices.preview(year, flipped), "changes": notices.changes(year, flipped)}
    context = {"form": form, "year": year, "row": row, "replaces": snapshot.version(), **shown}
    context.update(_ticks(year, flipped))
    return render(request, "administration/notice.html", context, status=422 if form.errors else 200)


def _posted(request: HttpRequest) -> set[date]:
    """The ticked days; what is no date is no tick."""
    out = set()
    for text in request.POST.getlist("flip")[:400]:
        try:
            out.add(date.fromisoformat(text))
        except ValueError:
            continue
    return out


def _read_in(form: NoticeForm, year: int, flipped: set[date]) -> set[date]:
    found = notices.read(form.cleaned_data["text"], year)
    for doubt in found.doubts:
        form.add_error("text", doubt)
    if not found.off and not found.working:
        form.add_error("text", _("No dates were found in this text."))
        return flipped
    return {day for day in found.off if day.weekday() < 5} | {d for d in found.working if d.weekday() > 4}


def _entered(request: HttpRequest, form: NoticeForm, year: int, flipped: set[date]) -> HttpResponse:
    names = {day: name for day, name in notices.read(form.cleaned_data["text"], year).off.items() if name}
    source = form.cleaned_data["source"].strip()
    count = notices.enter(year, flipped, source=source, names=names, by=actor_of(request).user)
    messages.success(request, redated(count))
    return redirect(f"{reverse('administration:calendar')}?year={year}")


def _ticks(year: int, flipped: set[date]) -> dict[str, Any]:
    """The year as twelve months of days to tick; the park's own decisions are shown and stand."""
    own = (WorkDay.Source.PARK, WorkDay.Source.OVERRIDE)
    fixed = set(WorkDay.objects.filter(date__year=year, source__in=own).values_list("date", flat=True))
    out = []
    for month in range(1, 13):
        weeks = [
            [_tick(day, flipped, fixed) if day.month == month else None for day in week]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        out.append({"name": date_format(date(year, month, 1), "F"), "weeks": weeks})
    return {"months": out, "outside": sorted(day for day in flipped if day.year != year)}


def _tick(day: date, flipped: set[date], fixed: set[date]) -> dict[str, Any]:
    weekday = day.weekday() < 5
    return {
        "date": day,
        "n": day.day,
        "ticked": day in flipped,
        "fixed": day in fixed,
        "weekday": weekday,
        "label": f"{day_text(day)} {SHORT_DAYS[day.weekday()]} "
        + (_("day off") if weekday else _("make-up working day")),
    }
