"""Reckonings in templates."""

from __future__ import annotations

from django import template

from funds.presenting.calculation import Line, Told
from funds.presenting.calculation import explained as in_words

register = template.Library()


@register.filter
def explained(lines: list[Line]) -> list[Told]:
    """Each line with what came out of it."""
    return in_words(lines)
