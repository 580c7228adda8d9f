"""Django forms for programs: their fields as JSON Schema, and JSON as what a form reads.

The API has no rules of its own: the form that the page shows decides, here only the shape is
looked at, so that a number is not taken for a text nor a list for its Python notation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from portal.api.problems import FieldErrors, Problem, field_error

MOST_CHOICES = 300
Schema = dict[str, Any]


def form_schema(form: forms.BaseForm | None) -> Schema:
    """The JSON Schema of what a form takes; of an empty object where nothing is filled in."""
    if form is None:
        return {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    return {
        "type": "object",
        "properties": {name: field_schema(field, form) for name, field in form.fields.items()},
        "required": [name for name, field in form.fields.items() if field.required],
        "additionalProperties": False,
    }


def field_schema(field: forms.Field, form: forms.BaseForm | None = None) -> Schema:
    """The JSON Schema of one field."""
    found = _shape(field)
    if field.label:
        found["title"] = str(field.label)
    if field.help_text:
        found["description"] = str(field.help_text)
    if isinstance(field.initial, (str, int, bool)):
        found["default"] = field.initial
    return found


def _shape(field: forms.Field) -> Schema:
    if isinstance(field, (forms.ModelMultipleChoiceField, forms.MultipleChoiceField)):
        return {"type": "array", "items": _options(field), "uniqueItems": True}
    if isinstance(field, (forms.ModelChoiceField, forms.ChoiceField)):
        return _options(field)
    for kind, make in _SHAPES:
        if isinstance(field, kind):
            return make(field)
    return {"type": "string"}


def _options(field: Any) -> Schema:
    """The choices with their labels; without them where there are too many to list."""
    plain = {"type": "integer"} if isinstance(field, forms.ModelChoiceField) else {"type": "string"}
    found = [(value, label) for value, label in islice(_flat(field.choices), MOST_CHOICES + 1) if value != ""]
    if not found or len(found) > MOST_CHOICES:
        return plain
    return {**plain, "oneOf": [{"const": _constant(v, plain), "title": str(label)} for v, label in found]}


def _constant(value: Any, plain: Schema) -> Any:
    return int(str(value)) if plain["type"] == "integer" else str(value)


def _flat(choices: Any) -> Any:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def _text(field: Any) -> Schema:
    found: Schema = {"type": "string"}
    if field.max_length is not None:
        found["maxLength"] = field.max_length
    if field.required:
        found["minLength"] = 1
    return found


def _number(field: Any) -> Schema:
    found: Schema = {"type": "integer"}
    if field.min_value is not None:
        found["minimum"] = field.min_value
    if field.max_value is not None:
        found["maximum"] = field.max_value
    return found


_SHAPES: tuple[tuple[type[forms.Field], Callable[[Any], Schema]], ...] = (
    (forms.DecimalField, lambda _f: {"type": "string", "format": "decimal"}),
    (forms.FloatField, lambda _f: {"type": "number"}),
    (forms.IntegerField, _number),
    (forms.BooleanField, lambda _f: {"type": "boolean"}),
    (forms.DateTimeField, lambda _f: {"type": "string", "format": "date-time"}),
    (forms.DateField, lambda _f: {"type": "string", "format": "date"}),
    (forms.FileField, lambda _f: {"type": "string", "format": "binary"}),
    (forms.EmailField, lambda f: {**_text(f), "format": "email"}),
    (forms.URLField, lambda f: {**_text(f), "format": "uri"}),
    (forms.CharField, _text),
)


def given(
    data: Any, form: forms.BaseForm | type[forms.BaseForm] | None, *, prefix: str = ""
) -> MultiValueDict[str, str]:
    """What was sent as a form reads it. Raises Problem (422) with every field of the wrong shape.

    A form itself is asked where its fields depend on the case.
    """
    fields = _fields_of(form)
    if isinstance(data, QueryDict):
        _check_names(data, fields, prefix)
        return data
    if data is None or data == "":
        data = {}
    if not isinstance(data, Mapping):
        message = _("An object with the fields is expected.")
        raise Problem("invalid", message, errors=[field_error("", message, prefix)])
    _check_names(data, fields, prefix)
    errors: FieldErrors = []
    found: MultiValueDict[str, str] = MultiValueDict()
    for name, value in data.items():
        try:
            if (lines := _lines(value, fields[name])) is not None:
                found.setlist(name, lines)
        except ValueError as error:
            errors.append(field_error(name, str(error), prefix))
    if errors:
        raise Problem("invalid", errors=errors)
    return found


def _fields_of(form: forms.BaseForm | type[forms.BaseForm] | None) -> Mapping[str, forms.Field]:
    if isinstance(form, forms.BaseForm):
        return form.fields
    return form.base_fields if form else {}  # type: ignore[attr-defined]  # made by the metaclass


def _check_names(data: Mapping[str, Any], known: Mapping[str, forms.Field], prefix: str) -> None:
    unknown = [name for name in data if name not in known]
    if unknown:
        message = _("There is no such field.")
        raise Problem("invalid", errors=[field_error(name, message, prefix) for name in unknown])


def _lines(value: Any, field: forms.Field) -> list[str] | None:
    """A JSON value as the lines of a form; None for one that was left out. Raises ValueError."""
    if value is None:
        return None
    if isinstance(field, (forms.ModelMultipleChoiceField, forms.MultipleChoiceField)):
        if not isinstance(value, list):
            raise ValueError(_("A list is expected."))
        return [_scalar(item) for item in value]
    if isinstance(field, forms.BooleanField):
        if not isinstance(value, bool):
            raise ValueError(_("True or false is expected."))
        return ["on"] if value else None
    if isinstance(field, forms.FileField):
        raise ValueError(_("Send files as multipart/form-data."))
    if type(field) in (forms.CharField, forms.EmailField, forms.URLField) and not isinstance(value, str):
        raise ValueError(_("A text is expected."))
    return [_scalar(value)]


def _scalar(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError(_("A text or a number is expected."))
    return str(value)
