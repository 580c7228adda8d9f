"""Files that go to the bank, and what it answers. Amounts in yuan.

Locks are taken in one order everywhere: cases by number, budgets by number, then the rows that hang on them.
Who pays sits in the finance office, and has neither accepted, reviewed nor approved the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from funds.access import in_finance
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
    ResultLine,
)
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.errors import NotAllowed, Refused
from portal.cases.letters.making import draw_serial
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.worktime.clock import local

BATCH = 100  # answers of the bank that are applied in one transaction
AT_ONCE = 200  # more answers than these are applied in the background
PAID = (Instalment.State.PAID, Instalment.State.CREDITED)
SERIES = "ZF"


def make_file(plan: Plan | int, *, layout: str, key: str, by: User, now: datetime) -> PaymentFile:
    """The file of everything of a plan that can be sent; with the same key the same file, bytes and all.

    Raises Refused when there is nothing to send, and NotAllowed for who accepted, reviewed or approved one of
    its claims.
    """
    with transaction.atomic():
        pk = plan if isinstance(plan, int) else plan.pk
        Case.objects.select_for_update().get(pk=pk)
        _check_office(by)
        if (earlier := PaymentFile.objects.filter(key=key).first()) is not None:
            if earlier.plan_id != pk:
                raise Refused(_("This page belongs to another plan: please look at it afresh."))
            return earlier
        ready = _ready(pk)
        if not ready:
            raise Refused(_("There is nothing to send: everything of this plan is at the bank, or paid."))
        _check_payer(by, [one.account_id for one in ready])
        made = _write_file(pk, ready, layout, key, by, now)
        _note(made, "file_made", by, now)
    return made


def _check_office(user: User) -> None:
    if not in_finance(Actor(user)):
        raise NotAllowed(_("Only the finance office pays."))


def _note(file: PaymentFile, verb: str, user: User, now: datetime) -> None:
    """A line in the timeline of its plan."""
    if file.plan_id is not None:
        move = engine.lock(file.plan_id, by=Actor(user), now=now)
        move.log(verb, internal={"file": file.number, "sha256": file.sha256})
        move.save()


def ready_to_send(plan: int) -> tuple[int, Decimal]:
    """How many payments a file would hold now, and how much that is. For the page: nothing is locked."""
    confirmed = Claim.objects.filter(bank_account__confirmed_at__isnull=False)
    sendable = Instalment.objects.filter(
        plan_lines__plan=plan,
        plan_lines__approved=True,
        state=Instalment.State.COMMITTED,
        account__in=confirmed.values("pk"),
    )
    found = sendable.aggregate(n=Count("pk"), total=Sum("amount"))
    return found["n"], found["total"] or Decimal(0)


def _ready(plan: int) -> list[Instalment]:
    """Committed lines whose claims have an account that the owner has confirmed, locked."""
    found = (
        Instalment.objects.select_for_update(of=("self",))
        .filter(
            plan_lines__plan=plan,
            plan_lines__approved=True,
            state=Instalment.State.COMMITTED,
            account__claim__bank_account__confirmed_at__isnull=False,
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
    day = local(now)
    number = f"{SERIES}{day:%Y%m%d}-{draw_serial(SERIES, day.year):05d}"
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
        _hold_plan(file)
        _check_office(by)
        if by.pk == file.made_by_id:
            raise NotAllowed(_("Whoever made the file does not release it."))
        _check_payer(by, file.lines.values_list("instalment__account", flat=True))
        found, made = FileRelease.objects.get_or_create(
            file=file, defaults={"made_by": file.made_by, "released_by": by, "released_at": now}
        )
        if not made and found.released_by_id != by.pk:
            raise Refused(_("It was released already."))
        if made:
            _note(file, "file_released", by, now)
    return found


def _hold_plan(file: PaymentFile) -> None:
    list(Case.objects.select_for_update().filter(pk=file.plan_id or 0))


def download_file(file: PaymentFile, *, by: User, now: datetime) -> bytes:
    """The bytes for the bank, with whole account numbers; who took them stands in the timeline."""
    with transaction.atomic():
        _hold_plan(file)
        _check_office(by)
        _note(file, "file_taken", by, now)
    return bytes(file.content)


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
        _hold_plan(file)
        _check_office(by)
        PaymentFile.objects.select_for_update().get(pk=file.pk)
        if (earlier := BankResult.objects.filter(sha256=digest).first()) is not None:
            if earlier.file_id != file.pk:
                raise Refused(_("This is the answer to another file."))
            return earlier
        matched, differences = _match(file, answers, local(now).date())
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
        _note(file, "answer_taken", by, now)
    return result


def _match(
    file: PaymentFile, answers: Sequence[Answer], today: date
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
        is_double = answer.reference_of_order in matched
        difference = _difference(line, answer, is_double) or _untimely(file, answer, today)
        if difference:
            differences.append(difference[:300])
        elif line is not None:
            matched[answer.reference_of_order] = (line, answer)
    return list(matched.values()), differences


def _untimely(file: PaymentFile, answer: Answer, today: date) -> str:
    """No bank settles a file before the year in which it was made, nor on a day to come."""
    if local(file.made_at).year <= answer.on.year and answer.on <= today:
        return ""
    told = {"order": answer.reference_of_order, "on": answer.on}
    return _("%(order)s: %(on)s is no day on which the bank can have settled this file.") % told


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


def unfinished_results() -> QuerySet[BankResult]:
    """Answers of which something is not booked yet."""
    return BankResult.objects.filter(pk__in=_waiting().values("result")).order_by("pk")


def apply_results(now: datetime) -> int:
    """Go on with every answer that was broken off; how many payments were settled."""
    return sum(apply_result(pk, now) for pk in list(unfinished_results().values_list("pk", flat=True)))


def left_to_apply(result: int) -> int:
    """How many payments of an answer are not booked yet."""
    return _not_applied(result).count()


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
    return _waiting().filter(result=result)


def _waiting() -> QuerySet[ResultLine]:
    return ResultLine.objects.filter(still_to_book())


def still_to_book(before: str = "") -> Q:
    """What is said of payments at the bank, and of paid ones that come back after all. `before`: the path to
    the lines of an answer."""
    sent, paid = PaymentLine.State.SENT, PaymentLine.State.PAID
    outcome, state = f"{before}outcome", f"{before}payment__state"
    returned = Q(**{outcome: ResultLine.Outcome.RETURNED, f"{state}__in": [sent, paid]})
    return Q(**{outcome: ResultLine.Outcome.PAID, state: sent}) | returned


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
