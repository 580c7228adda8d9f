"""开工即配套: a connection is asked for, surveyed on the spot, chosen by the enterprise, built."""

from __future__ import annotations

from approvals.access import UTILITY
from approvals.actions.days import allow_until, wind_until
from approvals.models import Utility, UtilityRoute
from portal.cases import engine
from portal.cases.move import Move


def ask_for_utility(move: Move) -> None:
    """A case of the team that takes this kind; of the project's own where none is named."""
    kind = move.data["kind"]
    route = UtilityRoute.objects.filter(kind=kind, team__active=True).select_related("team").first()
    data = {name: move.data[name] for name in ("kind", "need", "wanted_on")}
    engine.open_case(
        UTILITY,
        by=move.by,
        enterprise=move.case.enterprise,
        team=route.team if route else move.case.team,
        parent=move.case,
        data=data,
        now=move.now,
        inside=True,
    )


def create_utility(move: Move) -> None:
    Utility.objects.create(
        case=move.case,
        project_id=move.case.parent_id,
        kind=move.data["kind"],
        need=move.data["need"],
        wanted_on=move.data["wanted_on"],
    )


def survey(move: Move) -> None:
    """现场察勘: position, photo, what was found."""
    utility: Utility = move.case.utility
    for name in ("surveyed_on", "longitude", "latitude", "survey_note"):
        setattr(utility, name, move.data[name])
    move.keep(utility)
    if move.data["photo"] is not None:
        engine.attach_in(move, move.data["photo"])


def propose(move: Move) -> None:
    utility: Utility = move.case.utility
    utility.options, utility.planned_on = move.data["options"], move.data["planned_on"]
    move.keep(utility)


def choose(move: Move) -> None:
    """The works may last until the day that was planned."""
    utility: Utility = move.case.utility
    utility.choice = move.data["choice"]
    move.keep(utility)
    if utility.planned_on is not None:
        allow_until(move, utility.planned_on)


def replan(move: Move) -> None:
    utility: Utility = move.case.utility
    utility.planned_on = move.data["planned_on"]
    move.keep(utility)
    wind_until(move, move.data["planned_on"])


def finish_works(move: Move) -> None:
    utility: Utility = move.case.utility
    utility.finished_on = move.data["finished_on"]
    move.keep(utility)
