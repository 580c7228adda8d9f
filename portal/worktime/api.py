"""The calendar for programs: days, and deadlines with their explanation."""

# Fields of serializers may be called what serializers themselves have: DRF takes them out of the class.
# mypy: disable-error-code="assignment"

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.schema import parameters
from portal.api.views import ApiView, asked
from portal.worktime.clock import Calendar, Limit, Unit, at, local
from portal.worktime.explain import calendar_name, explain
from portal.worktime.models import WorkDay

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
MOST_DAYS = 366
LONGEST = 2500  # working days, about ten years
BOUNDS: tuple[Any, ...] = (MinValueValidator(FIRST), MaxValueValidator(LAST))


class DaysForm(forms.Form):
    """A stretch of days, both ends included."""

    date_from = forms.DateField(label=_("From"), validators=BOUNDS)
    date_to = forms.DateField(label=_("To"), validators=BOUNDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("date_from"), cleaned.get("date_to")
        if first and last and not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
            raise ValidationError(gettext("Ask for 1 to %(n)s days.") % {"n": MOST_DAYS})
        return cleaned


class AddForm(forms.Form):
    """So many working days after a day."""

    date = forms.DateField(label=_("Day"), validators=BOUNDS)
    days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=LONGEST)


class DeadlineForm(forms.Form):
    """A limit that begins at a moment."""

    # A moment with an offset, or local time of the park.
    begins_at = forms.DateTimeField(label=_("Begins at"))
    amount = forms.DecimalField(
        label=_("How much"), min_value=Decimal("0.01"), max_value=LONGEST, max_digits=7, decimal_places=2
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)

    def clean_begins_at(self) -> datetime:
        found: datetime = self.cleaned_data["begins_at"]
        if not at(FIRST, time()) <= found <= at(LAST, time()):
            raise ValidationError(gettext("Choose a day between 2000 and 2100."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount, unit = cleaned.get("amount"), cleaned.get("unit")
        in_days = unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY)
        if amount is not None and in_days and amount != amount.to_integral_value():
            self.add_error("amount", gettext("Days are whole numbers."))
        return cleaned


class DaySerializer(serializers.Serializer[Any]):
    """One day of the calendar."""

    date = serializers.DateField()
    is_working = serializers.BooleanField()
    source = serializers.ChoiceField(choices=WorkDay.Source.choices)
    provisional = serializers.BooleanField()
    name = serializers.CharField(allow_blank=True)


class DayListSerializer(serializers.Serializer[Any]):
    """A stretch of days."""

    results = DaySerializer(many=True)
    working_days = serializers.IntegerField()


class AddedSerializer(serializers.Serializer[Any]):
    """The day found."""

    date = serializers.DateField()
    provisional = serializers.BooleanField()


class DayMarkSerializer(serializers.Serializer[Any]):
    """One day in an explanation."""

    date = serializers.DateField()
    kind = serializers.ChoiceField(choices=["receipt", "count", "rest", "pause", "due"])
    label = serializers.CharField()
    weekday = serializers.CharField()


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why a deadline is when it is."""

    sentence = serializers.CharField()
    provisional = serializers.BooleanField()
    days = DayMarkSerializer(many=True)


class DeadlineSerializer(serializers.Serializer[Any]):
    """A deadline and why."""

    due_at = serializers.DateTimeField()
    warn_at = serializers.DateTimeField()
    explanation = ExplanationSerializer()


def explanation(found: Any) -> dict[str, Any]:
    """An explanation as JSON."""
    days = [{**asdict(mark), "weekday": str(mark.weekday)} for mark in found.days]
    return {"sentence": found.sentence, "provisional": found.provisional, "days": days}


class DayList(ApiView):
    """The days of a stretch, and how many of them are working days."""

    @extend_schema(
        operation_id="calendar_days",
        summary=_("Days of a stretch, and how many are worked"),
        tags=["calendar"],
        parameters=parameters(DaysForm),
        responses=DayListSerializer,
    )
    def get(self, request: Request) -> Response:
        form = asked(request, DaysForm)
        first, last = form.cleaned_data["date_from"], form.cleaned_data["date_to"]
        calendar = Calendar.current()
        days = [calendar.day(first + timedelta(days=n)) for n in range((last - first).days + 1)]
        rows = [
            {
                "date": day.date,
                "is_working": day.is_working,
                "source": day.source,
                "provisional": day.provisional,
                "name": calendar_name(calendar, day.date),
            }
            for day in days
        ]
        return Response({"results": rows, "working_days": sum(day.is_working for day in days)})


class Add(ApiView):
    """The day that lies so many working days after a day."""

    @extend_schema(
        operation_id="calendar_add",
        summary=_("A day plus so many working days"),
        tags=["calendar"],
        parameters=parameters(AddForm),
        responses=AddedSerializer,
    )
    def get(self, request: Request) -> Response:
        form = asked(request, AddForm)
        calendar = Calendar.current()
        begin = form.cleaned_data["date"]
        found = calendar.working_date(calendar.ordinal(begin) + form.cleaned_data["days"])
        return Response({"date": found, "provisional": calendar.day(found).provisional})


class Deadline(ApiView):
    """When a limit runs out that begins at a moment, and why then."""

    @extend_schema(
        operation_id="calendar_deadline",
        summary=_("A deadline, and why then"),
        tags=["calendar"],
        parameters=parameters(DeadlineForm),
        responses=DeadlineSerializer,
    )
    def get(self, request: Request) -> Response:
        form = asked(request, DeadlineForm)
        begins_at = local(form.cleaned_data["begins_at"])
        limit = Limit(form.cleaned_data["amount"], Unit(form.cleaned_data["unit"]))
        calendar = Calendar.current()
        return Response(
            {
                "due_at": calendar.due_at(begins_at, limit),
                "warn_at": calendar.warn_at(begins_at, limit),
                "explanation": explanation(explain(calendar, begins_at, limit)),
            }
        )


urlpatterns = [
    path("calendar/days/", DayList.as_view(), name="calendar_days"),
    path("calendar/add/", Add.as_view(), name="calendar_add"),
    path("calendar/deadline/", Deadline.as_view(), name="calendar_deadline"),
]
