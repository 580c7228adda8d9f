"""注册落户: the enterprise that was founded, and the construction project that the butler goes on with.

The project belongs to another domain: it is opened by the name of its kind, with the form that this kind
declares (architecture, "domains know each other by kind only").
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from investment.access import PROJECT
from investment.models import Lead
from portal.cases import engine
from portal.cases.declaration import FLOWS
from portal.cases.errors import Invalid, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park.models import Enterprise


def settle(move: Move) -> None:
    """The licence is there: the enterprise comes into the register, and its project is opened with its roles.

    Raises Refused for what the project's own rules refuse.
    """
    lead: Lead = move.case.lead
    lead.enterprise = _enterprise(move)
    lead.uscc = lead.enterprise.uscc
    lead.project = _project(move, lead)


def _enterprise(move: Move) -> Enterprise:
    given = move.data
    found, _created = Enterprise.objects.get_or_create(
        uscc=given["uscc"],
        defaults={
            "name": given["licence"],
            "industry": move.case.lead.industry,
            "size": Enterprise.Size.SMALL,
            "settled_on": given["settled_on"],
        },
    )
    return found


def _project(move: Move, lead: Lead) -> Case:
    given = move.data
    try:
        project = engine.open_case(
            PROJECT,
            by=move.by,
            enterprise=lead.enterprise,
            data={
                "name": move.case.title,
                "procedure": _key(given["procedure"]),
                "investment_amount": str(lead.investment_amount),
                "is_new_construction": "on",
                "is_key": "on" if lead.is_key else "",
                "task_force": move.case.team_id,
                "parcel": _key(given["parcel"]),
                "lead_number": move.case.number,
                "baseline_days": given["baseline_days"],
                "site_address": given["site"],
                "land_mu": "" if lead.land_mu is None else str(lead.land_mu),
                "energy_tce": "" if lead.energy_tce is None else str(lead.energy_tce),
            },
            now=move.now,
            inside=True,
            form=FLOWS[PROJECT].opening.desk_form,
        )
        return engine.perform(
            project,
            "appoint",
            by=move.by,
            data={
                "is_key": "on" if lead.is_key else "",
                "leader": _key(given["leader"]),
                "task_force": move.case.team_id,
                "butler": _key(given["butler"]),
            },
            now=move.now,
        )
    except Invalid as error:
        raise Refused(str(error)) from error


def _key(chosen: Model | None) -> Any:
    """What a page would send for a choice."""
    return chosen.pk if chosen is not None else ""
