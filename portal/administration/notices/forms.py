"""Forms of the administrator's pages about notices."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.day_input import DayInput
from portal.editing import SeenMixin
from portal.notices import wording
from portal.notices.channels import web
from portal.notices.channels.failures import Failure
from portal.notices.models import Channel, Delivery, Endpoint, Hours, Kind, Problem, Wording
from portal.notices.texts import Template
from portal.worktime.clock import at

LONGEST_REPLAY = timedelta(days=92)


class DeliveryFilter(forms.Form):
    """Which deliveries to show. Without a choice: the dead letters."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (Delivery.State.DEAD.value, Delivery.State.DEAD.label),
            (Delivery.State.GIVEN_UP.value, Delivery.State.GIVEN_UP.label),
            (Delivery.State.PENDING.value, Delivery.State.PENDING.label),
        ],
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("all channels")), *Channel.choices]
    )
    problem = forms.ChoiceField(
        label=_("Cause"), required=False, choices=[("", _("all causes")), *Problem.choices]
    )
    q = forms.CharField(
        label=_("Addressee or case number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("Addressee or case number")}),
    )


class WordingForm(forms.Form):
    """One text in one language. Only the placeholders of this text may stand in it."""

    title = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, template: Template, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template

    def overtaken(self, version: str) -> None:
        """Say both versions; what was typed stays, and sent once more it counts."""
        self.add_error(
            None, gettext("Somebody has changed this meanwhile. Nothing was saved; both versions:")
        )
        for name in ("title", "body"):
            values = {"label": self[name].label, "now": self.initial[name], "typed": self[name].data}
            if values["now"] != values["typed"]:
                self.add_error(None, gettext("%(label)s: now “%(now)s”, yours “%(typed)s”") % values)
        self.data = {**self.data, "title": self["title"].data, "body": self["body"].data, "version": version}

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        return self._checked(" ".join(title.split()))

    def clean_body(self) -> str:
        return self._checked(self.cleaned_data["body"])

    def _checked(self, text: str) -> str:
        faults = wording.faults(text, self.template.allowed)
        if faults:
            raise forms.ValidationError(faults)
        return text


def version_of(row: Wording | None) -> str:
    """Tells whether somebody else has changed the text since it was shown."""
    text = f"{row.title}\0{row.body}" if row else ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class EndpointForm(SeenMixin):
    """A group or a system. What is secret is never shown again; left empty, it stays."""

    kinds = forms.MultipleChoiceField(
        label=_("Hears of"), choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=600,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label=_("Signing key of the robot"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only if the robot was made with signing. Left empty, what is there stays."),
    )

    class Meta:
        model = Endpoint
        fields = ("name", "team", "kinds", "address", "secret", "language", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: Endpoint = self.instance
        self._former = (row.address, row.secret)
        for name in ("address", "secret"):
            self.initial.pop(name, None)
        if row.channel not in (Channel.DINGTALK, Channel.FEISHU):
            del self.fields["secret"]
        if row.is_webhook:
            del self.fields["language"]
        self.fields["team"].empty_label = gettext("all teams")  # type: ignore[attr-defined]  # a model choice
        if row.pk:
            self.fields["address"].help_text = gettext("Now: %(address)s. Left empty, it stays.") % {
                "address": row.masked
            }
        else:
            self.fields["address"].required = True

    def also_shown(self) -> dict[str, Any]:
        """Where it goes, as far as it is shown."""
        return {"masked": self.instance.masked if self.instance.pk else ""}

    def clean_address(self) -> str:
        """Refused here already when it could never be used; looked at again whenever something is sent."""
        address: str = self.cleaned_data["address"].strip() or self._former[0]
        try:
            parts = web.parsed(address)
            web.checked(parts, parts.port or 443)
        except Failure as failure:
            if failure.lasting:
                raise forms.ValidationError(REFUSED[failure.problem]) from failure
        return address

    def clean_secret(self) -> str:
        return self.cleaned_data["secret"] or self._former[1]


REFUSED = {
    Problem.ADDRESS: _("Give a full address that begins with https:// and holds no user name."),
    Problem.FORBIDDEN: _(
        "This address lies in a private network. The operator can allow the network by the setting"
        " NOTICE_PRIVATE_NETWORKS."
    ),
}


class ReplayForm(forms.Form):
    """The period whose events are sent once more."""

    since = forms.DateField(label=_("From"), widget=DayInput())
    until = forms.DateField(label=_("To (inclusive)"), widget=DayInput())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The end lies before the beginning."))
        elif since and until and until - since > LONGEST_REPLAY:
            self.add_error("until", _("At most three months at a time."))
        return cleaned

    def period(self) -> tuple[datetime, datetime]:
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return at(since, time(0)), at(until + timedelta(days=1), time(0))


class HoursForm(SeenMixin):
    """Quiet nights and the time of the daily mail."""

    class Meta:
        model = Hours
        fields = ("quiet_from", "quiet_until", "digest_at")
        widgets = {  # noqa: RUF012 (Django's own name and shape)
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in fields
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if all(cleaned.get(name) is not None for name in self.Meta.fields):
            hours = Hours(quiet_from=cleaned["quiet_from"], quiet_until=cleaned["quiet_until"])
            if hours.is_quiet(cleaned["digest_at"]):
                self.add_error("digest_at", _("The daily mail cannot fall into the quiet hours."))
        return cleaned
