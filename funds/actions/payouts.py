"""Plans of a month and the stop list. Amounts in yuan.

Locks are taken in one order everywhere: cases by number, budgets by number, then the rows that hang on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from funds.access import FINANCE_OFFICE, PLAN
from funds.actions import money
from funds.models import BudgetLine, Claim, Instalment, Plan, PlanLine
from portal.cases import engine
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices
from portal.worktime.clock import Limit, Unit, local

COLLECT_UNTIL, REVIEW_UNTIL = 20, 25  # days of the month (dossier, section 3, step 10 [D])
LINES_AT_ONCE = 1000  # of the budget ledger, in one statement
PAID = (Instalment.State.PAID, Instalment.State.CREDITED)


# The plan of a month -----------------------------------------------------------------------------------


def open_plan(now: datetime) -> int:
    """The plan of this month, once; how many were opened."""
    month = local(now).date().replace(day=1)
    team = offices.team_of(FINANCE_OFFICE)
    if team is None or Plan.objects.filter(month=month).exists():
        return 0
    try:
        engine.open_case(PLAN, by=None, team=team, data={"month": month}, now=now, inside=True)
    except CaseError:
        return 0
    return 1


def tend_plans(now: datetime) -> int:
    """Open the plan of this month where it is missing, and close what is paid, or was empty when its month
    ended; how many plans that were."""
    done = open_plan(now)
    this_month = local(now).date().replace(day=1)
    for plan in Plan.objects.filter(case__closed_at=None).select_related("case").order_by("pk"):
        over = plan.case.step == "collecting" and plan.month < this_month
        name = "close" if plan.case.step == "paying" else "close_empty" if over else ""
        try:
            if name:
                engine.perform(plan.pk, name, by=None, now=now)
                done += 1
        except CaseError:
            continue  # something of it is still to be paid
    return done


def create_plan(move: Move) -> None:
    """The plan with everything that waits. Raises Refused when the month has its plan."""
    month = move.data["month"]
    if Plan.objects.filter(month=month).exists():
        raise Refused(_("There is a plan for this month already."))
    plan = Plan.objects.create(case=move.case, month=month)
    _collect(plan, move.now)
    move.allow(_until(move, month.replace(day=COLLECT_UNTIL)))


def _until(move: Move, last: date) -> Limit:
    return Limit(Decimal(max(1, (last - local(move.now).date()).days)), Unit.CALENDAR_DAY)


def _collect(plan: Plan, now: datetime) -> int:
    """Take in what waits for a plan; who comes twice is taken once."""
    waiting = Instalment.objects.filter(
        state=Instalment.State.PLANNED, due_on__lte=local(now).date()
    ).exclude(Q(plan_lines__plan=plan) | Q(plan_lines__deferred_why=""))
    lines = [PlanLine(plan=plan, instalment=one) for one in waiting.order_by("due_on", "pk")]
    return len(PlanLine.objects.bulk_create(lines, ignore_conflicts=True))


def collect_again(move: Move) -> None:
    _collect(move.case.plan, move.now)


def submit_plan(move: Move) -> None:
    """Collected: to be reviewed until the 25th."""
    plan: Plan = move.case.plan
    _collect(plan, move.now)
    move.allow(_until(move, plan.month.replace(day=REVIEW_UNTIL)))


def plan_title(data: Any) -> str:
    month: date = data["month"]
    return _("Payment plan %(month)s") % {"month": f"{month:%Y-%m}"}


def has_no_lines(case: Case) -> None:
    if PlanLine.objects.filter(plan=case.pk, deferred_why="").exists():
        raise Refused(_("There is something to pay in this plan."))


def has_lines(case: Case) -> None:
    if not PlanLine.objects.filter(plan=case.pk, deferred_why="").exists():
        raise Refused(_("There is nothing to pay in this plan."))


def defer(move: Move) -> None:
    """A line is put off, with a reason that its enterprise reads."""
    found = PlanLine.objects.filter(
        plan=move.case.pk, pk=move.data["line"].pk, deferred_why="", approved=False
    )
    if not found.update(deferred_why=move.data["why"], deferred_by=move.user_id):
        raise Refused(_("This line is not in the plan any more."))
    _tell_claim(move.data["line"].instalment.account_id, "note_deferred", move, why=move.data["why"])


def take_back(move: Move) -> None:
    """A line that was put off comes in again."""
    line: PlanLine = move.data["line"]
    if PlanLine.objects.filter(instalment=line.instalment_id, deferred_why="").exists():
        raise Refused(_("It is in a plan already."))
    PlanLine.objects.filter(pk=line.pk, plan=move.case.pk, approved=False).update(
        deferred_why="", deferred_by=None
    )


def _tell_claim(claim: int, name: str, move: Move, **data: object) -> None:
    engine.perform(claim, name, by=None, data=data, now=move.now)


def approve_plan(move: Move) -> None:
    """Every line is committed: from reserved to committed, in the budget of its claim.

    Raises Refused when a line of it has been stopped or voided meanwhile.
    """
    plan: Plan = move.case.plan
    lines = list(
        PlanLine.objects.filter(plan=plan, deferred_why="", approved=False)
        .select_related("instalment__account")
        .order_by("pk")
    )
    money.hold_budgets({line.instalment.account.budget_id for line in lines})
    held = Instalment.objects.select_for_update().filter(pk__in=[line.instalment_id for line in lines])
    states = dict(held.values_list("pk", "state"))
    by = move.by.user if move.by else None
    moves = []
    for line in lines:
        one = line.instalment
        if states[one.pk] != Instalment.State.PLANNED:
            raise Refused(_("%(line)s has changed meanwhile: take it out of the plan.") % {"line": one})
        moves.append(
            money.line_of(
                one.account.budget_id,
                "commit",
                one.amount,
                at=move.now,
                by=by,
                account=one.account,
                key=f"commit:{line.pk}",
            )
        )
    BudgetLine.objects.bulk_create(moves, batch_size=LINES_AT_ONCE)
    Instalment.objects.filter(pk__in=states).update(state=Instalment.State.COMMITTED)
    PlanLine.objects.filter(pk__in=[line.pk for line in lines]).update(approved=True)
    plan.approved_at = move.now
    move.keep(plan)


def all_paid(case: Case) -> None:
    """Raises Refused while something of the plan is on its way."""
    if (
        PlanLine.objects.filter(plan=case.pk, approved=True)
        .exclude(instalment__state__in=[*PAID, Instalment.State.VOID])
        .exists()
    ):
        raise Refused(_("Not everything of this plan is paid yet."))


# Stop list ---------------------------------------------------------------------------------------------


def stop_payment(move: Move) -> None:
    """What is not at the bank yet is stopped; what was committed is reserved again."""
    claim: Claim = move.case.claim
    money.hold_budgets([claim.budget_id])
    stoppable = (Instalment.State.PLANNED, Instalment.State.COMMITTED, Instalment.State.RETURNED)
    ours = Instalment.objects.select_for_update().filter(account=claim.pk, state__in=stoppable)
    found = list(ours.order_by("pk"))
    if not found:
        raise Refused(_("Nothing of it can be stopped: it is at the bank, or paid."))
    _uncommit(claim, [one for one in found if one.state != Instalment.State.PLANNED], move)
    PlanLine.objects.filter(instalment__in=found, deferred_why="").update(
        deferred_why=move.data["reason"][:300], deferred_by=move.user_id, approved=False
    )
    Instalment.objects.filter(pk__in=[one.pk for one in found]).update(
        state=Instalment.State.STOPPED, stopped_why=move.data["reason"][:300]
    )


def _uncommit(claim: Claim, found: Sequence[Instalment], move: Move) -> None:
    if total := sum((one.amount for one in found), Decimal(0)):
        user = move.by.user if move.by else None
        money.add_line(
            claim.account.budget_id, "uncommit", total, at=move.now, by=user, account=claim.account
        )


def go_on_paying(move: Move) -> None:
    """The stop is lifted: it waits for the next plan."""
    money.hold_budgets([move.case.claim.budget_id])
    Instalment.objects.filter(account=move.case.pk, state=Instalment.State.STOPPED).update(
        state=Instalment.State.PLANNED, stopped_why=""
    )
