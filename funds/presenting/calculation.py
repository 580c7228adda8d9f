"""The reckoning of an amount in words, line by line, for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from funds.models.policies import rate_words
from portal.money import money

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One line: what was done, and what came out. `total`: the last one."""

    says: str
    amount: str
    total: bool = False


def explained(lines: Sequence[Line]) -> list[Told]:
    """The lines that `funds.reckoning` has stored, in the reader's language."""
    return [_told(line) for line in lines]


def _yuan(line: Line, name: str) -> str:
    return money(Decimal(line.get(name) or 0))


def _told(line: Line) -> Told:
    key, amount = line.get("key"), _yuan(line, "amount")
    if key == "fixed":
        return Told(_("A fixed amount"), amount)
    if key == "rate":
        told = {"base": _yuan(line, "base"), "rate": rate_words(Decimal(line["rate"]))}
        return Told(_("%(base)s × %(rate)s") % told, amount)
    if key == "tier":
        told = {
            "from": _yuan(line, "from"),
            "base": _yuan(line, "base"),
            "rate": rate_words(Decimal(line["rate"])),
        }
        return Told(_("What lies above %(from)s: %(base)s × %(rate)s") % told, amount)
    if key == "step":
        told = {"from": _yuan(line, "from"), "base": _yuan(line, "base")}
        return Told(_("%(base)s reaches the step from %(from)s") % told, amount)
    if key == "cap":
        return Told(_("Not more than the cap of one claim"), _yuan(line, "cap"))
    if key == "earlier":
        return Told(
            _("Less what was reckoned for %(base)s before") % {"base": _yuan(line, "base")}, f"−{amount}"
        )
    if key == "lifetime":
        told = {"cap": _yuan(line, "cap"), "before": _yuan(line, "before")}
        return Told(_("Not more than %(cap)s in all, of which %(before)s came before") % told, "")
    return Told(_("Comes to"), amount, total=True)
