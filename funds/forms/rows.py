"""Several rows in one field of a form: written like a table, read as a list, without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_ROWS = 60
EMPTY_ROWS = 2


class RowForm(forms.Form):
    """One row. `significant`: a row in which all of these are empty is none."""

    significant: ClassVar[tuple[str, ...]] = ()
    remove = forms.BooleanField(label=gettext_lazy("Take out"), required=False)


class Row(dict[str, Any]):
    """One row as a reader says it."""

    def __str__(self) -> str:
        said = (_("yes") if value is True else value for value in self.values())
        return " ".join(str(value) for value in said if value not in (None, "", False))


class Rows(list[Row]):
    """Several of them."""

    def __str__(self) -> str:
        return "; ".join(map(str, self))


class RowsWidget(forms.Widget):
    """A table of small forms, with two empty ones at its end."""

    def __init__(self, row_form: type[RowForm]) -> None:
        super().__init__()
        self.row_form = row_form

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Rows:
        """What was typed, without what was left empty or is taken out."""
        found = Rows()
        for n in range(MOST_ROWS + EMPTY_ROWS):
            row = self.row_form(data, prefix=f"{name}-{n}")
            typed = {key: row[key].data for key in row.fields}
            if any(typed[key] for key in row.significant) and not typed.pop("remove"):
                found.append(Row(typed))
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = list(value or ())
        prefixes = [f"{name}-{n}" for n in range(len(given) + EMPTY_ROWS)]
        rows = [
            self.row_form(initial=row, prefix=prefix) for row, prefix in zip(given, prefixes, strict=False)
        ]
        empty = [self.row_form(prefix=prefix) for prefix in prefixes[len(given) :]]
        context = {"rows": rows + empty, "id": f"id_{name}"}
        return render_to_string("funds/_rows.html", context)


class RowsField(forms.Field):
    """A list of rows, each as its form understands it."""

    def __init__(self, row_form: type[RowForm], **more: Any) -> None:
        super().__init__(required=False, widget=RowsWidget(row_form), **more)
        self.row_form = row_form

    def clean(self, value: Any) -> Rows:
        if len(value or ()) > MOST_ROWS:
            raise ValidationError(_("%(n)s lines at most.") % {"n": MOST_ROWS})
        found, errors = Rows(), []
        for n, row in enumerate(value or (), start=1):
            form = self.row_form({key: "on" if typed is True else typed for key, typed in row.items()})
            if form.is_valid():
                form.cleaned_data.pop("remove")
                found.append(Row(form.cleaned_data))
            errors += [
                _("Line %(n)s: %(error)s") % {"n": n, "error": text}
                for texts in form.errors.values()
                for text in texts
            ]
        if errors:
            raise ValidationError(errors)
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self._plain(initial) != self._plain(data)

    def _plain(self, rows: Iterable[Any] | None) -> list[str]:
        given = list(rows or ())
        try:
            return [str(sorted(row.items())) for row in self.clean(given)]
        except ValidationError:
            return [str(sorted(row.items())) for row in given]
