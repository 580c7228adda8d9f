"""The columns of the lead table: every field of a lead, what it is called, and how it is shown and written.

Source: dossier, section 5, "Lead table".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.forms import Textarea
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from investment.access import own_task_forces
from investment.forms.editing import LeadEditForm
from portal import money as amounts
from portal.cases.declaration import Text
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.trust.contacts import masked_name, masked_phone
from portal.worktime.clock import local

MONEY = ("investment_amount", "fixed_investment_amount", "output_amount", "tax_amount")
ROWS = ("envoy", "agent", "backup")
CONTACT = {"contact_name": masked_name, "contact_phone": masked_phone}
OTHERS: dict[str, Text] = {
    "step": gettext_lazy("Step"),
    "team": gettext_lazy("Task force"),
    "assignee": gettext_lazy("Handler"),
    "protected_until": gettext_lazy("Protected until"),
    "last_action_at": gettext_lazy("Last action"),
    "opened_at": gettext_lazy("Registered"),
    "signed_on": gettext_lazy("Signed on"),
    "lost_on": gettext_lazy("Lost on"),
    "lost_cause": gettext_lazy("Cause of the loss"),
    "lost_reason": gettext_lazy("Why it was lost"),
    "enterprise": gettext_lazy("Enterprise"),
    "project": gettext_lazy("Construction project"),
}
OF_CASE = ("step", "team", "assignee", "opened_at")


@dataclass(frozen=True)
class Column:
    """`kind` says how its cells are written: text, long, number, date, choice, yes_no; empty: elsewhere."""

    key: str
    label: Text
    kind: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind == "number"


def _kind(key: str) -> str:
    field: Any = LeadEditForm.base_fields[key]
    if key in ROWS:
        return ""
    if hasattr(field, "coerce"):
        return "yes_no"
    if hasattr(field, "choices"):
        return "choice"
    if hasattr(field, "max_digits") or (hasattr(field, "min_value") and key != "title"):
        return "number"
    if isinstance(field.widget, Textarea):
        return "long"
    return "date" if key.endswith("_on") else "text"


def _columns() -> tuple[Column, ...]:
    own = [
        Column(key, field.label or "", _kind(key))
        for key, field in LeadEditForm.base_fields.items()
        if key != "title"
    ]
    return (*(Column(key, label) for key, label in OTHERS.items()), *own)


COLUMNS = _columns()
BY_KEY = {column.key: column for column in COLUMNS}
AT_WORK = (
    "investor_name",
    "step",
    "investment_amount",
    "land_mu",
    "heat",
    "next_action",
    "next_action_on",
    "contact_name",
    "contact_phone",
    "assignee",
    "protected_until",
)
FROM_ABOVE = (
    "investor_name",
    "team",
    "step",
    "industry",
    "investment_amount",
    "is_key",
    "heat",
    "next_action",
    "next_action_on",
    "last_action_at",
)


def chosen(actor: Actor, kept: Sequence[str]) -> list[Column]:
    """The columns that the person chose; else those that serve who works on leads, or who looks on."""
    keys: Sequence[str] = kept or (AT_WORK if own_task_forces(actor) else FROM_ABOVE)
    return [BY_KEY[key] for key in keys if key in BY_KEY]


def raw(case: Case, key: str) -> Any:
    """What stands in the database."""
    return getattr(case if key in OF_CASE else case.lead, key)


def written(case: Case, column: Column) -> str:
    """What a person types to say the same."""
    value = raw(case, column.key)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def shown(case: Case, column: Column, *, contacts: bool) -> str:
    """What a person reads. The contact of a lead of others is masked."""
    value, key = raw(case, column.key), column.key
    if value in (None, ""):
        return ""
    if key in CONTACT:
        return value if contacts else CONTACT[key](value)
    if key == "step":
        return str(case.step_declared.label)
    if column.kind == "choice":
        return str(getattr(case.lead, f"get_{key}_display")())
    if key == "lost_cause":
        return str(case.lead.get_lost_cause_display())
    return _said(value, key)


def _said(value: Any, key: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return amounts.money(value) if key in MONEY else amounts.grouped(value)
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d}"
    if isinstance(value, date):
        return value.isoformat()
    if key == "project":
        return str(value.number)
    return str(getattr(value, "label", value))


def filed(case: Case, column: Column, *, contacts: bool) -> Any:
    """What stands in a file: numbers stay numbers, money in yuan."""
    value = raw(case, column.key)
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return shown(case, column, contacts=contacts)
