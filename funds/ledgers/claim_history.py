"""How a line of the ledger of claims becomes a case, a claim, and money that is booked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from psycopg2.extras import DateRange

from funds.access import FINANCE_OFFICE, PLAN
from funds.actions import money
from funds.models import Claim, ClaimAccount, Instalment, Plan, PlanLine, PolicyVersion
from portal.cases import importing
from portal.cases.importing import History, Stay
from portal.ledgers.declaration import Context, Values
from portal.park import offices
from portal.park.models import Team
from portal.worktime.clock import Calendar, at

APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"


class PolicyOfClaims:
    """What claims need of a policy."""

    def __init__(self, version: PolicyVersion) -> None:
        self.version, policy = version, version.policy
        self.title, self.team_id = policy.title, policy.team_id
        self.budget, self.cap_amount = policy.budget, version.cap_amount


def look_up(context: Context) -> dict[str, PolicyOfClaims]:
    """Policies by their code; read anew for every batch, as budgets fill."""
    published = PolicyVersion.objects.filter(published_at__isnull=False)
    near = ("policy__budget", "policy__team")
    found = {v.policy.code: PolicyOfClaims(v) for v in published.select_related(*near).order_by("number")}
    context.memory["policies"] = found
    return found


def _team(policy: PolicyOfClaims, context: Context) -> int:
    if policy.team_id is not None:
        return policy.team_id
    if "team" not in context.memory:
        office = offices.team_of(FINANCE_OFFICE) or Team.objects.order_by("code").first()
        context.memory["team"] = office.pk if office else 0
    found: int = context.memory["team"]
    return found


def history_of(values: Values, context: Context, row: int) -> History:
    """The life of a claim as far as its days tell it."""
    policy: PolicyOfClaims = context.memory["policies"][values["policy_code"]]
    hours, team = Calendar.current().hours, _team(policy, context)
    opened = at(values["submitted_on"], hours.opens_at)
    decided = at(values["approved_on"], hours.closes_at) if values.get("approved_on") else None
    paid = at(values["paid_on"], hours.closes_at) if values.get("paid_on") else None
    outcome = values.get("outcome") or ""
    stays = [Stay("reviewing", team, opened, decided)]
    closed: datetime | None = None
    if outcome in (REFUSED, WITHDRAWN):
        closed = stays[0].left_at = decided or at(values["submitted_on"], hours.closes_at)
    elif decided is not None:
        stays.append(Stay("payable", team, decided, paid if outcome else None))
        closed = paid if outcome else None
    step = {APPROVED: "archived"}.get(outcome, outcome) or stays[-1].step
    return History(
        number=values["number"],
        title=policy.title,
        enterprise_id=context.memory["uscc"][values["uscc"]],
        team_id=team,
        step=step,
        opened_at=opened,
        stays=stays,
        clock_from_at=opened,
        closed_at=closed,
        outcome=outcome,
        participants=frozenset([team]),
        row=row,
    )


def claim_of(pk: int, values: Values, context: Context) -> Claim:
    policy: PolicyOfClaims = context.memory["policies"][values["policy_code"]]
    return Claim(
        case_id=pk,
        enterprise_id=context.memory["uscc"][values["uscc"]],
        policy_id=policy.version.policy_id,
        version=policy.version,
        budget=policy.budget,
        period=DateRange(empty=True),
        claimed_amount=values["claimed_amount"],
        submitted_on=values["submitted_on"],
        approved_on=values.get("approved_on"),
        live=values.get("outcome") not in (REFUSED, WITHDRAWN),
    )


def book(claim: Claim, before: Values, values: Values, context: Context) -> None:
    """The money that the days and amounts tell of, as far as it is not booked yet."""
    approved = values.get("approved_amount")
    if approved is None or claim.budget_id is None:
        return
    hours = Calendar.current().hours
    decided = at(values["approved_on"], hours.closes_at)
    if before.get("approved_amount") is None:
        account = ClaimAccount.objects.create(
            claim=claim, budget_id=claim.budget_id, approved_amount=approved
        )
        _line(account, "reserve", approved, decided)
        first = values.get("paid_amount") or approved
        parts = [first, approved - first] if first < approved else [first]
        ended = values.get("outcome") == APPROVED
        for n, part in enumerate(parts, start=1):
            state = Instalment.State.VOID if n == 2 and ended else Instalment.State.PLANNED
            Instalment.objects.create(
                account=account, sequence=n, amount=part, due_on=values["approved_on"], state=state
            )
        if len(parts) == 2 and ended:
            _line(account, "release", parts[1], decided)
    account = ClaimAccount.objects.get(pk=claim.pk)
    one = account.instalments.get(sequence=1)
    month = values.get("plan_month") or (values["paid_on"].replace(day=1) if values.get("paid_on") else None)
    if month is not None and before.get("plan_month") is None and before.get("paid_on") is None:
        if values.get("plan_month") is not None:
            PlanLine.objects.create(plan=_plan(month, context), instalment=one, approved=True)
        _line(account, "commit", one.amount, decided)
        Instalment.objects.filter(pk=one.pk).update(state=Instalment.State.COMMITTED)
    if values.get("paid_on") is not None and before.get("paid_on") is None:
        on: date = values["paid_on"]
        _line(account, "pay", one.amount, at(on, hours.closes_at))
        Instalment.objects.filter(pk=one.pk).update(
            state=Instalment.State.CREDITED, paid_on=on, credited_on=on
        )


def _line(account: ClaimAccount, kind: str, amount: Decimal, moment: datetime) -> None:
    money.add_line(account.budget_id, kind, amount, at=moment, by=None, account=account)


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
