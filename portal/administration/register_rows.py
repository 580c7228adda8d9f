"""What a register's page showed, what has been typed into it, and how the two are put beside each other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import InlineForeignKeyField
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.editing import NOTHING, words

ModelForm: TypeAlias = "forms.ModelForm[Any]"  # in quotes: not generic at run time
FormSet: TypeAlias = Any  # an inline one; the stubs take its model and prefix for optional
Typed = dict[str, list[str]]  # one row below the main one: field → what was sent for it


@dataclass(frozen=True)
class Line:
    """One field in two versions, in words."""

    label: str
    now: str
    mine: str


def mark_of(form: ModelForm, formsets: Iterable[FormSet]) -> str:
    """A mark that changes with anything that the page lets one change, rows below included.

    What it only shows is left out: a sign-in, which moves `last_login`, overtakes nobody.
    """
    rows = [_values(form), *([one.prefix, *map(_values, one.initial_forms)] for one in formsets)]
    text = json.dumps(rows, cls=DjangoJSONEncoder, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _values(form: ModelForm) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        if isinstance(field, forms.FileField):  # shown by its kind; another file of the kind is a change
            found[name] = getattr(form.instance, name).name
        elif not field.disabled:
            found[name] = form.get_initial_for_field(field, name)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    try:
        return DjangoJSONEncoder().default(value)
    except TypeError:
        return str(value)


def carry_over(typed: QueryDict, now: Iterable[FormSet]) -> QueryDict:
    """What was typed, fitted to the rows that are there now.

    A row that has come meanwhile is taken in as it is: who saves does not remove what was never seen. One
    that has gone is a new row, unless it was to be removed anyway.
    """
    fitted = typed.copy()
    for formset in now:
        sent = _rows(fitted, formset.prefix)
        key = str(formset.model._meta.pk.name)
        there = {str(form.instance.pk): form for form in formset.initial_forms}
        known = [row for row in sent if _first(row, key) in there]
        seen = {_first(row, key) for row in known}
        kept = known + [_as_sent(form) for pk, form in there.items() if pk not in seen]
        new = [row | {key: [""]} for row in sent if row not in known and DELETION_FIELD_NAME not in row]
        for n, row in enumerate(kept + new):
            for name, values in row.items():
                fitted.setlist(f"{formset.prefix}-{n}-{name}", values)
        fitted[f"{formset.prefix}-INITIAL_FORMS"] = str(len(kept))
        fitted[f"{formset.prefix}-TOTAL_FORMS"] = str(len(kept) + len(new))
    return fitted


def _first(row: Typed, key: str) -> str:
    return next(iter(row.get(key, [])), "")


def _rows(fitted: QueryDict, prefix: str) -> list[Typed]:
    """Take the rows of one formset out of what was sent."""
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-(.+)")
    rows: dict[int, Typed] = {}
    for name in list(fitted):
        if found := pattern.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = fitted.pop(name)
    return [rows[n] for n in sorted(rows)]


def _as_sent(form: ModelForm) -> Typed:
    """A row as a browser would send it that nobody has touched."""
    return {
        name: values
        for bound in form
        for name, values in _sent(bound.field.widget, bound.name, bound.value())
    }


def _sent(widget: Any, name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    if hasattr(widget, "decompress"):  # several in one, as day and hour
        parts = zip(widget.widgets, widget.widgets_names, widget.decompress(value), strict=True)
        for part, suffix, own in parts:
            yield from _sent(part, name + suffix, own)
    elif isinstance(widget, forms.CheckboxInput):
        if value:
            yield name, ["on"]
    elif not widget.needs_multipart_form:
        shown = widget.format_value(value)
        yield name, [str(one) for one in shown] if isinstance(shown, list) else [str(shown or "")]


def lines_of(form: ModelForm, formsets: Iterable[FormSet]) -> list[Line]:
    """Every field in which what was typed is not what is there now. The forms: typed, over what is there."""
    lines = list(_differences(form))
    for formset in formsets:
        what = capfirst(str(formset.model._meta.verbose_name))
        for row in formset.initial_forms:
            there = f"{what} {row.instance}"
            if DELETION_FIELD_NAME in row.fields and row[DELETION_FIELD_NAME].data:
                lines.append(Line(there, str(row.instance), _("to be removed")))
            else:
                lines += _differences(row, there)
        lines += [Line(what, NOTHING, said) for row in formset.extra_forms if (said := _said(row)) != NOTHING]
    return lines


def come_meanwhile(typed: QueryDict, now: Iterable[FormSet]) -> list[Line]:
    """Rows that the page did not show, as others have added them."""
    lines = []
    for formset in now:
        shown = {_first(row, str(formset.model._meta.pk.name)) for row in _rows(typed.copy(), formset.prefix)}
        what = capfirst(str(formset.model._meta.verbose_name))
        new = [form.instance for form in formset.initial_forms if str(form.instance.pk) not in shown]
        lines += [Line(what, str(row), _("not in yours; it stays")) for row in new]
    return lines


def _differences(form: ModelForm, below: str = "") -> Iterator[Line]:
    for bound in _asked(form):
        now = form.get_initial_for_field(bound.field, bound.name)
        if bound.field.has_changed(now, bound.data):
            label = f"{below}: {bound.label}" if below else str(bound.label)
            yield Line(label, words(bound.field, now), words(bound.field, bound.data))


def values_of(form: ModelForm) -> list[Line]:
    """Every field as it is now."""
    return [
        Line(str(bound.label), words(bound.field, form.get_initial_for_field(bound.field, bound.name)), "")
        for bound in _asked(form)
    ]


def _said(form: ModelForm) -> str:
    """What was typed into a new row, in one line; nothing for one that was left as it came."""
    typed = [bound for bound in _asked(form) if bound.field.has_changed(bound.initial, bound.data)]
    return " · ".join(words(bound.field, bound.data) for bound in typed) or NOTHING


def _asked(form: ModelForm) -> Iterator[forms.BoundField]:
    for bound in form:
        unseen = bound.is_hidden or isinstance(bound.field, InlineForeignKeyField)
        if not (bound.field.disabled or unseen or bound.name == DELETION_FIELD_NAME):
            yield bound
