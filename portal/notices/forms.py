"""What a reader chooses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.notices.models import Kind, Mail, Preference


class PreferencesForm(forms.Form):
    """For each kind of notice: in the portal or not, by e-mail at once, daily or not at all."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        standing = {p.kind: p for p in Preference.objects.filter(user=user)}
        for kind in Kind:
            row = standing.get(kind.value) or Preference(user=user, kind=kind.value)
            self.fields[f"in_app_{kind.value}"] = forms.BooleanField(
                label=_("in the portal"), required=False, initial=row.in_app
            )
            self.fields[f"email_{kind.value}"] = forms.ChoiceField(
                label=_("by e-mail"), choices=Mail.choices, initial=row.email
            )

    def lines(self) -> list[dict[str, Any]]:
        """Kind by kind, for the page."""
        return [
            {
                "kind": kind,
                "about": ABOUT[kind],
                "in_app": self[f"in_app_{kind.value}"],
                "email": self[f"email_{kind.value}"],
            }
            for kind in Kind
        ]

    def save(self) -> None:
        given = self.cleaned_data
        rows = [
            Preference(
                user=self.user,
                kind=kind.value,
                in_app=given[f"in_app_{kind.value}"],
                email=given[f"email_{kind.value}"],
            )
            for kind in Kind
        ]
        with transaction.atomic():
            Preference.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["user", "kind"],
                update_fields=["in_app", "email"],
            )


ABOUT = {
    Kind.DEADLINE: _("A deadline comes near or has passed, a pause lasts too long, a reminder"),
    Kind.WORK: _("Assigned, offered, accepted or declined; more time asked for or refused"),
    Kind.PROGRESS: _("Received, a step taken, clock stopped or running again, rated"),
    Kind.MESSAGE: _("A new message, a new paper"),
}
