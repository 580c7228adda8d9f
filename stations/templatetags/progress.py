"""When the enterprise has to hear next, for the page of a request."""

from __future__ import annotations

from datetime import datetime

from django import template

from portal.worktime.clock import Calendar
from stations.models import Request

register = template.Library()


@register.simple_tag
def note_due(facts: Request, calendar: Calendar) -> datetime | None:
    """By when the next progress note is due, by the calendar that the page has read already."""
    return facts.note_due_by(calendar)
