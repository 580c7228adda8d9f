"""What the transitions of a request write, and what must hold before them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from portal.cases import clock, engine
from portal.cases import flow as co_handling
from portal.cases.errors import CaseError, Conflict, Refused
from portal.cases.models import Case, Document
from portal.cases.move import Move
from portal.cases.offices import office
from portal.park.models import Team
from portal.worktime.clock import Calendar, Limit, Unit, at, local
from stations.models import (
    NOTE_WITHIN,
    NOTED_STEP,
    Category,
    Grade,
    Milestone,
    Request,
    Result,
    Stage,
    Station,
)


def first_team(move: Move) -> Team:
    """The chosen station; discipline inspection for complaints about conduct."""
    if move.data["category"] == Category.CONDUCT:
        move.case.sealed = True
        chosen = office("discipline")
        if move.data["accused_team"] == chosen:
            raise Refused(_("A complaint about this office itself goes to the provincial authority."))
        return chosen
    station: Station = move.data["station"]
    return station.team


def create_request(move: Move) -> None:
    """The facts of a new request, and its papers."""
    data, case = move.data, move.case
    case.urgent = case.grade == Grade.URGENT
    facts = Request(
        case=case,
        first_team=case.team,
        category=data["category"],
        channel=data.get("channel") or "web",
        description=data["description"],
        contact_name=data["contact_name"],
        contact_phone=data["contact_phone"],
        contact_way=data["contact_way"],
        external_number=data.get("external_number", ""),
        accused_team=data["accused_team"],
    )
    move.keep(facts)
    for document in data["documents"]:
        engine.attach_in(move, document)


def accept(move: Move) -> None:
    facts = move.case.request
    facts.category, facts.accepted_at = move.data["category"], move.now
    move.keep(facts)
    grade = move.data["grade"]
    move.regrade(grade, urgent=grade == Grade.URGENT)


def answer_at_once(move: Move) -> None:
    """An answer at the desk accepts and reports in one step."""
    facts = move.case.request
    if facts.accepted_at is None:
        facts.accepted_at = move.now
        move.start_clock()
    facts.handling_team = move.case.team
    report(move)


def handle_here(move: Move) -> None:
    facts = move.case.request
    facts.handling_team = move.case.team
    move.keep(facts)


def not_sealed(case: Case) -> None:
    if case.sealed:
        raise Refused(_("A sealed complaint stays with discipline inspection."))


def dispatch(move: Move) -> None:
    _hand_to(move, move.data["team"])
    for team in move.data.get("co_teams") or ():
        ask_team(move, team, move.data["ask"])


def route(move: Move) -> None:
    _hand_to(move, move.data["team"])


def _hand_to(move: Move, team: Team) -> None:
    facts = move.case.request
    if team.pk == facts.accused_team_id:
        raise Refused(_("It cannot go to the unit complained of."))
    facts.handling_team = team
    move.keep(facts)
    move.route(team)


def not_objected_before(case: Case) -> None:
    """One refusal only: the second decision is final (dossier, section 4)."""
    if case.request.objected:
        raise Refused(_("The routing has been decided after an objection: it is final."))


def something_to_merge_into(case: Case) -> None:
    """Raises Refused for a sealed complaint, and where the enterprise has no earlier open request."""
    not_sealed(case)
    if not Request.objects.to_merge_into(case).exists():
        raise Refused(_("The enterprise has no earlier open request at this station."))


def merge(move: Move) -> None:
    """并案: the earlier request of the same matter goes on (dossier, section 4: "one pool, one number").

    Its row is locked second. No circle can come of it: who holds a request waits for older ones or
    for its own children only, and these are never requests.
    """
    case, facts = move.case, move.case.request
    above = engine.lock(move.data["into"].pk, by=move.by, now=move.now, inside=True)
    kept = above.case
    if not kept.is_open:
        raise Conflict(_("%(number)s has been closed meanwhile.") % {"number": kept.number})
    facts.duplicate_of = kept
    move.keep(facts)
    Request.objects.filter(pk=kept.pk).update(merged_count=F("merged_count") + 1)
    _hand_papers_on(case, above)
    for team_id in kept.participants.values_list("team_id", flat=True):
        move.participate(team_id)  # who handles the matter sees all that was said of it
    above.log("took_in", public={"merged": str(case)})
    above.tell("stations.took_in", "handler", merged=case.number)
    above.save()
    move.tell("stations.merged", "enterprise", into=kept.number)


def _hand_papers_on(case: Case, above: Move) -> None:
    """Use the papers of a merged request in the one that goes on; its letters stay where they were sent."""
    usable = Q(document__scan_state=Document.Scan.CLEAN)
    own = Q(document__letter=None, document__letter_translated=None)
    for use in case.attachments.filter(usable & own).select_related("document"):
        engine.attach_in(above, use.document, internal=use.internal)


def object_to_routing(move: Move) -> None:
    facts = move.case.request
    facts.objected = True
    move.keep(facts)
    move.route(office("enterprise_service"))


def plan(move: Move) -> None:
    facts = move.case.request
    facts.plan, facts.planned_on = move.data["plan"], move.data["planned_on"]
    facts.milestone_count = len(move.data["milestones"])
    move.keep(facts)
    if facts.milestone_count:
        _set_milestones(move, move.data["milestones"])


def _set_milestones(move: Move, stages: Sequence[Stage]) -> None:
    """Keep the milestones. Each is a stay of its own; the last one becomes the promise if it lies later.

    Source: domain dossier, section 4 (重大疑难: "30 wd or staged plan with milestones").
    """
    case, calendar = move.case, move.calendar
    anchor, spans = case.clock_from_at or case.opened_at, clock.spans(move.pauses)
    rows = []
    for seq, stage in enumerate(stages, start=1):
        end = at(stage.due_on, calendar.hours.closes_at)
        days = int(calendar.used(anchor, end, Unit.WORKING_DAY, spans))
        rows.append(Milestone(request=case.request, seq=seq, what=stage.what, due_on=stage.due_on, days=days))
    Milestone.objects.bulk_create(rows)
    if case.promise_due_at is None or rows[-1].due_at(calendar) > case.promise_due_at:
        move.promise(Limit(Decimal(rows[-1].days), Unit.WORKING_DAY))
    _begin(move, rows[0])


def _begin(move: Move, milestone: Milestone) -> None:
    """The stay that begins now lasts until the milestone; where that has passed, it is late at once."""
    calendar = move.calendar
    received, due = calendar.receipt_day(move.now), local(milestone.due_at(calendar)).date()
    move.allow(Limit(Decimal(calendar.working_days_between(received, due)), Unit.WORKING_DAY))


def milestones_ahead(case: Case) -> None:
    """Raises Refused where the plan has no milestones, or all are reached."""
    if case.request.reached_count >= case.request.milestone_count:
        raise Refused(_("The plan has no milestone that is still ahead."))


def is_the_next_milestone(case: Case, move: Move) -> None:
    """Raises Conflict for one that somebody has reached meanwhile: a second click does not reach two."""
    if move.data["milestone"] != case.request.reached_count + 1:
        raise Conflict(_("This milestone has been reached already."))


def reach_milestone(move: Move) -> None:
    """完成节点: the next milestone begins; after the last one the promise of the case rules alone."""
    facts = move.case.request
    reached, *ahead = facts.milestones.filter(reached_at=None).order_by("seq")[:2]
    reached.reached_at, reached.reached_by, reached.note = move.now, move.user, move.data["note"]
    reached.save(update_fields=["reached_at", "reached_by", "note"])
    facts.reached_count += 1
    facts.noted_at = move.now
    move.keep(facts)
    if ahead:
        _begin(move, ahead[0])
    move.enter(move.flow.step(NOTED_STEP), via="reach_milestone")


def postpone(move: Move, days: int) -> None:
    """More time for the whole gives as much to every milestone ahead, the present one included."""
    facts = move.case.request
    ahead = facts.milestones.filter(reached_at=None).order_by("seq") if facts.milestone_count else ()
    for milestone in ahead:
        milestone.days += days
        milestone.due_on = facts.planned_on = local(milestone.due_at(move.calendar)).date()
        milestone.save(update_fields=["days", "due_on"])
    if ahead:
        move.keep(facts)
        if move.case.step == NOTED_STEP:
            move.lengthen_stay(days)


def note_progress(move: Move) -> None:
    facts = move.case.request
    facts.noted_at = move.now
    move.keep(facts)


def remember_reminder(move: Move) -> None:
    facts = move.case.request
    facts.reminded_at = move.now
    move.keep(facts)


def remind_of_notes(now: datetime) -> int:
    """Remind the handlers of requests of which nobody has noted progress in time; the number reminded.

    Once for each note that is missing; a run that was missed is made up by the next.
    """
    done = 0
    calendar = Calendar.current()
    for facts in _without_note(now, calendar):
        due = facts.note_due_by(calendar)
        if due is None or due > now:
            continue
        try:
            engine.perform(facts.case, "remind_of_note", by=None, now=now)
        except CaseError:  # it has moved on meanwhile
            continue
        done += 1
    return done


def remind_by_day(now: datetime) -> int:
    """What the periodic job does: nothing at night."""
    return remind_of_notes(now) if Calendar.current().in_alert_hours(now) else 0


def _without_note(now: datetime, calendar: Calendar) -> QuerySet[Request]:
    """Where the time for a note may be over: pauses only make it later."""
    last = calendar.working_date(calendar.ordinal(local(now).date()) - int(NOTE_WITHIN.amount))
    handled = Request.objects.filter(case__step=NOTED_STEP, case__closed_at=None, case__paused_at=None)
    told = handled.annotate(told_at=Greatest("noted_at", "case__entered_at"))  # the newer; nulls do not count
    missing = told.filter(told_at__lt=at(last + timedelta(days=1), time.min))
    again = Q(reminded_at=None) | Q(reminded_at__lt=F("told_at"))
    return missing.filter(again).select_related("case").order_by("told_at")


def review(move: Move) -> None:
    """长期跟踪: reviewed every month; the review begins a new month."""
    facts = move.case.request
    if move.data.get("planned_on"):
        facts.planned_on = move.data["planned_on"]
        move.keep(facts)
    move.enter(move.flow.step("tracking"), via="review")


def ask_co_handler(move: Move) -> None:
    ask_team(move, move.data["team"], move.data["ask"])


def ask_team(move: Move, team: Team, ask: str) -> None:
    if team.pk == move.case.request.accused_team_id:
        raise Refused(_("It cannot go to the unit complained of."))
    co_handling.ask_team(move, team, ask)


def report(move: Move) -> None:
    facts = move.case.request
    facts.result = move.data["result"]
    facts.result_text = move.data["result_text"]
    facts.result_basis = move.data["result_basis"]
    facts.by_silence = False
    if move.data.get("planned_on"):
        facts.planned_on = move.data["planned_on"]
    move.keep(facts)


def to_first_taker(move: Move) -> None:
    """Verification lies with the station that took the request, not with who handled it."""
    move.route(move.case.request.first_team)


def to_first_taker_by_silence(move: Move) -> None:
    facts = move.case.request
    facts.by_silence = True
    move.keep(facts)
    to_first_taker(move)


def back_to_handler(move: Move) -> None:
    team = move.case.request.handling_team
    if team is not None:
        move.route(team)


def close_or_track(move: Move) -> None:
    """Resolved and explained close; planned stays open and is reviewed every month (长期跟踪)."""
    result = move.case.request.result
    if result == Result.PLANNED:
        move.target = "tracking"
        back_to_handler(move)
    else:
        move.outcome = result
