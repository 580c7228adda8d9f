"""How a line of the ledger of claims becomes a case and a claim."""

from __future__ import annotations

from datetime import datetime

from psycopg2.extras import DateRange

from funds.access import FINANCE_OFFICE
from funds.ledgers.booking import APPROVED
from funds.models import Claim, PolicyVersion
from portal.cases.importing import History, Stay
from portal.ledgers.declaration import Context, Values
from portal.park import offices
from portal.park.models import Team
from portal.worktime.clock import Calendar, at

REFUSED, WITHDRAWN = "refused", "withdrawn"


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
