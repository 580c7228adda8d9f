"""Two people at one form: the second is told, and sees both versions."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.translation import gettext as _


class SeenMixin(forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    """A form of one row that knows what the row was when the page was shown.

    Load the row locked for a POST. `stale` is filled when somebody else has changed it meanwhile:
    (label, as it is now, as typed) for every field that differs.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stale: list[tuple[str, str, str]] = []
        shown = [name for name in self.fields if name in self.initial]
        values = {name: self._plain(self.initial[name]) for name in shown}
        text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
        self._mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.fields["seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
        )
        self.initial["seen"] = self._mark

    @staticmethod
    def _plain(value: Any) -> Any:
        if isinstance(value, Model):
            return value.pk
        return [SeenMixin._plain(item) for item in value] if isinstance(value, (list, tuple)) else value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.instance.pk is not None and self.cleaned_data.pop("seen", "") != self._mark:
            for name, field in self.fields.items():
                now, typed = self.initial.get(name), cleaned.get(name)
                if name != "seen" and str(now or "") != str(typed or ""):
                    self.stale.append((str(field.label or name), str(now or "—"), str(typed or "—")))
            self.add_error(None, _("Somebody has changed this meanwhile. Nothing was saved; both versions:"))
            for label, theirs, mine in self.stale:
                values = {"label": label, "now": theirs, "typed": mine}
                self.add_error(None, _("%(label)s: now “%(now)s”, yours “%(typed)s”") % values)
        return cleaned

    def renew(self) -> None:
        """Show the form again so that sending it once more means to overwrite."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": self._mark}
