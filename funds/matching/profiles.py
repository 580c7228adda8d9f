"""Profiles: what the enterprise file, the monthly reports and the bars say, by one statement for all.

Sums of twelve months end with the last month that was reported, which is at most three months old. A month
without the figure makes the sum unknown: part of a year would be compared with what is asked of a whole one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from funds.matching.facts import MONTHLY_BASES
from funds.models import Profile

RECENT_MONTHS = 3
COLUMNS = tuple(str(field.column) for field in Profile._meta.concrete_fields)


def _twelve(name: str) -> str:
    """The sum of the last twelve months, if each has the figure."""
    return f"CASE WHEN t.{name}_n = 12 THEN t.{name} END AS {name}"


_BEFORE = "m.month <= l.month - interval '12 months' AND m.month > l.month - interval '24 months'"
_SUMS = ", ".join(
    f"sum({name}) FILTER (WHERE m.month > l.month - interval '12 months') AS {name}, "
    f"count({name}) FILTER (WHERE m.month > l.month - interval '12 months') AS {name}_n, "
    f"sum({name}) FILTER (WHERE m.month >= %(year)s AND m.month < %(year_end)s) AS year_{name}"
    for name in MONTHLY_BASES
)
# Named values: today, month (its first day), year and year_end (the last calendar year), enterprise or NULL.
_OURS = "(%(enterprise)s::bigint IS NULL OR {}enterprise_id = %(enterprise)s)"
SELECT = f"""
WITH last AS (
    SELECT enterprise_id, max(month) AS month FROM park_monthlyindicator
    WHERE month < %(month)s AND {_OURS.format("")}
    GROUP BY enterprise_id HAVING max(month) >= %(month)s::date - interval '{RECENT_MONTHS} months'
), total AS (
    SELECT m.enterprise_id, {_SUMS},
           count(*) FILTER (WHERE m.month >= %(month)s::date - interval '12 months') AS months,
           max(m.employees) FILTER (WHERE m.month = l.month) AS employees,
           sum(output_amount) FILTER (WHERE {_BEFORE}) AS before,
           count(output_amount) FILTER (WHERE {_BEFORE}) AS before_n
    FROM park_monthlyindicator m LEFT JOIN last l ON l.enterprise_id = m.enterprise_id
    WHERE m.month < %(month)s AND m.month >= %(month)s::date - interval '28 months' AND {_OURS.format("m.")}
    GROUP BY m.enterprise_id
), bar AS (
    SELECT enterprise_id, array_agg(DISTINCT kind) AS kinds FROM funds_bar
    WHERE since_on <= %(today)s AND (until_on IS NULL OR until_on >= %(today)s) AND {_OURS.format("")}
    GROUP BY enterprise_id
)
SELECT e.id AS enterprise_id, %(today)s::date AS as_of,
       nullif(e.industry, '') AS industry, nullif(e.size, '') AS size, nullif(e.park_area, '') AS park_area,
       e.is_high_tech, e.is_above_scale, e.registered_on, e.settled_on, e.tags,
       coalesce(bar.kinds, '{{}}') AS bars, coalesce(t.months, 0) AS months_reported, t.employees,
       {", ".join(_twelve(name) for name in MONTHLY_BASES)},
       CASE WHEN t.output_amount_n = 12 AND t.before_n = 12 AND t.before > 0
            THEN round((t.output_amount / t.before - 1) * 100, 2) END AS output_growth,
       {", ".join(f"t.year_{name}" for name in MONTHLY_BASES)}
FROM park_enterprise e
LEFT JOIN total t ON t.enterprise_id = e.id
LEFT JOIN bar ON bar.enterprise_id = e.id
WHERE (%(enterprise)s::bigint IS NULL OR e.id = %(enterprise)s)
"""  # noqa: S608  # all parts are constants
_NAMES = ", ".join(COLUMNS)
_REFRESH = f"""
INSERT INTO funds_profile ({_NAMES}) SELECT {_NAMES} FROM ({SELECT}) s
ON CONFLICT (enterprise_id) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name != "enterprise_id")}
"""  # noqa: S608  # all parts are constants


def values(today: date, enterprise: int | None = None) -> dict[str, Any]:
    """What the statement is asked for."""
    year = date(today.year - 1, 1, 1)
    return {
        "today": today,
        "month": today.replace(day=1),
        "year": year,
        "year_end": year.replace(year=today.year),
        "enterprise": enterprise,
    }


def refresh_profiles(today: date) -> int:
    """Make the profiles of all enterprises anew; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, values(today))
        return int(cursor.rowcount)


def profile_of(enterprise: int, today: date) -> Profile | None:
    """The profile of one enterprise as it is at this moment. Nothing is stored: a look changes nothing."""
    found = Profile.objects.raw(SELECT, values(today, enterprise))
    return next(iter(found), None)
