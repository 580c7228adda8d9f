"""Facts of a lead put right, one cell of the lead table or many."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from investment.actions.duplicates import check_duplicates
from investment.actions.leads import touch
from investment.models import Lead
from portal.cases import search
from portal.cases.errors import Refused
from portal.cases.move import Move


def edit(move: Move) -> None:
    """Only what was given is written. Raises Refused where nothing would change, where the investor has an
    open lead already, and for the investment of a signed lead, which is that of its contract.

    A correction is nothing done for the lead: it idles on, unless the plan changed.
    """
    lead: Lead = move.case.lead
    changed = {name: given for name, given in move.data.items() if lead.fact(name) != given}
    if not changed:
        raise Refused(_("Nothing has changed."))
    if "investment_amount" in changed and lead.signed_on is not None:
        raise Refused(_("The investment of a signed lead is that of its contract."))
    _check_investor(move, lead, changed)
    for name, given in changed.items():
        setattr(move.case if name == "title" else lead, name, given)
    if changed.keys() & {"next_action", "next_action_on"}:
        touch(lead, move)
    if "investor_name" in changed:
        move.write_along(search.keeping(move.case.pk, lead.investor_name))
    move.keep(lead)


def _check_investor(move: Move, lead: Lead, changed: dict[str, Any]) -> None:
    """Who renames an investor meets the same check as who registers one."""
    if not changed.keys() & {"uscc", "investor_name"}:
        return
    check_duplicates(
        changed.get("uscc", ""),
        changed.get("investor_name", ""),
        same_name="investor_name" not in changed,
        by=move.by,
        now=move.now,
        but=lead,
    )
