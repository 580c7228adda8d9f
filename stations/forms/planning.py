"""The plan of a request, in stages where it is a major one, and reaching them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.cases.clock import promise_limit
from portal.cases.forms import ActionForm
from portal.day_input import DayInput
from portal.worktime.clock import Calendar, local
from portal.worktime.explain import day_text, limit_text, moment_text
from stations.models import Grade, Milestone, Stage

STAGES = range(1, 6)
WITHIN = timedelta(days=730)  # what takes longer is no plan: it is reported as planned, and tracked


def _by_when() -> forms.DateField:
    return forms.DateField(label=_("By when"), required=False, widget=DayInput())


def _what() -> forms.CharField:
    return forms.CharField(label=_("What is done by then"), required=False, max_length=200)


class PlanForm(ActionForm):
    """What will be done until when; the enterprise reads it.

    Only a major request has milestones. Each is due at the close of service of a working day: on a rest
    day nobody is there to reach it, so the form says which working day lies before.
    """

    template_name = "stations/_plan_form.html"
    public_fields = ("plan", "planned_on")

    plan = forms.CharField(
        label=_("What will be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    planned_on = forms.DateField(label=_("Done by"), widget=DayInput(), required=False)
    milestone_1_on, milestone_1_what = _by_when(), _what()
    milestone_2_on, milestone_2_what = _by_when(), _what()
    milestone_3_on, milestone_3_what = _by_when(), _what()
    milestone_4_on, milestone_4_what = _by_when(), _what()
    milestone_5_on, milestone_5_what = _by_when(), _what()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staged = self.case.grade == Grade.MAJOR
        if self.staged:
            self.fields["planned_on"].help_text = _("With milestones the last one stands for it.")
        for n in STAGES if not self.staged else ():
            del self.fields[f"milestone_{n}_on"], self.fields[f"milestone_{n}_what"]

    def rows(self) -> Iterator[tuple[int, BoundField, BoundField]]:
        """The milestones for the page: number, by when, what."""
        for n in STAGES if self.staged else ():
            yield n, self[f"milestone_{n}_on"], self[f"milestone_{n}_what"]

    def promised(self) -> dict[str, str]:
        """What holds without milestones: how long, and until when."""
        limit, due = promise_limit(self.case), self.case.promise_due_at
        return {"limit": limit_text(limit), "due": moment_text(due)} if limit and due else {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        calendar = Calendar.current()
        stages: list[Stage] = []
        for n in STAGES if self.staged else ():
            stage = self._stage(
                n, cleaned.pop(f"milestone_{n}_on", None), cleaned.pop(f"milestone_{n}_what", "")
            )
            if stage is None:
                continue
            if problem := self._problem(stage, stages[-1] if stages else None, calendar):
                self.add_error(f"milestone_{n}_on", problem)
            stages.append(stage)
        cleaned["milestones"] = stages
        if stages:
            self._end_with(stages[-1], cleaned)
        return cleaned

    def _stage(self, n: int, due_on: Any, what: str) -> Stage | None:
        """One row as far as it is filled in; says what is missing beside it."""
        day, text = f"milestone_{n}_on", f"milestone_{n}_what"
        if due_on and not what and text not in self.errors:
            self.add_error(text, _("Say what is done by then."))
        if what and not due_on and day not in self.errors:
            self.add_error(day, _("Say by when."))
        return Stage(due_on, what) if due_on else None

    def _problem(self, stage: Stage, before: Stage | None, calendar: Calendar) -> Any:
        """What is wrong with the day of a milestone; empty when nothing is."""
        today = local(self.now).date()
        if stage.due_on <= today:
            return _("The day must lie ahead.")
        if stage.due_on > today + WITHIN:
            return _("A milestone lies within two years.")
        if before is not None and stage.due_on <= before.due_on:
            return _("A milestone lies after the one before it.")
        if not calendar.is_working(stage.due_on):
            nearest = calendar.working_date(calendar.ordinal(stage.due_on))
            return _("%(day)s is a rest day; the working day before it is %(before)s.") % {
                "day": day_text(stage.due_on),
                "before": day_text(nearest),
            }
        return ""

    def _end_with(self, last: Stage, cleaned: dict[str, Any]) -> None:
        if cleaned.get("planned_on") not in (None, last.due_on):
            self.add_error("planned_on", _("The last milestone says by when it is done: leave this empty."))
        cleaned["planned_on"] = last.due_on

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The timeline keeps each milestone as a line."""
        stages = [f"{stage.due_on:%Y-%m-%d} {stage.what}" for stage in self.cleaned_data["milestones"]]
        kept = super().recorded()
        kept["internal"].pop("milestones", None)
        if stages:
            kept["public"]["milestones"] = stages
        return kept


class ReachForm(ActionForm):
    """The next milestone is reached; the enterprise reads the note."""

    public_fields: ClassVar[tuple[str, ...]] = ("note",)

    milestone = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What has been done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].initial = self.case.request.reached_count + 1
        if self.next is not None:
            self.fields["note"].help_text = _("Milestone %(n)s of %(all)s: %(what)s") % {
                "n": self.next.seq,
                "all": self.case.request.milestone_count,
                "what": self.next.what,
            }

    @cached_property
    def next(self) -> Milestone | None:
        """The milestone that is worked on."""
        facts = self.case.request
        return facts.milestones.filter(seq=facts.reached_count + 1).first()

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The timeline names the milestone in words."""
        reached = {"milestone": self.next.what} if self.next is not None else {}
        return {"public": {**reached, "note": self.cleaned_data["note"]}, "internal": {}}
