"""The milestones of a request, for its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django import template

from portal.worktime.clock import Calendar
from stations.models import NOTED_STEP, Milestone, Request

register = template.Library()


class Shown(NamedTuple):
    """A milestone with its state: done, now or ahead."""

    row: Milestone
    due_at: datetime
    state: str


@register.simple_tag
def milestones(facts: Request, calendar: Calendar) -> list[Shown]:
    """The milestones in their order, by the calendar that the page has read already."""
    return list(_shown(facts, calendar)) if facts.milestone_count else []


def _shown(facts: Request, calendar: Calendar) -> Iterator[Shown]:
    working = facts.case.step == NOTED_STEP
    for row in facts.milestones.all():
        if row.reached_at is not None:
            state = "done"
        else:
            state = "now" if working and row.seq == facts.reached_count + 1 else "ahead"
        yield Shown(row, row.due_at(calendar), state)
