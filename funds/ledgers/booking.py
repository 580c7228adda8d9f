"""The money that the ledger of claims tells of: reserved, in the plan of a month, paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from funds.access import FINANCE_OFFICE, PLAN
from funds.actions import money
from funds.models import BudgetLine, Claim, ClaimAccount, Instalment, Plan, PlanLine
from portal.cases import importing
from portal.cases.importing import History, Stay
from portal.ledgers.declaration import Context, Values
from portal.park import offices
from portal.park.models import Team
from portal.worktime.clock import Calendar, at

APPROVED = "approved"
Told = tuple[Claim, Values, Values]  # what the claim is, what the portal and what the ledger says of it
Accounts = Mapping[int, ClaimAccount]
Firsts = Mapping[int, Instalment]  # the first instalments, by claim


def book(told: Sequence[Told], context: Context) -> None:
    """What is not booked yet, step by step; each step writes for all of these claims at once."""
    told = [t for t in told if t[2].get("approved_amount") is not None and t[0].budget_id is not None]
    _reserve([t for t in told if t[1].get("approved_amount") is None])
    accounts = ClaimAccount.objects.in_bulk([claim.pk for claim, _before, _values in told])
    firsts = {one.account_id: one for one in Instalment.objects.filter(account__in=accounts, sequence=1)}
    _commit(told, accounts, firsts, context)
    _pay(told, accounts, firsts)


def _reserve(told: Sequence[Told]) -> None:
    """What was approved; what then was not paid of a claim that has ended is given back."""
    accounts, reserved, released, instalments = [], [], [], []
    for claim, _before, values in told:
        assert claim.budget_id is not None
        approved, ended = values["approved_amount"], values.get("outcome") == APPROVED
        account = ClaimAccount(claim=claim, budget_id=claim.budget_id, approved_amount=approved)
        accounts.append(account)
        reserved.append(_line(account, "reserve", approved, values["approved_on"]))
        first = values.get("paid_amount") or approved
        parts = [first, approved - first] if first < approved else [first]
        if len(parts) == 2 and ended:
            released.append(_line(account, "release", parts[1], values["approved_on"]))
        for n, part in enumerate(parts, start=1):
            state = Instalment.State.VOID if n == 2 and ended else Instalment.State.PLANNED
            instalments.append(
                Instalment(
                    account=account, sequence=n, amount=part, due_on=values["approved_on"], state=state
                )
            )
    ClaimAccount.objects.bulk_create(accounts)
    BudgetLine.objects.bulk_create(reserved)
    Instalment.objects.bulk_create(instalments)
    BudgetLine.objects.bulk_create(released)


def _commit(told: Sequence[Told], accounts: Accounts, firsts: Firsts, context: Context) -> None:
    """What stands in the plan of a month, or was paid."""
    planned, committed, due = [], [], []
    for claim, before, values in told:
        if before.get("plan_month") is not None or before.get("paid_on") is not None:
            continue
        month = values.get("plan_month")
        if month is None and values.get("paid_on") is None:
            continue
        one = firsts[claim.pk]
        if month is not None:
            planned.append(PlanLine(plan=_plan(month, context), instalment=one, approved=True))
        committed.append(_line(accounts[claim.pk], "commit", one.amount, values["approved_on"]))
        due.append(one.pk)
    PlanLine.objects.bulk_create(planned)
    BudgetLine.objects.bulk_create(committed)
    Instalment.objects.filter(pk__in=due).update(state=Instalment.State.COMMITTED)


def _pay(told: Sequence[Told], accounts: Accounts, firsts: Firsts) -> None:
    paid, days = [], defaultdict(list)
    for claim, before, values in told:
        if values.get("paid_on") is not None and before.get("paid_on") is None:
            one = firsts[claim.pk]
            paid.append(_line(accounts[claim.pk], "pay", one.amount, values["paid_on"]))
            days[values["paid_on"]].append(one.pk)
    BudgetLine.objects.bulk_create(paid)
    for on, pks in days.items():
        Instalment.objects.filter(pk__in=pks).update(
            state=Instalment.State.CREDITED, paid_on=on, credited_on=on
        )


def _line(account: ClaimAccount, kind: str, amount: Decimal, on: date) -> BudgetLine:
    """Of the end of that day's service hours."""
    moment = at(on, Calendar.current().hours.closes_at)
    return money.line_of(account.budget_id, kind, amount, at=moment, by=None, account=account)


def _plan(month: date, context: Context) -> Plan:
    """The plan of a month of the past: made when the first claim names it."""
    plans: dict[date, Plan] = context.memory.setdefault("plans", {})
    if month not in plans:
        plans[month] = Plan.objects.filter(month=month).first() or _old_plan(month, context)
    return plans[month]


def _old_plan(month: date, context: Context) -> Plan:
    office = offices.team_of(FINANCE_OFFICE) or Team.objects.order_by("code").first()
    hours = Calendar.current().hours
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    opened, closed = at(month, hours.opens_at), at(last, hours.closes_at)
    team = office.pk if office else 0
    history = History(
        number=f"JH{month:%Y%m}",
        title=_("Payment plan %(month)s") % {"month": f"{month:%Y-%m}"},
        enterprise_id=None,
        team_id=team,
        step="paid",
        opened_at=opened,
        stays=[Stay("paying", team, opened, closed)],
        closed_at=closed,
        outcome="paid",
    )
    (case,) = importing.bulk_open(PLAN, [history], source=context.source, now=context.now)
    return Plan.objects.create(case=case, month=month, approved_at=closed)
