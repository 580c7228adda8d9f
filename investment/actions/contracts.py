"""签约: the contract with its table of commitments, and what became of each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from investment.models import Commitment, Contract, Lead, TermSheet
from portal.cases.errors import Refused
from portal.cases.move import Move

Side, Kind = Commitment.Side, Commitment.Kind
# Field of the form → side and kind; those that are due when production begins have an amount and no day.
DAYS = {
    "start_on": (Side.INVESTOR, Kind.START),
    "completion_on": (Side.INVESTOR, Kind.COMPLETION),
    "production_on": (Side.INVESTOR, Kind.PRODUCTION),
    "land_on": (Side.PARK, Kind.LAND),
    "utilities_on": (Side.PARK, Kind.UTILITIES),
}
AMOUNTS = {
    "intensity": Kind.INTENSITY,
    "floor_area_ratio": Kind.FLOOR_AREA_RATIO,
    "output": Kind.OUTPUT,
    "tax": Kind.TAX,
    "jobs": Kind.JOBS,
    "energy": Kind.ENERGY,
}


def write_terms(move: Move) -> None:
    """One more version of the term sheet. Versions are never written over."""
    if move.user is None:
        raise Refused(_("Only a person may do this."))
    lead: Lead = move.case.lead
    last = lead.term_sheets.order_by("-version").values_list("version", flat=True).first() or 0
    TermSheet.objects.create(
        lead=lead,
        version=last + 1,
        text=move.data["text"],
        change=move.data["change"],
        written_by=move.user,
        written_at=move.now,
    )


def missing_terms(lead: Lead) -> list[str]:
    """What is missing for the terms to be agreed on, in words."""
    return [] if lead.term_sheets.exists() else [_("There is no term sheet yet.")]


def keep_contract(lead: Lead, given: dict[str, Any]) -> None:
    """The contract of a lead with its commitments. One that is signed anew takes the place of the earlier.

    Raises Refused for a number that another contract has.
    """
    if Contract.objects.filter(number=given["contract_number"]).exclude(lead=lead).exists():
        raise Refused(_("Another contract has the number %(number)s.") % {"number": given["contract_number"]})
    Contract.objects.filter(lead=lead).delete()
    contract = Contract.objects.create(
        lead=lead,
        number=given["contract_number"],
        signed_on=given["signed_on"],
        investment_amount=given["investment_amount"],
    )
    Commitment.objects.bulk_create(_commitments(contract, given))


def _commitments(contract: Contract, given: dict[str, Any]) -> list[Commitment]:
    rows = [
        Commitment(
            contract=contract,
            side=Side.INVESTOR,
            kind=Kind.INVESTMENT,
            amount=given["investment_amount"],
            due_on=given["completion_on"],
        )
    ]
    rows += [
        Commitment(contract=contract, side=side, kind=kind, due_on=given[name])
        for name, (side, kind) in DAYS.items()
        if given.get(name)
    ]
    rows += [
        Commitment(
            contract=contract,
            side=Side.INVESTOR,
            kind=kind,
            amount=Decimal(given[name]),
            due_on=given["production_on"],
        )
        for name, kind in AMOUNTS.items()
        if given.get(name)
    ]
    if given.get("reward_amount") and given.get("reward_on"):
        rows.append(
            Commitment(
                contract=contract,
                side=Side.PARK,
                kind=Kind.REWARD,
                amount=given["reward_amount"],
                due_on=given["reward_on"],
            )
        )
    return rows


def add_commitment(move: Move) -> None:
    """One more duty. Raises Refused where there is no contract."""
    given = {name: move.data[name] for name in ("side", "kind", "text", "amount", "due_on")}
    Commitment.objects.create(contract=_contract(move.case.lead), **given)


def note_commitment(move: Move) -> None:
    """What became of a duty, and what shows it."""
    commitment: Commitment = move.data["commitment"]
    for name in ("done_on", "done_amount", "proof"):
        setattr(commitment, name, move.data[name])
    commitment.noted_by = move.user
    commitment.save()


def has_contract(lead: Lead) -> bool:
    return Contract.objects.filter(lead=lead).exists()


def _contract(lead: Lead) -> Contract:
    found = Contract.objects.filter(lead=lead).first()
    if found is None:
        raise Refused(_("There is no contract yet."))
    return found
