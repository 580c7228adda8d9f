"""Reading the calendar from the database, once per version and process."""

from functools import lru_cache

from django.db import connection

from portal.prepared import Prepared
from portal.worktime.clock import Calendar, Day, Hours
from portal.worktime.models import ServiceHours, WorkDay

_VERSION = Prepared("calendar_version", "SELECT version FROM worktime_calendarstate WHERE id = 1")
_HOLD = Prepared("hold_calendar", "SELECT worktime_hold()")


def version() -> int:
    """The version of the calendar now."""
    with connection.cursor() as cursor:
        _VERSION.run(cursor, ())
        return int(cursor.fetchone()[0])


def hold() -> int:
    """The version of the calendar, which then cannot change until the end of the transaction.

    For whoever stores a deadline. Call it before locking rows: a change of the calendar takes its
    lock first and the rows of the cases after it.
    """
    with connection.cursor() as cursor:
        _HOLD.run(cursor, ())
        return int(cursor.fetchone()[0])


@lru_cache(maxsize=4)
def load(number: int) -> Calendar:
    """The snapshot of a version. Only the present version can be loaded; older ones are kept."""
    row = ServiceHours.objects.get(pk=1)
    hours = Hours(row.opens_at, row.closes_at, row.intake_until, row.alerts_from, row.alerts_until)
    values = WorkDay.objects.order_by("date").values_list(
        "date", "is_working", "source", "provisional", "name", "name_en"
    )
    return Calendar([Day(*found) for found in values], hours, number)
