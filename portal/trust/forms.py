"""Forms of invitations and agents."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import User
from portal.cases.declaration import FLOWS, with_parts
from portal.day_input import DayInput
from portal.editing import Seen
from portal.park.models import Agency
from portal.worktime.clock import local
from portal.worktime.now import now

# Domain dossier, section 7: dated authorisation, thirty days unless the owner says otherwise.
USUAL = timedelta(days=30)
LONGEST = timedelta(days=366)
ALL, SOME, LOOK = "all", "kinds", "read"
SCOPES = (
    (ALL, _("Everything: file, answer and rate all cases")),
    (SOME, _("Only some services")),
    (LOOK, _("Look only: sees the cases, does nothing in them")),
)


def today() -> date:
    return local(now()).date()


def services() -> list[tuple[str, Any]]:
    """The kinds of cases that an enterprise opens itself."""
    return [(kind, flow.label) for kind, flow in sorted(FLOWS.items()) if flow.file_page]


class ScopeForm(forms.Form):
    """What an agent may do, and until when."""

    scope = forms.ChoiceField(
        label=_("What may this person do?"), choices=SCOPES, initial=ALL, widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label=_("Which services?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counts only with “Only some services”."),
    )
    expires_on = forms.DateField(
        label=_("Until, this day included"),
        widget=DayInput(),
        help_text=_("A year at most. You can prolong it at any time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = services()  # type: ignore[attr-defined]  # a choice field
        self.fields["expires_on"].initial = today() + USUAL

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if not today() <= day <= today() + LONGEST:
            raise forms.ValidationError(_("Choose a day from today to a year from now."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("scope") == SOME and not cleaned.get("kinds"):
            self.add_error("kinds", _("Choose at least one service."))
        return cleaned

    def granted(self) -> dict[str, Any]:
        """The scope as an agency keeps it."""
        given = self.cleaned_data
        return {
            "read_only": given["scope"] == LOOK,
            "kinds": with_parts(given["kinds"]) if given["scope"] == SOME else [],
            "expires_on": given["expires_on"],
        }


class AgentForm(Seen, ScopeForm):
    """What an agent may do now. Besides the owner an administrator changes it, in the register."""

    def __init__(self, *args: Any, seat: Agency, **kwargs: Any) -> None:
        scope = LOOK if seat.read_only else SOME if seat.kinds else ALL
        initial: dict[str, Any] = {"scope": scope, "kinds": seat.kinds}
        if seat.expires_on and seat.expires_on >= today():
            initial["expires_on"] = seat.expires_on
        super().__init__(*args, initial=initial, **kwargs)


class InviteForm(ScopeForm):
    """Whom to invite."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Without an address you get a link to pass on yourself."),
    )
    field_order = ("name", "email", "scope", "kinds", "expires_on")


class JoinForm(BaseUserCreationForm):  # type: ignore[type-arg]  # no runtime generics
    """A new account for somebody who was invited."""

    class Meta:
        model = User
        fields = ("display_name", "username")
        labels = {"display_name": _("Your name"), "username": _("Sign-in name")}  # noqa: RUF012 (Django's shape)
        help_texts = {"username": _("Letters, digits and @ . + - _")}  # noqa: RUF012


def scope_words(read_only: bool, kinds: list[str]) -> str:
    """A scope in words."""
    if read_only:
        return str(_("looks only"))
    if kinds:
        known = dict(services())
        return str(_(", ")).join(str(known[kind]) for kind in kinds if kind in known)
    return str(_("everything"))
