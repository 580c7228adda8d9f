"""达产即复核: set off by its date, filled with what the park knows, decided by rule and by a panel."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from approvals.access import PROJECT, REVIEW
from approvals.models import CapacityReview, Permit, Project, ReviewLine, ServiceItem, result_of
from portal.cases import engine
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park.models import MonthlyIndicator, Team
from portal.worktime.clock import at, local

# Without a promised day of full production: so long after completion (proposal; dossier, section 2, stage 5).
YEARS_AFTER_COMPLETION = 2
LEAD = "science"  # 科创局 leads (proposal); where there is no such team, the team of the project does


def projects_due(today: date) -> list[tuple[Project, date]]:
    """Projects whose day of full production has come and whose review is not open yet."""
    completion = Q(permits__item__stage=ServiceItem.Stage.COMPLETION, permits__decision="granted")
    # A little too many: the exact day, of a leap year too, is said by `review_day`.
    long_ago = at(years_later(today, -YEARS_AFTER_COMPLETION) + timedelta(days=2), time.min)
    completed = Permit.objects.filter(
        project=OuterRef("pk"),
        item__stage=ServiceItem.Stage.COMPLETION,
        decision="granted",
        decided_at__lt=long_ago,
    )
    waiting = (
        Project.objects.filter(case__kind=PROJECT, case__step="capacity_review", case__outcome="")
        .filter(Q(committed_capacity_on__lte=today) | Exists(completed))
        .exclude(Exists(CapacityReview.objects.filter(project=OuterRef("pk"))))
        .annotate(completed_at=Max("permits__decided_at", filter=completion))
        .select_related("case__team", "case__enterprise", "parcel")
        .order_by("pk")
    )
    found = [(project, review_day(project, project.completed_at)) for project in waiting]
    return [(project, day) for project, day in found if day is not None and day <= today]


def review_day(project: Project, completed_at: datetime | None) -> date | None:
    """The promised day of full production, or so long after completion, whichever is first."""
    days = [project.committed_capacity_on] if project.committed_capacity_on else []
    if completed_at is not None:
        days.append(years_later(local(completed_at).date(), YEARS_AFTER_COMPLETION))
    return min(days, default=None)


def years_later(day: date, years: int) -> date:
    """The same day of another year; the last one of February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def open_reviews(now: datetime) -> int:
    """Open what is due; how many. A project that somebody changes at this moment has its turn tomorrow."""
    done = 0
    for project, day in projects_due(local(now).date()):
        try:
            engine.open_case(
                REVIEW,
                by=None,
                enterprise=project.case.enterprise,
                team=lead(project.case),
                parent=project.case,
                data={"due_on": day},
                now=now,
                inside=True,
            )
        except CaseError:
            continue
        done += 1
    return done


def lead(case: Case) -> Team:
    return Team.objects.filter(code=LEAD, active=True).first() or case.team


def begin_review(move: Move) -> None:
    """The promises of the contract, each beside what the park knows of it."""
    project = Project.objects.select_related("parcel").get(pk=move.case.parent_id)
    due_on = move.data["due_on"]
    review = CapacityReview.objects.create(case=move.case, project=project, due_on=due_on)
    known = known_figures(project, local(move.now).date())
    lines = []
    for key in ReviewLine.MEASURES:
        promised = getattr(project, f"committed_{key}")
        if promised:
            lines.append(ReviewLine(review=review, key=key, promised=promised, known=known.get(key)))
    days = known_days(project)
    for key in ReviewLine.DATES:
        promised_on = getattr(project, f"committed_{key}")
        if promised_on:
            lines.append(ReviewLine(review=review, key=key, promised_on=promised_on, known_on=days.get(key)))
    if not lines:
        raise Refused(_("The contract promises nothing that could be reviewed."))
    ReviewLine.objects.bulk_create(lines)


def known_figures(project: Project, today: date) -> dict[str, Decimal]:
    """Of the monthly reports: invested since the contract; output and tax of twelve months per mu."""
    rows = MonthlyIndicator.objects.filter(enterprise=project.case.enterprise_id, month__lte=today)
    since = project.signed_on or local(project.case.opened_at).date()
    invested = rows.filter(month__gte=since.replace(day=1)).aggregate(sum=Sum("investment_amount"))["sum"]
    found = {"investment_amount": invested} if invested is not None else {}
    area = project.parcel.area_mu if project.parcel else project.land_mu
    last = rows.aggregate(last=Max("month"))["last"]
    if area and last:
        year = rows.filter(month__gt=years_later(last, -1))
        sums = year.aggregate(output=Sum("output_amount"), tax=Sum("tax_amount"))
        for name in ("output", "tax"):
            found[f"{name}_per_mu"] = (sums[name] / area).quantize(Decimal("0.01"))
    return found


def known_days(project: Project) -> dict[str, date]:
    """Of the permits: the first construction permit, and the last granted of the completion stage."""
    granted = project.permits.filter(decision=Permit.Decision.GRANTED)
    first = granted.filter(item__ends_total=True).order_by("decided_at").first()
    last = granted.filter(item__stage=ServiceItem.Stage.COMPLETION).order_by("-decided_at").first()
    found = {"start_on": first, "completion_on": last}
    return {key: local(p.decided_at).date() for key, p in found.items() if p and p.decided_at}


def tell_actuals(move: Move) -> None:
    """复核申报: the enterprise confirms what is known, or says what it has, with its proofs."""
    review: CapacityReview = move.case.capacity_review
    for line in review.lines.all():
        value, proof = move.data[line.key], move.data.get(f"paper_{line.key}")
        line.told, line.told_on = (None, value) if line.is_date else (value, None)
        if proof is not None:
            line.proof = proof
            engine.attach_in(move, proof)
        line.save(update_fields=["told", "told_on", "proof"])
    review.excuse = move.data["excuse"]
    review.excuse_text = move.data["excuse_text"]
    review.excused_days = 0  # the panel says how many
    move.keep(review)


def find_actuals(move: Move) -> None:
    """实地核查: what was found, line by line; the result follows by rule."""
    review: CapacityReview = move.case.capacity_review
    lines = list(review.lines.all())
    for line in lines:
        value = move.data[line.key]
        line.actual, line.actual_on = (None, value) if line.is_date else (value, None)
        line.verified_by = move.user
        line.save(update_fields=["actual", "actual_on", "verified_by"])
    review.excused_days = move.data.get("excused_days") or 0
    review.report = move.data["report"]
    review.result = result_of(lines, review.excused_days)
    move.keep(review)


def found_out(case: Case) -> None:
    if not case.capacity_review.result:
        raise Refused(_("Not every promise has been found out yet."))


def settle(move: Move) -> None:
    """The panel confirms the result; the enterprise has time to object before anything follows."""
    review: CapacityReview = move.case.capacity_review
    review.measures = move.data["measures"]
    move.keep(review)


def follow(move: Move) -> None:
    """Where it goes from the result: done, time to put it right, or what a breach means."""
    review: CapacityReview = move.case.capacity_review
    if review.result != CapacityReview.Result.BELOW:
        move.target = "passed"
        move.outcome = review.result
    else:
        move.target = "rectifying" if review.round == 1 else "default"


def object_to_result(move: Move) -> None:
    review: CapacityReview = move.case.capacity_review
    review.objection = move.data["reason"]
    move.keep(review)


def begin_second_round(move: Move) -> None:
    review: CapacityReview = move.case.capacity_review
    review.round, review.result = 2, ""
    move.keep(review)


def enforce(move: Move) -> None:
    """违约处理: what is taken back or charged is on record; the project ends with it."""
    review: CapacityReview = move.case.capacity_review
    review.measures = move.data["measures"]
    move.keep(review)


def no_review_open(case: Case) -> None:
    """A project is closed by hand only where nothing is under review (its contract promises nothing)."""
    if CapacityReview.objects.filter(project=case.pk, case__closed_at=None).exists():
        raise Refused(_("Its capacity review is under way: the project is done when that has ended."))


def project_is_reviewed(above: Move, child: Case) -> None:
    """The project is done when its review has ended; a review that was recalled leaves it as it is."""
    if child.kind == REVIEW and child.outcome != "recalled" and above.case.step == "capacity_review":
        above.enter(above.flow.step("done"), via="reviewed")
        above.log("reviewed", public={"outcome": child.outcome})
