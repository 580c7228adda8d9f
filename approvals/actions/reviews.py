"""达产即复核: set off by its date, filled with what the park knows, decided by rule and by a panel."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import DataError, IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from approvals.access import PERMIT, PLEDGE, PROJECT, REVIEW, VERIFICATION
from approvals.models import CapacityReview, Permit, Project, ReviewLine, ReviewRule, ServiceItem, result_of
from portal.cases import engine, watch
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park.models import MonthlyIndicator, Team
from portal.worktime.clock import at, local

# From here on a figure is a slip of the pen (yuan, an area of nearly nothing): it is found out on the spot.
NO_FIGURE = Decimal(10) ** 14
LEAD = "science"  # 科创局 leads (proposal); where there is no such team, the team of the project does


def projects_due(today: date) -> list[tuple[Project, date]]:
    """Projects whose day of full production has come and whose review is not open yet."""
    rule = ReviewRule.objects.on(today)
    completion = Q(
        permits__item__stage=ServiceItem.Stage.COMPLETION,
        permits__decision=Permit.Decision.GRANTED,
        permits__revoked_at=None,
    )
    # A little too many: the exact day, of a shorter month too, is said by `review_day`.
    long_ago = at(months_later(today, -rule.months_after_completion) + timedelta(days=3), time.min)
    completed = Permit.objects.filter(
        project=OuterRef("pk"),
        item__stage=ServiceItem.Stage.COMPLETION,
        decision=Permit.Decision.GRANTED,
        revoked_at=None,
        decided_at__lt=long_ago,
    )
    waiting = (
        Project.objects.filter(case__kind=PROJECT, case__step="capacity_review", case__closed_at=None)
        .filter(Q(committed_capacity_on__lte=today) | Exists(completed))
        .exclude(Exists(CapacityReview.objects.filter(project=OuterRef("pk"))))
        .annotate(completed_at=Max("permits__decided_at", filter=completion))
        .select_related("case__team", "case__enterprise", "parcel")
        .order_by("pk")
    )
    found = [(project, review_day(project, project.completed_at, rule)) for project in waiting]
    return [(project, day) for project, day in found if day is not None and day <= today]


def review_day(project: Project, completed_at: datetime | None, rule: ReviewRule) -> date | None:
    """The promised day of full production, or so long after completion, whichever is first."""
    days = [project.committed_capacity_on] if project.committed_capacity_on else []
    if completed_at is not None:
        days.append(months_later(local(completed_at).date(), rule.months_after_completion))
    return min(days, default=None)


def years_later(day: date, years: int) -> date:
    """The same day of another year; the last one of February where there is no 29th."""
    return months_later(day, 12 * years)


def months_later(day: date, months: int) -> date:
    """The same day of another month; its last one where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def open_reviews(now: datetime) -> int:
    """Open what is due; how many. Whose rows cannot be kept is put aside and shown, the rest go on."""
    done = 0
    for project, day in projects_due(local(now).date()):
        try:
            done += _open_review(project, day, now)
        except CaseError:
            continue  # nothing was promised: it is closed by hand
        except (DataError, IntegrityError) as error:
            watch.show_aside(project.pk, "approvals.reviews", error, now)
    return done


def _open_review(project: Project, day: date, now: datetime) -> int:
    """One review, if it is still due once the project is locked: 1, else 0."""
    with transaction.atomic():
        case = engine.lock(project.pk, by=None, now=now).case
        if case.step != "capacity_review" or CapacityReview.objects.filter(project=case.pk).exists():
            return 0  # another run was faster, or the project has ended
        engine.open_case(
            REVIEW,
            by=None,
            enterprise=case.enterprise,
            team=lead(case),
            parent=case,
            data={"due_on": day},
            now=now,
            inside=True,
        )
    return 1


def lead(case: Case) -> Team:
    return Team.objects.filter(code=LEAD, active=True).first() or case.team


def begin_review(move: Move) -> None:
    """The promises of the contract, each beside what the park knows of it."""
    project = Project.objects.select_related("parcel", "case").get(pk=move.case.parent_id)
    due_on = move.data["due_on"]
    rule = ReviewRule.objects.on(local(move.now).date())
    review = CapacityReview.objects.create(
        case=move.case, project=project, due_on=due_on, rule=rule if rule.pk else None
    )
    move.case.title = project.case.title
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
    return {name: value for name, value in found.items() if value < NO_FIGURE}


def known_days(project: Project) -> dict[str, date]:
    """Of the permits: the first construction permit, and the last granted of the completion stage."""
    granted = project.permits.in_force()
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
    review.result = result_of(lines, review.rules, review.excused_days)
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


def nothing_under_way(case: Case) -> None:
    """A project is closed by hand only where nothing is under review (its contract promises nothing).

    With it would go what is still to be decided or kept.
    """
    if CapacityReview.objects.filter(project=case.pk, case__closed_at=None).exists():
        raise Refused(_("Its capacity review is under way: the project is done when that has ended."))
    if _held_open(case):
        raise Refused(_("A permit, a pledged paper or a commitment is still open."))


def _held_open(case: Case) -> bool:
    """Whether something below a project is open that must not end with it unanswered."""
    return case.children.open().filter(kind__in=(PERMIT, PLEDGE, VERIFICATION)).exists()


def project_is_reviewed(above: Move, child: Case) -> None:
    """The project is done when its review has ended, and all that was promised has been looked at.

    A review that was recalled leaves it as it is.
    """
    if above.case.step != "capacity_review" or child.kind not in (REVIEW, PERMIT, PLEDGE, VERIFICATION):
        return
    ended = CapacityReview.objects.filter(project=above.case.pk).exclude(case__outcome__in=("", "recalled"))
    review = ended.select_related("case").first()
    if review is not None and not _held_open(above.case):
        above.enter(above.flow.step("done"), via="reviewed")
        above.log("reviewed", public={"outcome": review.case.outcome})
