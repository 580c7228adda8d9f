"""Forms of the capacity review: what the enterprise says, what was found, what the panel decides."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.forms.days import day
from approvals.forms.permits import offered_papers
from approvals.forms.projects import money
from approvals.models import CapacityReview, ReviewLine
from portal.cases.forms import ActionForm
from portal.cases.models import Document
from portal.cases.paper_fields import PaperField
from portal.money import measured
from portal.worktime.clock import local


class OpenReviewForm(ActionForm):
    """What sets a review off: never filled in by a person."""

    due_on = forms.DateField()


class LinesForm(ActionForm):
    """One field for each promise under review."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: list[ReviewLine] = list(self.case.capacity_review.lines.select_related("proof"))
        own = dict(self.fields)
        self.fields.clear()
        for line in self.lines:
            field = day(line.get_key_display()) if line.is_date else money(line.get_key_display())
            field.initial = self.known(line)
            field.help_text = _("Promised: %(promised)s") % {
                "promised": line.promised_on
                if line.promised is None
                else measured(line.get_key_display(), line.promised)[1]
            }
            self.fields[line.key] = field
            self.beside(line)
        self.fields.update(own)

    def known(self, line: ReviewLine) -> Any:
        """What stands in the field before anybody types."""
        raise NotImplementedError

    def beside(self, line: ReviewLine) -> None:
        """More fields of a promise."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = local(self.now).date()
        for line in self.lines:
            if line.is_date and (on := cleaned.get(line.key)) and on > today:
                self.add_error(line.key, _("This day lies ahead."))
        return cleaned


class ActualsForm(LinesForm):
    """复核申报: the enterprise confirms what the park knows, or corrects it with a proof."""

    takes_files: ClassVar[bool] = True
    public_fields: ClassVar[tuple[str, ...]] = (*ReviewLine.Key.values, "excuse", "excuse_text")
    only_for: ClassVar[dict[str, str]] = {}

    excuse = forms.ChoiceField(
        label=_("Was something beyond your control?"),
        choices=CapacityReview.Excuse.choices,
        required=False,
        help_text=_("A delay that the government or force majeure has caused brings no penalty."),
    )
    excuse_text = forms.CharField(
        label=_("What happened"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def known(self, line: ReviewLine) -> Any:
        told = line.told_on if line.is_date else line.told
        return told if told is not None else (line.known_on if line.is_date else line.known)

    def beside(self, line: ReviewLine) -> None:
        field = PaperField(
            label=_("Proof: %(promise)s") % {"promise": line.get_key_display()},
            queryset=Document.objects.none(),
            required=False,
            initial=line.proof_id,
            empty_label=_("— choose, or send a new file —"),
        )
        field.offer(offered_papers(self.case, self.actor))
        self.fields[f"paper_{line.key}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("excuse") and not cleaned.get("excuse_text"):
            self.add_error("excuse_text", _("Say what happened."))
        if not cleaned.get("excuse"):
            cleaned["excuse_text"] = ""
        return cleaned


class FindingsForm(LinesForm):
    """实地核查: what was found on the spot and in the files of the departments."""

    public_fields: ClassVar[tuple[str, ...]] = (*ReviewLine.Key.values, "excused_days", "report")

    excused_days = forms.IntegerField(
        label=_("Days excused"),
        min_value=0,
        max_value=9999,
        required=False,
        help_text=_("Calendar days by which the dates shift."),
    )
    report = forms.CharField(
        label=_("Report of the visit"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.case.capacity_review.excuse:
            del self.fields["excused_days"]

    def known(self, line: ReviewLine) -> Any:
        if line.is_date:
            return line.told_on or line.known_on
        return line.told if line.told is not None else line.known


class MeasuresForm(ActionForm):
    """What follows from a result, in words that the enterprise reads."""

    public_fields: ClassVar[tuple[str, ...]] = ("measures",)

    measures = forms.CharField(
        label=_("What follows"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Rewards, what has to be put right and until when, or what is taken back."),
    )


class NoteForm(ActionForm):
    """How putting it right goes, once in a quarter."""

    public_fields: ClassVar[tuple[str, ...]] = ("note",)

    note = forms.CharField(
        label=_("Where it stands"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
