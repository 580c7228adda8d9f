"""Plans of a month, files for the bank and its answers. Amounts in yuan.

Locks are taken in one order everywhere: cases by number, budgets by number, then the rows that hang on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from funds.access import FINANCE_OFFICE, PLAN
from funds.actions import money
from funds.bankfiles import LAYOUTS, Answer, Order, read_answers
from funds.models import (
    BankResult,
    Claim,
    FileRelease,
    Instalment,
    PaymentFile,
    PaymentLine,
    Plan,
    PlanLine,
    ResultLine,
)
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.errors import CaseError, NotAllowed, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices
from portal.worktime.clock import Limit, Unit, local

COLLECT_UNTIL, REVIEW_UNTIL = 20, 25  # days of the month (dossier, section 3, step 10 [D])
BATCH = 100  # answers of the bank that are applied in one transaction
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
    for line in lines:
        one = line.instalment
        if states[one.pk] != Instalment.State.PLANNED:
            raise Refused(_("%(line)s has changed meanwhile: take it out of the plan.") % {"line": one})
        money.add_line(
            one.account.budget_id,
            "commit",
            one.amount,
            at=move.now,
            by=move.by.user if move.by else None,
            account=one.account,
            key=f"commit:{line.pk}",
        )
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


# Files for the bank ------------------------------------------------------------------------------------


def make_file(plan: Plan | int, *, layout: str, key: str, by: User, now: datetime) -> PaymentFile:
    """The file of everything of a plan that can be sent; with the same key the same file, bytes and all.

    Raises Refused when there is nothing to send, and NotAllowed for who accepted, reviewed or approved one of
    its claims.
    """
    with transaction.atomic():
        pk = plan if isinstance(plan, int) else plan.pk
        Case.objects.select_for_update().get(pk=pk)
        if (earlier := PaymentFile.objects.filter(key=key).first()) is not None:
            return earlier
        ready = _ready(pk)
        if not ready:
            raise Refused(_("There is nothing to send: everything of this plan is at the bank, or paid."))
        _check_payer(by, [one.account_id for one in ready])
        return _write_file(pk, ready, layout, key, by, now)


def _ready(plan: int) -> list[Instalment]:
    """Committed lines whose claims have an account to pay to, locked."""
    found = (
        Instalment.objects.select_for_update(of=("self",))
        .filter(
            plan_lines__plan=plan,
            plan_lines__approved=True,
            state=Instalment.State.COMMITTED,
            account__claim__bank_account__isnull=False,
        )
        .select_related("account__claim__bank_account", "account__claim__case")
        .order_by("pk")
    )
    return list(found)


def _check_payer(user: User, claims: Iterable[int]) -> None:
    seen = Q(accepted_by=user) | Q(reviewed_by=user) | Q(approved_by=user)
    if Claim.objects.filter(seen, pk__in=list(claims)).exists():
        raise NotAllowed(_("Who accepted, reviewed or approved a claim does not pay it."))


def _write_file(
    plan: int, ready: list[Instalment], layout: str, key: str, by: User, now: datetime
) -> PaymentFile:
    number = f"ZF{local(now):%Y%m%d}-{PaymentFile.objects.count() + 1:05d}"
    orders = [_order(number, n, one) for n, one in enumerate(ready, start=1)]
    content = LAYOUTS[layout].write(orders)
    made = PaymentFile.objects.create(
        number=number,
        key=key,
        plan_id=plan,
        layout=layout,
        content=content,
        sha256=sha256(content).hexdigest(),
        count=len(orders),
        total_amount=sum((order.amount for order in orders), Decimal(0)),
        made_at=now,
        made_by=by,
    )
    PaymentLine.objects.bulk_create(
        PaymentLine(
            file=made,
            position=n,
            instalment=one,
            amount=one.amount,
            to_account=one.account.claim.bank_account,
        )
        for n, one in enumerate(ready, start=1)
    )
    Instalment.objects.filter(pk__in=[one.pk for one in ready]).update(state=Instalment.State.SENT)
    return made


def _order(number: str, position: int, one: Instalment) -> Order:
    claim = one.account.claim
    account = claim.bank_account
    assert account is not None  # `_ready` leaves out what has none
    return Order(
        f"{number}-{position:05d}",
        account.holder,
        account.bank,
        account.number,
        one.amount,
        f"{claim.case.number} {claim.case.title}"[:60],
    )


def release_file(file: PaymentFile, *, by: User, now: datetime) -> FileRelease:
    """The second person. Raises NotAllowed for the first, and for who decided on one of its claims."""
    with transaction.atomic():
        if by.pk == file.made_by_id:
            raise NotAllowed(_("Whoever made the file does not release it."))
        _check_payer(by, file.lines.values_list("instalment__account", flat=True))
        found, made = FileRelease.objects.get_or_create(
            file=file, defaults={"made_by": file.made_by, "released_by": by, "released_at": now}
        )
        if not made and found.released_by_id != by.pk:
            raise Refused(_("It was released already."))
    return found


# What the bank says ------------------------------------------------------------------------------------


def take_result(file: PaymentFile, content: bytes, *, by: User, now: datetime) -> BankResult:
    """Keep what came, matched line by line; what does not fit is told and never guessed.

    The same bytes are taken once: the second time answers the first. Raises Refused for a file that was not
    released, and for what cannot be read.
    """
    if not FileRelease.objects.filter(file=file).exists():
        raise Refused(_("This file has not gone to the bank yet."))
    digest = sha256(content).hexdigest()
    answers = read_answers(content)
    with transaction.atomic():
        PaymentFile.objects.select_for_update().get(pk=file.pk)
        if (earlier := BankResult.objects.filter(sha256=digest).first()) is not None:
            if earlier.file_id != file.pk:
                raise Refused(_("This is the answer to another file."))
            return earlier
        matched, differences = _match(file, answers)
        result = BankResult.objects.create(
            file=file, sha256=digest, content=content, differences=differences, taken_at=now, taken_by=by
        )
        ResultLine.objects.bulk_create(
            ResultLine(
                result=result,
                payment=payment,
                outcome=answer.outcome,
                on=answer.on,
                reference=answer.reference[:60],
                why=answer.why[:300],
            )
            for payment, answer in matched
        )
    return result


def _match(
    file: PaymentFile, answers: Sequence[Answer]
) -> tuple[list[tuple[PaymentLine, Answer]], list[str]]:
    known = {
        f"{file.number}-{line.position:05d}": line
        for line in file.lines.select_related("to_account", "instalment__account__claim__case").order_by(
            "position"
        )
    }
    matched: dict[str, tuple[PaymentLine, Answer]] = {}
    differences: list[str] = []
    for answer in answers:
        line = known.get(answer.reference_of_order)
        difference = _difference(line, answer, answer.reference_of_order in matched)
        if difference:
            differences.append(difference[:300])
        elif line is not None:
            matched[answer.reference_of_order] = (line, answer)
    return list(matched.values()), differences


def _difference(line: PaymentLine | None, answer: Answer, is_double: bool) -> str:
    told = {"order": answer.reference_of_order, "is": answer.amount}
    if line is not None and answer.outcome == "returned" and line.instalment.account.claim.case.closed_at:
        return _("%(order)s came back, but the claim is closed: recover it by hand.") % told
    if line is None:
        return _("%(order)s is not in this file.") % told
    if is_double:
        return _("%(order)s stands in the answer twice.") % told
    if line.amount != answer.amount:
        return _("%(order)s: sent %(sent)s, the bank says %(is)s.") % {**told, "sent": line.amount}
    if line.to_account.number != answer.account_number:
        return _("%(order)s: the bank names another account.") % told
    return ""


def apply_result(result: BankResult | int, now: datetime) -> int:
    """Book what the bank has said, in batches; how many payments it settled.

    May be broken off and called again at any time, by several at once: each answer is applied once.
    """
    pk = result if isinstance(result, int) else result.pk
    done = 0
    while True:
        with transaction.atomic():
            count = _apply_batch(pk, now)
        if not count:
            return done
        done += count


def _apply_batch(result: int, now: datetime) -> int:
    pks = list(_not_applied(result).order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not pks:
        return 0
    near = ResultLine.objects.filter(pk__in=pks).select_related("payment__instalment__account")
    answers = list(near.order_by("pk"))
    claims = sorted({a.payment.instalment.account_id for a in answers})
    list(Case.objects.select_for_update().filter(pk__in=claims).order_by("pk"))
    money.hold_budgets({a.payment.instalment.account.budget_id for a in answers})
    list(PaymentLine.objects.select_for_update().filter(pk__in=[a.payment_id for a in answers]))
    still = set(_not_applied(result).filter(pk__in=pks).values_list("pk", flat=True))
    near = ResultLine.objects.filter(pk__in=still).select_related("payment__instalment__account")
    fresh = list(near.order_by("pk"))
    for answer in fresh:
        _apply(answer, now)
    _follow({a.payment.instalment.account_id: a for a in fresh}, now)
    return len(answers)


def _not_applied(result: int) -> QuerySet[ResultLine]:
    """What is said of payments at the bank, and of paid ones that come back after all."""
    sent, paid = PaymentLine.State.SENT, PaymentLine.State.PAID
    returned = Q(outcome=ResultLine.Outcome.RETURNED, payment__state__in=[sent, paid])
    return ResultLine.objects.filter(
        Q(outcome=ResultLine.Outcome.PAID, payment__state=sent) | returned, result=result
    )


def _apply(answer: ResultLine, now: datetime) -> None:
    payment, one = answer.payment, answer.payment.instalment
    was_paid = payment.state == PaymentLine.State.PAID
    payment.state, payment.answered_on = answer.outcome, answer.on
    payment.bank_reference, payment.returned_why = answer.reference, answer.why
    payment.save(update_fields=["state", "answered_on", "bank_reference", "returned_why"])
    if answer.outcome == ResultLine.Outcome.RETURNED:
        Instalment.objects.filter(pk=one.pk).update(
            state=Instalment.State.RETURNED, paid_on=None, credited_on=None
        )
        if was_paid:
            _line(one, "bounce", f"bounce:{payment.pk}", now)
        return
    Instalment.objects.filter(pk=one.pk).update(state=Instalment.State.PAID, paid_on=answer.on)
    _line(one, "pay", f"pay:{payment.pk}", now)


def _line(one: Instalment, kind: str, key: str, now: datetime) -> None:
    money.add_line(one.account.budget_id, kind, one.amount, at=now, by=None, account=one.account, key=key)


def _follow(claims: dict[int, ResultLine], now: datetime) -> None:
    """The cases of the claims hear of it: money has come back, or all of it is there."""
    for claim in sorted(claims):
        answer = claims[claim]
        states = set(Instalment.objects.filter(account=claim).values_list("state", flat=True))
        if Instalment.State.RETURNED in states:
            engine.perform(claim, "note_returned", by=None, data={"why": answer.why or "—"}, now=now)
        elif states <= {*PAID, Instalment.State.VOID}:
            engine.perform(claim, "note_paid", by=None, now=now)
