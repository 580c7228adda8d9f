"""What the transitions of a project write, and how it goes on by itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals.access import PERMIT
from approvals.actions.assistance import offer_assistance
from approvals.actions.land import take_parcel
from approvals.actions.standing import AFTER, STAGES, Standing, standing
from approvals.models import (
    BASELINE_DAYS,
    COMMITTED,
    FACTS,
    ComprehensiveWindow,
    LeaderContact,
    Parcel,
    Permit,
    ProcedureItem,
    Project,
)
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park.models import Team
from portal.worktime.clock import local

# Phases of the construction permit (dossier, section 2, [S7]); as the ledger writes them.
PHASES: dict[int, tuple[str, ...]] = {
    2: ("±0.000以下", "±0.000以上"),
    3: ("基坑支护和土方开挖", "地下室", "±0.000以上"),
}


def project_team(move: Move) -> Team:
    """The task force that was named, else the window for projects. Raises Refused where there is none."""
    chosen: Team | None = move.data.get("task_force")
    if chosen is not None:
        return chosen
    kind = ComprehensiveWindow.Kind.PROJECT_ASSISTANCE
    window = ComprehensiveWindow.objects.staffed().filter(kind=kind).first()
    if window is None or window.team is None:
        raise Refused(_("No window takes in projects: ask the administrator to name one."))
    return window.team


def create_project(move: Move) -> None:
    """The facts of a new project, under the procedure as it is published now."""
    data = move.data
    procedure = data["procedure"]
    version = procedure.versions.exclude(published_at=None).order_by("-number").first()
    parcel: Parcel | None = data.get("parcel")
    Project.objects.create(
        case=move.case,
        version=version,
        mode=procedure.mode,
        is_new_construction=data["is_new_construction"],
        is_key=data.get("is_key", False),
        investment_amount=data["investment_amount"],
        baseline_days=data.get("baseline_days") or BASELINE_DAYS,
        parcel=parcel,
        lead_number=data.get("lead_number", ""),
        task_force=data.get("task_force"),
        **{name: data[name] for name in FACTS if name != "land_mu"},
        land_mu=data["land_mu"] or (parcel.area_mu if parcel else None),
    )
    if parcel is not None:
        take_parcel(parcel, move.case, local(move.now).date())


def sign(move: Move) -> None:
    """签约: the promises of the contract are kept, and everything that waits for nothing can be filed."""
    project: Project = move.case.project
    for name in ("signed_on", *COMMITTED):
        setattr(project, name, move.data[name])
    move.keep(project)
    found = standing(project)
    _open_ready(move, project, found)
    offer_assistance(move)
    move.target = found.stage()


def note_contact(move: Move) -> None:
    if move.user is None:
        raise Refused(_("Only a person may do this."))
    LeaderContact.objects.create(
        project=move.case.project,
        kind=move.data["kind"],
        on=move.data["on"],
        note=move.data["note"],
        noted_by=move.user,
        noted_at=move.now,
    )


def change_facts(move: Move) -> None:
    """Facts decide what is needed: what can be filed because of them is opened at once."""
    project: Project = move.case.project
    for name in FACTS:
        setattr(project, name, move.data[name])
    move.keep(project)
    if move.case.step != "negotiation":
        go_on(move)


def has_procedure(case: Case) -> None:
    """Raises Refused for history of a ledger, which no procedure of the portal leads."""
    project: Project = case.project
    if project.version_id is None:
        raise Refused(_("This project came in by ledger: no procedure leads it."))


def open_another(move: Move) -> None:
    """Another permit of an item: filed again, or for one more building.

    Raises Refused for an item that is not needed, whose turn has not come, or that is under way.
    """
    project: Project = move.case.project
    place: ProcedureItem = move.data["place"]
    found = standing(project)
    if place.key not in found.places:
        raise Refused(_("“%(item)s” is not needed for this project.") % {"item": place.item.label})
    if awaited := found.awaited(place.key):
        names = _(", ").join(other.item.label for other in awaited)
        raise Refused(_("It is not its turn yet. These come before: %(items)s.") % {"items": names})
    label = move.data["label"]
    held = [p for p in found.permits.get(place.key, ()) if p.case.is_open or p.is_in_force]
    if held and not label:
        raise Refused(_("There is a permit for it already. For a part of the works name the building."))
    if any(p.phase_label == label for p in held):
        raise Refused(_("There is a permit for “%(part)s” already.") % {"part": label})
    open_permit(move, project, place, label)


def go_on(move: Move) -> None:
    """Open what can be filed now, and move the project on to the stage in which it is."""
    project = Project.objects.select_related("version__procedure").get(pk=move.case.pk)
    if project.version is None:
        return
    found = standing(project)
    _open_ready(move, project, found)
    order = ["negotiation", *(stage.value for stage in STAGES), AFTER.value]
    stage = found.stage()
    if move.case.step in order and order.index(stage) > order.index(move.case.step):
        before = move.case.step
        move.enter(move.flow.step(stage), via="went_on")
        move.log("went_on", **{"from": before, "to": stage})
        move.tell("case.moved", "handler", "enterprise", transition="")


def _open_ready(move: Move, project: Project, found: Standing) -> None:
    for place in found.ready():
        open_permit(move, project, place)


def open_permit(move: Move, project: Project, place: ProcedureItem, label: str = "") -> None:
    """A child case that waits for the enterprise to file; a phase carries the name that its scheme gives."""
    if not label and place.phase and project.version is not None:
        names = PHASES.get(project.version.procedure.phases, ())
        label = names[place.phase - 1] if place.phase <= len(names) else ""
    move.participate(place.item.team_id)  # who handles a part sees the whole
    taken = Permit.objects.filter(project=project, item=place.item_id).order_by("-sequence")
    last = taken.values_list("sequence", flat=True).first() or 0
    engine.open_case(
        PERMIT,
        by=move.by,
        enterprise=move.case.enterprise,
        parent=move.case,
        data={"place": place.pk, "sequence": last + 1, "label": label},
        now=move.now,
        inside=True,
    )
