"""Two people at one form: the second is told, and sees both versions."""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.formats import localize
from django.utils.translation import gettext as _

NOTHING = "—"


class Seen(forms.BaseForm):
    """Mixed into a form of what is there already (its values are `initial`): knows what the page showed.

    Load the row locked for a POST. `stale` is filled when somebody else has changed it meanwhile:
    (label, as it is now, as typed) for every field that differs.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stale: list[tuple[str, str, str]] = []
        shown = [name for name in self.fields if name in self.initial]
        values = {name: self._plain(self.initial[name]) for name in shown} | self.also_shown()
        text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
        self._mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.fields["seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
        )
        self.initial["seen"] = self._mark

    def is_of_something(self) -> bool:
        """Whether there is anything that somebody else could have changed."""
        return True

    def also_shown(self) -> dict[str, Any]:
        """What else the page shows of the row and lets one change."""
        return {}

    @staticmethod
    def _plain(value: Any) -> Any:
        if isinstance(value, Model):
            return value.pk
        return [Seen._plain(item) for item in value] if isinstance(value, (list, tuple)) else value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.is_of_something() and self.cleaned_data.pop("seen", "") != self._mark:
            for name, field in self.fields.items():
                now, typed = self.initial.get(name), self[name].data
                if name != "seen" and field.has_changed(now, typed):
                    self.stale.append((str(self[name].label), words(field, now), words(field, typed)))
            self.add_error(None, _("Somebody has changed this meanwhile. Nothing was saved; both versions:"))
            for label, theirs, mine in self.stale:
                values = {"label": label, "now": theirs, "typed": mine}
                self.add_error(None, _("%(label)s: now “%(now)s”, yours “%(typed)s”") % values)
        return cleaned

    def renew(self) -> None:
        """Show the form again so that sending it once more means to overwrite."""
        typed: Any = self.data
        self.data = typed.copy()  # with every choice of a field that takes several
        self.data["seen"] = self._mark  # type: ignore[index]  # a copy can be written


class SeenMixin(Seen, forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    """The same for the form of one row."""

    def is_of_something(self) -> bool:
        return self.instance.pk is not None


def words(field: forms.Field, value: Any) -> str:
    """A value of a form's field as a reader says it; what cannot be understood as it was typed."""
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if value in (None, "", False) or value == []:
        return NOTHING
    if isinstance(field.widget, forms.PasswordInput):
        return "••••"
    if isinstance(field, forms.ModelChoiceField):
        return _chosen(field, value)
    if isinstance(field, forms.FileField):
        return PurePath(str(value)).name
    if isinstance(field, forms.ChoiceField):
        return _named(field, value)
    return str(localize(_understood(field, value)))


def _understood(field: forms.Field, value: Any) -> Any:
    """Typed "2026-1-5" and kept 2026-01-05 are the same day."""
    try:
        return field.clean(value)
    except ValidationError:
        return " ".join(map(str, value)) if isinstance(value, list) else value


def _named(field: Any, value: Any) -> str:
    names: dict[str, str] = {}
    for key, label in field.choices:
        pairs = label if isinstance(label, (list, tuple)) else [(key, label)]
        names |= {str(one): str(name) for one, name in pairs}
    return ", ".join(names.get(str(one), str(one)) for one in _several(value))


def _chosen(field: Any, value: Any) -> str:
    """Asked of the table itself: what cannot be chosen any more still has its name."""
    keys = [one.pk if isinstance(one, Model) else one for one in _several(value)]
    key = field.to_field_name or "pk"
    try:
        rows = list(field.queryset.model._base_manager.filter(**{f"{key}__in": keys}))
    except (ValueError, ValidationError):
        rows = []
    return ", ".join(map(field.label_from_instance, rows)) or ", ".join(map(str, keys))


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
