"""The portal's own templates of widgets say what Django's say."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation

from funds.forms.bars import BarForm
from funds.models import Bar
from portal.rendering import PortalRenderer

CHOICES = [
    ("", "—"),
    (1, "一 & <b>"),
    ("Gruppe", [("a", "A"), ("b'\"", "B")]),
    (None, "nichts"),
    (2000, "2000"),
]


class Marked(forms.Select):
    """Options with attributes of their own."""

    def create_option(self, *given: object, **more: object) -> dict[str, object]:
        option = super().create_option(*given, **more)  # type: ignore[arg-type]  # as they come
        if option["label"] == "A":
            option["attrs"] |= {"disabled": True, "hidden": False, "data-n": 3}
        return dict(option)


def drawn(widget: forms.Widget, renderer: object, value: object) -> str:
    text = widget.render("x", value, attrs={"id": "y", "class": "z"}, renderer=renderer)  # type: ignore[arg-type]  # either
    return re.sub(r">\s+<", "><", text).strip()


def test_a_select_box_is_djangos() -> None:
    for kind in (forms.Select, forms.SelectMultiple, Marked):
        for value in ("", 1, "b'\"", [1, "a"], None, 2000):
            if isinstance(value, list) and kind is not forms.SelectMultiple:
                continue
            widget = kind(choices=CHOICES)
            ours, theirs = (drawn(widget, known, value) for known in (PortalRenderer(), DjangoTemplates()))
            assert ours == theirs
            assert "<option" in ours


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_that_is_known_is_shown_in_every_language(language: str) -> None:
    with translation.override(language):
        form = BarForm(instance=Bar(kind="credit", since_on=date(2026, 11, 27)))
        shown = str(form["since_on"])
    assert 'type="date"' in shown
    assert 'value="2026-11-27"' in shown
