"""Net working days, as the database counts them, so that rows and their aggregate agree.

A day counts when a clock ran on it: after the day of acceptance, up to and including the day of the
decision (or of the withdrawal, or the last day that has closed), without the days of pauses. For a project
a day counts once, however many of its permits ran. Source: domain dossier, section 2, "Clock rules";
`figures.csv`. The same in Python: `approvals.networks.days_held`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, F, Func, IntegerField, Value

from portal.worktime.now import now


class _Days(Func):
    """A count of days of the row with this key, until now."""

    output_field = IntegerField()

    def __init__(self, key: Any = "pk", moment: Any = None, **extra: Any) -> None:
        until = Value(now(), output_field=DateTimeField()) if moment is None else moment
        super().__init__(F(key) if isinstance(key, str) else key, until, **extra)


class ProjectDays(_Days):
    """Working days on which at least one permit of the project ran; only of items that count in the total."""

    function = "approvals_project_days"


class PermitDays(_Days):
    """Working days on which the clock of one permit ran."""

    function = "approvals_permit_days"


class ElapsedDays(Func):
    """Calendar days from one moment to another, by the dates of the park."""

    function = "approvals_elapsed_days"
    output_field = IntegerField()
