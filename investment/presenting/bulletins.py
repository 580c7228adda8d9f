"""A bulletin as a page, as paper and as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from investment.actions.bulletins import ACTIVITIES
from investment.letters import Table
from investment.models import Bulletin, Lead
from portal.money import money
from portal.names import local_name

Text = str | Promise
# The columns of a week: name of the cell, heading, tone of a number that is not zero.
WEEK: tuple[tuple[str, Text, str], ...] = (
    ("new", gettext_lazy("New leads"), ""),
    ("moved", gettext_lazy("A step forward"), ""),
    ("decided", gettext_lazy("Decided at meetings"), ""),
    ("overdue", gettext_lazy("Next action overdue"), "late"),
    ("yellow", gettext_lazy("Still for 15 days"), "warn"),
    ("red", gettext_lazy("Still for 30 days"), "late"),
    ("late", gettext_lazy("Step overdue"), "late"),
)
MONTH: tuple[tuple[str, Text, str], ...] = (
    ("new", gettext_lazy("New leads"), ""),
    ("signed", gettext_lazy("Signed"), ""),
    ("signed_year", gettext_lazy("Signed this year"), ""),
    ("lost", gettext_lazy("Lost"), "late"),
)
AMOUNTS: tuple[tuple[str, Text], ...] = (
    ("amount", gettext_lazy("Signed amount")),
    ("amount_year", gettext_lazy("Signed amount this year")),
)
COUNTS: tuple[tuple[str, Text], ...] = (
    ("trips", gettext_lazy("Trips this year")),
    ("visits", gettext_lazy("Visits this year")),
)


@dataclass(frozen=True)
class Cell:
    """A number that opens its leads; or, without an address, a text."""

    text: str
    href: str = ""
    tone: str = ""
    of: str = ""  # what it is held against


@dataclass(frozen=True)
class Grid:
    """One table of a bulletin. The first cell of a row is its name."""

    title: str
    header: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]

    def plain(self) -> list[list[str]]:
        return [
            [name, *(f"{c.text} / {c.of}" if c.of else c.text for c in cells)] for name, cells in self.rows
        ]


def grids(bulletin: Bulletin) -> list[Grid]:
    """Everything that a bulletin says in numbers."""
    if bulletin.kind == Bulletin.Kind.WEEK:
        return [_counts(bulletin, WEEK), _plan(bulletin)]
    return [_month(bulletin), _causes(bulletin), _ranking(bulletin)]


def tables(bulletin: Bulletin) -> list[Table]:
    """The same for paper, without what is empty."""
    return [Table(grid.title, grid.header, grid.plain()) for grid in grids(bulletin) if grid.rows]


def title(bulletin: Bulletin) -> str:
    """周调度表 of a week, 月通报 of a month."""
    if bulletin.kind == Bulletin.Kind.WEEK:
        days = {"first": f"{bulletin.starts_on:%Y-%m-%d}", "last": f"{bulletin.ends_on:%Y-%m-%d}"}
        return _("Weekly schedule %(first)s to %(last)s") % days
    return _("Monthly bulletin %(month)s") % {"month": f"{bulletin.starts_on:%Y-%m}"}


def ids_of(bulletin: Bulletin, team: str, cell: str) -> list[int] | None:
    """The leads of one number; of all task forces where none is named. None for a number that is none."""
    if cell.startswith("cause_"):
        found = bulletin.numbers.get("causes", {}).get(cell.removeprefix("cause_"))
        return list(found) if found is not None else None
    rows = [row for row in bulletin.numbers["teams"] if team in ("", row["team"])]
    lists = [row["cells"].get(cell, row.get("plan", {}).get(cell, [])) for row in rows]
    if not rows or not all(isinstance(found, list) for found in lists):
        return None
    return sorted({pk for found in lists for pk in found})


def _name(row: Mapping[str, Any]) -> str:
    return local_name(row["name"], row["name_en"])


def _cell(bulletin: Bulletin, team: str, name: str, tone: str = "") -> Cell:
    n = len(ids_of(bulletin, team, name) or [])
    asked = {"cell": name} | ({"team": team} if team else {})
    href = f"{reverse('investment:bulletin_rows', args=[bulletin.pk])}?{urlencode(asked)}" if n else ""
    return Cell(str(n), href, tone if n else "")


def _counts(bulletin: Bulletin, columns: Sequence[tuple[str, Text, str]]) -> Grid:
    lines = [(row["team"], _name(row)) for row in bulletin.numbers["teams"]] + [("", _("Together"))]
    rows = [
        (name, [_cell(bulletin, team, column, tone) for column, _label, tone in columns])
        for team, name in lines
    ]
    return Grid(
        _("The week by task force"),
        [_("Task force"), *(str(label) for _column, label, _tone in columns)],
        rows,
    )


def _plan(bulletin: Bulletin) -> Grid:
    days = [bulletin.ends_on + timedelta(days=n) for n in range(1, 8)]
    rows = [
        (_name(row), [_cell(bulletin, row["team"], day.isoformat()) for day in days])
        for row in bulletin.numbers["teams"]
    ]
    return Grid(_("Next actions of the week that begins"), [_("Task force"), *map(_weekday, days)], rows)


def _weekday(day: date) -> str:
    return f"{day:%m-%d} {date_format(day, 'D')}"


def _month(bulletin: Bulletin) -> Grid:
    header = [
        _("Task force"),
        *(str(label) for _name, label, _tone in MONTH),
        *(str(label) for _name, label in (*AMOUNTS, *COUNTS)),
    ]
    rows = [(_name(row), _month_cells(bulletin, row)) for row in bulletin.numbers["teams"]]
    return Grid(_("The month by task force, beside the targets of the year"), header, rows)


def _month_cells(bulletin: Bulletin, row: Mapping[str, Any]) -> list[Cell]:
    found = row["cells"]
    out = []
    for name, _label, tone in MONTH:
        cell = _cell(bulletin, row["team"], name, tone)
        of = str(found.get("target", "")) if name == "signed_year" else ""
        out.append(Cell(cell.text, cell.href, cell.tone, of))
    for name, _label in AMOUNTS:
        wanted = found.get("target_amount") if name == "amount_year" else None
        leads = _cell(bulletin, row["team"], name.replace("amount", "signed"))
        told = money(Decimal(found.get(name, 0)))
        out.append(Cell(told, leads.href, of=money(Decimal(wanted)) if wanted else ""))
    return out + [_activities(bulletin, name, found) for name, _label in COUNTS]


def _activities(bulletin: Bulletin, name: str, found: Mapping[str, Any]) -> Cell:
    """What another register counts opens the rows of its figure."""
    of = str(found.get(f"target_{name}", ""))
    if name not in found:
        return Cell("–", of=of)
    period = {"date_from": bulletin.starts_on.replace(month=1), "date_to": bulletin.ends_on}
    address = f"{reverse('reports:indicator_rows', args=[ACTIVITIES[name]])}?{urlencode(period)}"
    return Cell(str(found[name]), address, of=of)


def _causes(bulletin: Bulletin) -> Grid:
    causes = dict(Lead.Cause.choices)
    rows = [
        (str(causes.get(cause, cause)), [_cell(bulletin, "", f"cause_{cause}", "late")])
        for cause in bulletin.numbers["causes"]
    ]
    return Grid(_("Why leads were lost"), [_("Cause"), _("Leads")], rows)


def _ranking(bulletin: Bulletin) -> Grid:
    quarter = bulletin.numbers["quarter"]
    address = f"{reverse('investment:ranking_view')}?{urlencode({'quarter': quarter})}"
    rows = [
        (local_name(name, name_en), [Cell(str(place)), Cell(total, address)])
        for place, _team, name, name_en, total in bulletin.numbers["ranking"]
    ]
    head = _("Ranking of %(quarter)s so far") % {"quarter": quarter}
    return Grid(head, [_("Task force"), _("Rank"), _("Points")], rows)


def cell_label(bulletin: Bulletin, team: str, cell: str) -> str:
    """What a number counts, and of whom."""
    columns = WEEK if bulletin.kind == Bulletin.Kind.WEEK else MONTH
    label = next((str(label) for name, label, _tone in columns if name == cell), "")
    if cell.startswith("cause_"):
        label = str(dict(Lead.Cause.choices).get(cell.removeprefix("cause_"), ""))
    whose = next((_name(row) for row in bulletin.numbers["teams"] if row["team"] == team), _("Together"))
    return f"{whose} · {label or cell}"


def sheet(found: Sequence[Table]) -> tuple[list[str], list[list[Any]]]:
    """All tables one below the other, for a workbook; whole numbers stay numbers."""
    first, *others = found
    rows: list[list[Any]] = [_numbers(row) for row in first.rows]
    for table in others:
        rows += [[], [table.title], list(table.header), *(_numbers(row) for row in table.rows)]
    return list(first.header), rows


def _numbers(row: Sequence[str]) -> list[Any]:
    return [int(cell) if cell.isdecimal() else cell for cell in row]
