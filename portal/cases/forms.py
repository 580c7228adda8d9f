"""Forms of the kernel's own actions, and the base of every form that a transition declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db.models import Model, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.cases.models import Case, Pause, Rating
from portal.park.acting import Actor
from portal.park.models import Team
from portal.worktime.now import now as present


class ActionForm(forms.Form):
    """A form that belongs to an action on a case.

    `public_fields` names what the enterprise may read of it in the timeline; the rest is for
    staff only; `private_fields` (contact details) are not written into the timeline at all.
    `only_for` names fields that matter only for one choice of another ("name=value"): the page
    hides them otherwise. `takes_files`: papers of the archive are chosen, or sent along. `now` is
    the moment of the move, by which a day lies ahead or not.
    """

    public_fields: ClassVar[tuple[str, ...]] = ()
    private_fields: ClassVar[tuple[str, ...]] = ()
    only_for: ClassVar[Mapping[str, str]] = {}
    takes_files: ClassVar[bool] = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        *,
        case: Case,
        actor: Actor | None,
        bound: bool = True,
        now: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        self.case = case
        self.actor = actor
        self.now = now or present()
        # A form that is to be performed is bound even when nothing was given.
        given = (data or {}) if bound else None
        super().__init__(given, files, **kwargs)  # type: ignore[arg-type]  # any mapping of files will do
        for name in self.only_for.keys() & self.fields.keys():
            self.fields[name].only_for = self.only_for[name]  # type: ignore[attr-defined]  # for the template

    def recorded(self) -> dict[str, dict[str, Any]]:
        """What the timeline keeps of the input, split by who may read it."""
        kept: dict[str, dict[str, Any]] = {"public": {}, "internal": {}}
        for name, value in self.cleaned_data.items():
            if value in (None, "", [], ()) or name in self.private_fields:
                continue
            side = "public" if name in self.public_fields else "internal"
            kept[side][name] = plain(value)
        return kept


def plain(value: Any) -> Any:
    """A value of a form as the timeline stores it: text, numbers, lists of them."""
    if isinstance(value, Model):
        with translation.override(settings.LANGUAGE_CODE):  # whatever the writer reads
            return str(value)
    if isinstance(value, (list, tuple, QuerySet)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, int)):
        return value
    return str(value)


class ReasonForm(ActionForm):
    """A reason, which the enterprise can read."""

    public_fields = ("reason",)

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CommentForm(ActionForm):
    """A line of talk."""

    body = forms.CharField(label=_("Message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    internal = forms.BooleanField(
        label=_("Internal note"), required=False, help_text=_("The enterprise does not see it.")
    )


class RemindForm(ActionForm):
    """A word to the handler."""

    note = forms.CharField(
        label=_("What to remind of"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class AssignForm(ActionForm):
    """A colleague of the team who is to handle the case."""

    assignee = forms.ModelChoiceField(label=_("Handler"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.filter(  # type: ignore[attr-defined]  # a model choice
            is_active=True, memberships__team_id=self.case.team_id
        ).order_by("display_name", "id")


class TransferForm(ActionForm):
    """Another team that is asked to take the case."""

    public_fields = ("to_team", "reason")

    to_team = forms.ModelChoiceField(label=_("To team"), queryset=Team.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_team"].queryset = Team.objects.filter(active=True).exclude(pk=self.case.team_id)  # type: ignore[attr-defined]  # a model choice


class AnswerForm(ActionForm):
    """The answer to a hand-over."""

    answer = forms.CharField(
        label=_("Answer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PauseForm(ActionForm):
    """Stop the clock: by type, legal basis, planned days and written notice (dossier, section 2)."""

    public_fields = ("reason", "basis", "planned_days", "notice", "missing")
    only_for: ClassVar[Mapping[str, str]] = {"missing": "reason=supplement", "why_again": "reason=supplement"}

    reason = forms.ChoiceField(
        label=_("Type"), choices=[c for c in Pause.Reason.choices if c[0] != Pause.Reason.TURN]
    )
    basis = forms.CharField(label=_("Legal basis"), max_length=200)
    planned_days = forms.IntegerField(label=_("Planned working days"), min_value=1, max_value=250)
    notice = forms.CharField(
        label=_("Notice to the enterprise"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say what the park waits for and how long it will take. The enterprise receives it."),
    )
    missing = forms.CharField(
        label=_("What is missing, everything at once"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One paper or statement a line; after a colon, what it must look like. "
            "The enterprise answers each by itself; when all are here, the clock runs on."
        ),
    )
    why_again = forms.CharField(
        label=_("Why was it not asked for the first time?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everything missing has to be named at once. A second time goes on record."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = Pause.objects.filter(case=self.case.pk, reason=Pause.Reason.SUPPLEMENT)
        if not (self.case.pause_count and asked.exists()):
            del self.fields["why_again"]

    def clean_missing(self) -> list[str]:
        lines = [line.strip(" \t-·•") for line in self.cleaned_data["missing"].splitlines()]
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") != Pause.Reason.SUPPLEMENT:
            cleaned["missing"] = []
            cleaned.pop("why_again", None)
            return cleaned
        if not cleaned.get("missing"):
            self.add_error("missing", _("Name each paper or statement that is missing."))
        if "why_again" in self.fields and not cleaned.get("why_again"):
            self.add_error("why_again", _("Say why this is asked for a second time."))
        return cleaned


class ExtensionForm(ActionForm):
    """More time, asked for once, before expiry."""

    public_fields = ("days", "reason")

    days = forms.IntegerField(label=_("Working days"), min_value=1)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The enterprise can read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most, given = self.case.flow.extension_days, self.fields["days"]
        given.validators.append(MaxValueValidator(most))
        given.widget.attrs["max"] = most


class RatingForm(ActionForm):
    """好差评: five levels, one word of comment."""

    level = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        choices=Rating.Level.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Comment"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
