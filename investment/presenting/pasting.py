"""What was copied from a spreadsheet, read as rows of the lead table.

The first line names the columns, by their labels in either language, by the words of the ledger or by their
keys; a unit in brackets counts ("总投资（万元）"). What a spreadsheet shows is understood: thousands marks,
dates with strokes, the labels of choices.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from investment.access import own_task_forces
from investment.forms import LeadEditForm, LeadForm
from investment.ledgers.leads import COLUMNS as LEDGER
from investment.models import Agent, Envoy
from portal.cases.errors import Refused
from portal.park.acting import Actor
from portal.park.models import Team
from portal.reports.export import RISKY

MOST_ROWS = 500
FIELDS: dict[str, Any] = {
    **{key: one for key, one in LeadEditForm.base_fields.items() if key != "backup"},
    "task_force": LeadForm.base_fields["task_force"],
}
OTHER_NAMES = {
    "number": "number",
    "编号": "number",
    "task_force_code": "task_force",
    "专班编码": "task_force",
    "专班": "task_force",
    "envoy_number": "envoy",
    "特使顾问编号": "envoy",
}
SCALES = {"万元": Decimal(10_000), "亿元": Decimal(100_000_000), "10,000 yuan": Decimal(10_000)}
YES_NO = {"是": "yes", "否": "no", "1": "yes", "0": "no", "y": "yes", "n": "no", "yes": "yes", "no": "no"}
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass
class Pasted:
    """The rows by the keys of their columns, and the columns that nobody knows."""

    rows: list[dict[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@cache
def _headers() -> dict[str, str]:
    found = {_bare(column.zh): column.key for column in LEDGER if column.key in FIELDS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_bare(str(one.label)): key for key, one in FIELDS.items()}
    return found | {key: key for key in FIELDS} | OTHER_NAMES


@cache
def _labels(key: str) -> dict[str, str]:
    """What a choice is called, in every language, and its word."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for value, label in FIELDS[key].choices:
                found |= {str(label).lower(): value, str(value).lower(): value}
    return found


def _bare(header: str) -> str:
    return _BRACKETS.sub("", header).strip().lower()


def read(text: str, actor: Actor) -> Pasted:
    """Raises Refused for what is no table: no line of columns, none that is known, more than 500 rows."""
    lines = [
        line for line in csv.reader(io.StringIO(text.strip("\ufeff\r\n")), dialect="excel-tab") if any(line)
    ]
    if len(lines) < 2:
        raise Refused(_("Paste a line of column names and at least one row under it."))
    if len(lines) - 1 > MOST_ROWS:
        raise Refused(_("These are more than 500 rows: paste them in parts, or bring in the ledger."))
    names = _headers()
    columns = [(names.get(_bare(cell), ""), _scale(cell), cell) for cell in lines[0]]
    if not any(key for key, _s, _c in columns):
        raise Refused(
            _("None of these column names is known: %(names)s.") % {"names": ", ".join(lines[0])[:200]}
        )
    own, named = _own(actor), _named()
    pasted = Pasted(unknown=[cell for key, _scaled, cell in columns if not key and cell.strip()])
    for line in lines[1:]:
        row = {
            key: _cell(key, cell, scale, named)
            for (key, scale, _name), cell in zip(columns, line, strict=False)
            if key
        }
        if own and not row.get("number"):
            row["task_force"] = row.get("task_force") or own
        pasted.rows.append(row)
    return pasted


def _scale(header: str) -> Decimal:
    units = _BRACKETS.findall(header)
    return SCALES.get(units[-1].strip().lower(), Decimal(1)) if units else Decimal(1)


def _own(actor: Actor) -> str:
    """The task force of somebody who works in one only."""
    own = own_task_forces(actor)
    return Team.objects.get(pk=own[0]).code if len(own) == 1 else ""


def _named() -> dict[str, dict[str, str]]:
    """What a spreadsheet calls rows of registers, by the number or the name of each."""
    forces = list(Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True))
    return {
        "task_force": {word: team.code for team in forces for word in (team.name, team.name_en) if word},
        "envoy": {number: str(pk) for number, pk in Envoy.objects.values_list("number", "pk")},
        "agent": {number: str(pk) for number, pk in Agent.objects.values_list("number", "pk")},
    }


def _cell(key: str, cell: str, scale: Decimal, named: Mapping[str, Mapping[str, str]]) -> str:
    text = cell.strip()
    if text.startswith("'") and text[1:].startswith(RISKY):  # as our own files write it
        text = text[1:]
    if key == "number" or not text:
        return text
    if key in named:
        return named[key].get(text, text)
    return _value(FIELDS[key], key, text, scale)


def _value(one: Any, key: str, text: str, scale: Decimal) -> str:
    if hasattr(one, "coerce"):
        return YES_NO.get(text.lower(), text)
    if hasattr(one, "choices"):
        return _labels(key).get(text.lower(), text)
    if hasattr(one, "min_value"):
        plain = text.replace(",", "").replace("，", "").replace(" ", "")
        try:
            return f"{Decimal(plain) * scale:f}" if scale != 1 else plain
        except InvalidOperation:
            return text
    if key.endswith("_on") and (day := _DAY.fullmatch(text)):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return text
