"""What the transitions of a permit write, and what must hold before them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals.access import PLEDGE, VERIFICATION
from approvals.actions.days import allow_until
from approvals.actions.projects import go_on
from approvals.models import (
    STAGE_FACTS,
    ComprehensiveWindow,
    Permit,
    PermitPaper,
    Pledge,
    Project,
    ServiceItem,
)
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.flow import CO_HANDLING, ask_team, parts_replied
from portal.cases.models import Case, Pause
from portal.cases.move import Move
from portal.park.models import Team
from portal.worktime.clock import Limit, Unit, local


def permit_title(data: object) -> str:
    place, label = data["place"], data["label"]  # type: ignore[index]  # of its form
    return f"{place.item.name}（{label}）" if label else str(place.item.name)


def permit_number(move: Move) -> str:
    """<project>/<item>/<sequence>, as the ledger of pauses names it. Raises Refused when it is too long."""
    above = move.case.parent
    number = f"{above.number if above else ''}/{move.data['place'].item.code}/{move.data['sequence']}"
    if len(number) > Case._meta.get_field("number").max_length:  # type: ignore[operator]  # it has one
        raise Refused(_("The number %(number)s is too long.") % {"number": number})
    return number


def intake_team(move: Move) -> Team:
    """The window that takes the item in, else the department itself."""
    item: ServiceItem = move.data["place"].item
    taking = ComprehensiveWindow.objects.staffed().filter(intake__item=item)
    window = taking.order_by("code").first()
    return window.team if window is not None and window.team is not None else item.team


def create_permit(move: Move) -> None:
    place = move.data["place"]
    Permit.objects.create(
        case=move.case,
        project_id=move.case.parent_id,
        item=place.item,
        place=place,
        sequence=move.data["sequence"],
        phase_label=move.data["label"],
    )


def submit(move: Move) -> None:
    """Keep what was filed: the facts with the project, papers and pledges with the permit."""
    permit: Permit = move.case.permit
    permit.by_commitment = bool(move.data.get("commitment"))
    move.keep(permit)
    _keep_facts(move, permit)
    for material in permit.item.materials.all():
        document = move.data.get(f"paper_{material.pk}")
        pledged_on = move.data.get(f"pledge_{material.pk}")
        if document is None and pledged_on is None:
            continue
        PermitPaper.objects.update_or_create(
            permit=permit, material=material, defaults={"document": document, "pledged_on": pledged_on}
        )
        if document is not None:
            engine.attach_in(move, document)


def _keep_facts(move: Move, permit: Permit) -> None:
    """One form, filled once: what is told here stands in every later form."""
    asked = STAGE_FACTS.get(permit.item.stage, ())
    told = {name: move.data[name] for name in asked if name in move.data}
    project = permit.project
    if any(getattr(project, name) != value for name, value in told.items()):
        Project.objects.filter(pk=project.pk).update(**told)
        _project_goes_on(move)


def _project_goes_on(move: Move) -> None:
    """The project above, whose row is locked along with that of its permit, takes its next steps."""
    above = engine.lock(move.case.parent_id or 0, by=move.by, now=move.now, inside=True)
    go_on(above)
    above.save()


def limit_of(permit: Permit) -> Limit | None:
    """How long it may take: what its procedure says, else the promise of the catalogue, else the law."""
    item = permit.item
    if permit.place is not None and permit.place.days:
        return Limit(Decimal(permit.place.days), Unit.WORKING_DAY)
    if item.promised_days:
        return Limit(Decimal(item.promised_days), Unit(item.promised_unit))
    if item.statutory_days:
        return Limit(Decimal(item.statutory_days), Unit(item.statutory_unit))
    return None


def accept(move: Move) -> None:
    """受理: the clock of the permit starts, its department takes over, its parts and pledges begin."""
    permit: Permit = move.case.permit
    permit.accepted_at = move.case.clock_from_at
    move.keep(permit)
    if (limit := limit_of(permit)) is not None:
        move.promise(limit)
    move.route(permit.item.team)
    for paper in permit.papers.filter(document=None).select_related("material"):
        _open_pledge(move, permit, paper)
    for part in permit.item.parts.select_related("team"):
        if part.team_id != move.case.team_id:
            ask_team(move, part.team, part.ask)


def deem_accepted(move: Move) -> None:
    """No answer within five working days: it counts as accepted from the day on which all was there.

    Source: 行政许可法 §32. What the park has let lie is not taken from its limit; and it is on record.
    """
    permit: Permit = move.case.permit
    permit.deemed_accepted = True
    move.start_clock(_came_at(move))
    accept(move)


def _came_at(move: Move) -> datetime:
    """When what was filed was complete: handed in, or the last supplement of it."""
    stops = [pause.to_at for pause in move.pauses if pause.reason != Pause.Reason.TURN and pause.to_at]
    return max([move.case.entered_at, *stops])


def parts_answered(case: Case) -> None:
    """联合验收: every part has been answered; one that the item wants is not left out by recalling it."""
    parts_replied(case)
    asked = case.children.filter(kind=CO_HANDLING)
    answered = asked.filter(outcome="replied").values("team")
    recalled = asked.filter(outcome="recalled").exclude(team__in=answered).values("team")
    left_out = case.permit.item.parts.filter(team__in=recalled).select_related("team").first()
    if left_out is not None:
        told = _("This item wants the opinion of %(team)s, whose request was recalled: ask again.")
        raise Refused(told % {"team": left_out.team})


def ask_co_handler(move: Move) -> None:
    ask_team(move, move.data["team"], move.data["ask"])


def review(move: Move) -> None:
    permit: Permit = move.case.permit
    permit.opinion = move.data["opinion"]
    move.keep(permit)


def pledges_hold(case: Case) -> None:
    """Raises Refused while a pledged paper has not come by its day: another day, or a refusal."""
    unmet = case.permit.pledges.filter(case__step="unmet").select_related("paper__material")
    if names := [pledge.paper.material.label for pledge in unmet if pledge.paper]:
        told = _("Pledged and not brought by its day: %(papers)s. Give another day, or refuse.")
        raise Refused(told % {"papers": _(", ").join(names)})


def grant(move: Move) -> None:
    """准予: the clock of the permit has run; what waited for it can be filed from now on."""
    permit: Permit = move.case.permit
    permit.decision, permit.decided_at = Permit.Decision.GRANTED, move.now
    permit.grounds = move.data["grounds"]
    move.keep(permit)
    if permit.by_commitment:
        _open_verification(move, permit)
    _project_goes_on(move)


def refuse(move: Move) -> None:
    permit: Permit = move.case.permit
    permit.decision, permit.decided_at = Permit.Decision.REFUSED, move.now
    permit.grounds, permit.remedies = move.data["grounds"], move.data["remedies"]
    move.keep(permit)
    drop_pledges(move)


def drop_pledges(move: Move) -> None:
    """What was promised for a permit that does not come is no longer waited for."""
    _drop(move, move.case.permit.pledges.all())


def _drop(move: Move, pledges: QuerySet[Pledge]) -> None:
    for pledge in pledges.filter(case__closed_at=None).order_by("pk"):
        engine.perform(pledge.case_id, "recall", by=None, now=move.now)


def issue(move: Move) -> None:
    """制证送达: number, certificate in two languages, and a page on which anybody can verify it."""
    permit: Permit = move.case.permit
    permit.certificate_token = uuid4()
    move.keep(permit)
    engine.issue_in(move, "certificate")


def _open_pledge(move: Move, permit: Permit, paper: PermitPaper) -> None:
    engine.open_case(
        PLEDGE,
        by=move.by,
        enterprise=move.case.enterprise,
        team=permit.item.team,
        parent=permit.project.case,  # so that it outlives the permit's own case
        data={"paper": paper.pk},
        now=move.now,
        inside=True,
    )


def create_pledge(move: Move) -> None:
    paper: PermitPaper = move.data["paper"]
    due_on = paper.pledged_on or local(move.now).date()
    Pledge.objects.create(
        case=move.case, permit=paper.permit, kind=Pledge.Kind.PAPER, paper=paper, due_on=due_on
    )
    allow_until(move, due_on)


def supply_paper(move: Move) -> None:
    """The pledged paper is here: it belongs to the permit as if it had come with it."""
    pledge: Pledge = move.case.pledge
    document = move.data["paper"]
    PermitPaper.objects.filter(pledge=pledge).update(document=document)
    engine.attach_in(move, document)


def set_new_day(move: Move) -> None:
    pledge: Pledge = move.case.pledge
    pledge.due_on = move.data["due_on"]
    move.keep(pledge)
    allow_until(move, pledge.due_on)


def _open_verification(move: Move, permit: Permit) -> None:
    engine.open_case(
        VERIFICATION,
        by=move.by,
        enterprise=move.case.enterprise,
        team=permit.item.team,
        parent=permit.project.case,
        data={"permit": permit.pk},
        now=move.now,
        inside=True,
    )


def create_verification(move: Move) -> None:
    """后续核查: by the day that the service standard of verifications sets."""
    limit = move.standard.limit(move.case.step, move.case.grade)
    due_at = move.calendar.due_at(move.now, limit) if limit is not None else move.now
    Pledge.objects.create(
        case=move.case,
        permit=move.data["permit"],
        kind=Pledge.Kind.COMMITMENT,
        due_on=local(due_at).date(),
    )


def find_kept(move: Move) -> None:
    pledge: Pledge = move.case.pledge
    pledge.finding = move.data["finding"]
    move.keep(pledge)


def in_force(case: Case) -> None:
    """Raises Refused for a permit that there is nothing of to be revoked."""
    permit: Permit = case.pledge.permit
    if permit.revoked_at is not None:
        raise Refused(_("The permit has been revoked already."))
    if not permit.is_in_force:
        raise Refused(_("The permit is not granted yet: it is refused, not revoked."))


def revoke(move: Move) -> None:
    """撤销: the permit falls, with all that was promised for it; who scans its certificate is told so.

    One whose certificate is still being made ends with it.
    """
    pledge: Pledge = move.case.pledge
    pledge.finding = move.data["why"]
    move.keep(pledge)
    Permit.objects.filter(pk=pledge.permit_id).update(revoked_at=move.now, revoked_why=move.data["why"])
    _drop(move, Pledge.objects.filter(permit=pledge.permit_id).exclude(pk=pledge.pk))
    above = engine.lock(pledge.permit_id, by=move.by, now=move.now, inside=True)
    if above.case.is_open:
        engine.perform(above.case, "revoke", by=None, now=move.now)
