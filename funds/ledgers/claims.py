"""The ledger of claims: history from the day of filing to the day of the payment, with the money booked.

A claim becomes a case; what was approved is reserved in the budget of its policy, what stands in a plan is
committed, what was paid is paid. A ledger does not tell for which time a claim was: its period is empty, and
overlaps no other. What has money booked is changed in the portal, and no more by a ledger, but for a payment
that comes to what was approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from funds.access import CLAIM
from funds.ledgers.booking import APPROVED, Told, book
from funds.ledgers.claim_history import REFUSED, WITHDRAWN, PolicyOfClaims, claim_of, history_of, look_up
from funds.models import Claim, Instalment, PlanLine, Policy
from portal.accounts.models import Duty
from portal.cases import importing
from portal.cases.importing import History
from portal.cases.models import Case
from portal.ledgers.access import cases_for
from portal.ledgers.books import EXPORT_CHUNK, Reference, resolve
from portal.ledgers.declaration import (
    BadRow,
    Change,
    Column,
    Context,
    Key,
    Ledger,
    Row,
    Values,
    register,
    register_cases,
)
from portal.ledgers.parsers import DATE, MONTH, USCC, NumberParser, TextParser, codes
from portal.money import money as yuan
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.worktime.clock import local

OUTCOMES = codes(
    [(APPROVED, APPROVED), (REFUSED, REFUSED), (WITHDRAWN, WITHDRAWN)],
    approved="通过|已兑现",
    refused="不予支持|不通过",
    withdrawn="撤回|已撤回",
)
AMOUNT = NumberParser(2, least=Decimal("0.01"), example="200000")
COLUMNS = (
    Column(
        "number", "编号", TextParser(40, "DX2024-0001"), note=gettext_lazy("Its number, once in the park")
    ),
    Column(
        "policy_code",
        "政策编码",
        TextParser(40, "KJ-01"),
        note=gettext_lazy("The policy; it must be in the register"),
    ),
    Column("uscc", "统一社会信用代码", USCC, note=gettext_lazy("The enterprise; it must be in the register")),
    Column("submitted_on", "提交日期", DATE, note=gettext_lazy("When it was filed")),
    Column("claimed_amount", "申报金额", AMOUNT, note=gettext_lazy("What was claimed, in yuan")),
    Column(
        "approved_on",
        "审定日期",
        DATE,
        required=False,
        note=gettext_lazy("When it was decided, whatever the decision"),
        example="2024-06-20",
    ),
    Column(
        "approved_amount",
        "审定金额",
        AMOUNT,
        required=False,
        note=gettext_lazy("What was approved, in yuan"),
    ),
    Column(
        "plan_month",
        "计划月份",
        MONTH,
        required=False,
        note=gettext_lazy("The month of the payment plan in which it stands"),
    ),
    Column(
        "paid_on",
        "支付日期",
        DATE,
        required=False,
        note=gettext_lazy("When it was paid"),
        example="2024-07-25",
    ),
    Column("paid_amount", "支付金额", AMOUNT, required=False, note=gettext_lazy("What was paid, in yuan")),
    Column(
        "outcome",
        "结果",
        OUTCOMES,
        required=False,
        default="",
        note=gettext_lazy("What became of it; empty while it is being handled"),
        example="approved",
    ),
)
ENTERPRISE = Reference(
    field="enterprise_id",
    rows=Enterprise.objects.all(),
    by="uscc",
    path="enterprise__uscc",
    unknown=gettext_noop("No enterprise of the park has the code %(value)s."),
)
POLICY = Reference(
    field="policy_id",
    rows=Policy.objects.filter(versions__published_at__isnull=False).distinct(),
    by="code",
    path="policy__code",
    unknown=gettext_noop("There is no policy with the code “%(value)s”."),
)
FINAL = ("policy_code", "uscc", "submitted_on", "claimed_amount")


class ClaimBook:
    """Claims, with their accounts, instalments and lines of the budget ledger."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        yield from resolve("uscc", ENTERPRISE, rows, context)
        yield from resolve("policy_code", POLICY, rows, context)
        policies = look_up(context)
        known = self.find([(row.values["number"],) for row in rows], context)
        wanted: dict[int, Decimal] = {}
        for row in rows:
            _pk, before = known.get((row.values["number"],), (0, {}))
            values = {**before, **row.values}
            problems = [*_misfits(values), *_changes(before, values)]
            policy = policies.get(values["policy_code"])
            if policy is not None and not before.get("approved_amount"):
                problems += _without_money(values, policy, wanted)
            for problem in problems:
                yield row, problem

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Case.objects.filter(kind=CLAIM, number__in=[number for (number,) in keys])
        return {(values["number"],): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        histories = [history_of(row.values, context, row.number) for row in rows]
        cases = importing.bulk_open(CLAIM, histories, source=context.source, now=context.now)
        claims = [claim_of(case.pk, row.values, context) for case, row in zip(cases, rows, strict=True)]
        Claim.objects.bulk_create(claims, batch_size=500)
        book([(claim, {}, row.values) for claim, row in zip(claims, rows, strict=True)], context)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        known = self.find([(c.row.values["number"],) for c in changes], context)
        anew: dict[int, History] = {}
        shown: dict[int, Any] = {}
        told: list[Told] = []
        for change in changes:
            before = known[(change.row.values["number"],)][1]
            values = {**before, **change.row.values}
            anew[change.pk] = history_of(values, context, change.row.number)
            shown[change.pk] = {k: [change.before[k], change.after[k]] for k in change.after}
            fresh = claim_of(change.pk, values, context)
            names = [f.name for f in Claim._meta.concrete_fields if not f.primary_key]
            Claim.objects.filter(pk=change.pk).update(**{name: getattr(fresh, name) for name in names})
            told.append((fresh, before, values))
        book(told, context)
        importing.bulk_rewrite(CLAIM, anew, changes=shown, source=context.source, now=context.now)

    def count(self, reader: Actor | None = None) -> int:
        return int(_filed(reader).count())

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        rows = _filed(reader).order_by(Collate(F("number"), "C"))
        for _pk, values in _read(rows):
            yield values


def _filed(reader: Actor | None) -> QuerySet[Case]:
    """What was never signed is no claim yet: it goes into no ledger."""
    return cases_for(CLAIM, reader).filter(claim__submitted_on__isnull=False)


def _read(rows: Any) -> Iterator[tuple[int, Values]]:
    """What a claim comes to: a plan month of its first line that is not put off, the last day it was paid."""
    paths = (
        "pk",
        "number",
        "claim__policy__code",
        "enterprise__uscc",
        "opened_at",
        "claim__submitted_on",
        "claim__claimed_amount",
        "claim__approved_on",
        "claim__account__approved_amount",
        "claim__account__paid_amount",
        "outcome",
    )
    rows = rows.filter(claim__isnull=False)
    for batch in _batches(rows.values_list(*paths).iterator(EXPORT_CHUNK)):
        plans, days = _plans([told[0] for told in batch]), _paid([told[0] for told in batch])
        for pk, number, policy, uscc, opened, submitted, claimed, on, approved, paid, outcome in batch:
            yield (
                pk,
                {
                    "number": number,
                    "policy_code": policy,
                    "uscc": uscc,
                    "submitted_on": submitted or local(opened).date(),
                    "claimed_amount": claimed,
                    "approved_on": on,
                    "approved_amount": approved,
                    "plan_month": plans.get(pk),
                    "paid_on": days.get(pk),
                    "paid_amount": paid or None,
                    "outcome": {"not_accepted": REFUSED}.get(outcome, outcome),
                },
            )


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == EXPORT_CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch


def _plans(pks: list[int]) -> dict[int, date]:
    lines = PlanLine.objects.filter(instalment__account__in=pks, deferred_why="").order_by("-pk")
    return dict(lines.values_list("instalment__account", "plan__month"))


def _paid(pks: list[int]) -> dict[int, date]:
    paid = Instalment.objects.filter(account__in=pks, paid_on__isnull=False).order_by("paid_on")
    return dict(paid.values_list("account", "paid_on"))


# What does not go together -----------------------------------------------------------------------------


def _misfits(values: Values) -> Iterator[BadRow]:
    approved, paid, outcome = values.get("approved_amount"), values.get("paid_amount"), values.get("outcome")
    decided, paid_on, submitted = values.get("approved_on"), values.get("paid_on"), values["submitted_on"]
    if decided is not None and decided < submitted:
        yield BadRow("approved_on", _("Decided before it was filed."))
    if approved is not None and decided is None:
        yield BadRow("approved_on", _("What was approved needs the day of the decision."))
    if outcome in (REFUSED, WITHDRAWN) and (approved is not None or paid is not None):
        yield BadRow("outcome", _("What was refused or withdrawn has nothing approved or paid."))
    if outcome == APPROVED and paid is None:
        yield BadRow(
            "paid_amount", _("It is done when it is paid: without a payment the result stays empty.")
        )
    if (paid is None) != (paid_on is None):
        yield BadRow("paid_on", _("A payment has a day and an amount."))
    if paid is not None and (approved is None or paid > approved):
        yield BadRow("paid_amount", _("More was paid than was approved."))
    if paid_on is not None and decided is not None and paid_on < decided:
        yield BadRow("paid_on", _("Paid before it was approved."))
    if values.get("plan_month") is not None and approved is None:
        yield BadRow("plan_month", _("Only what was approved stands in a plan."))
    if approved is not None and approved > values["claimed_amount"]:
        yield BadRow("approved_amount", _("More was approved than was claimed."))


def _changes(before: Values, values: Values) -> Iterator[BadRow]:
    """What has money booked keeps what it was booked for."""
    if not before.get("approved_amount"):
        return
    for name in (*FINAL, "approved_on", "approved_amount"):
        if values[name] != before[name]:
            yield BadRow(name, _("Money is booked for this claim: a ledger cannot change it any more."))
    for name in ("plan_month", "paid_on", "paid_amount"):
        if before[name] is not None and values[name] != before[name]:
            yield BadRow(name, _("Money is booked for this claim: a ledger cannot change it any more."))


def _without_money(values: Values, policy: PolicyOfClaims, wanted: dict[int, Decimal]) -> Iterator[BadRow]:
    amount = values.get("approved_amount")
    if amount is None:
        return
    if policy.budget is None:
        yield BadRow("policy_code", _("What was approved is paid from a budget: the policy has none."))
        return
    free = policy.budget.free_amount - wanted.get(policy.budget.pk, Decimal(0))
    if amount > free:
        told = {"budget": policy.budget, "free": yuan(free)}
        yield BadRow("approved_amount", _("%(budget)s has only %(free)s left.") % told)
    if policy.cap_amount is not None and amount > policy.cap_amount:
        yield BadRow("approved_amount", _("More than the policy allows."))
    wanted[policy.budget.pk] = wanted.get(policy.budget.pk, Decimal(0)) + amount


register(
    Ledger(
        key="claims",
        zh="奖补申报",
        natural_key=("number",),
        columns=COLUMNS,
        book=ClaimBook,
        after=("policies", "enterprises"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("Claims of enterprises under policies, from filing to payment"),
    )
)
register_cases("claims", CLAIM)
