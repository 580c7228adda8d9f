"""履约: what both sides promised in contracts, and what became of it."""

from __future__ import annotations

from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from investment.models import Commitment
from investment.reports.columns import by_quarter
from investment.reports.conversion import SMALLEST, share_of
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register
from portal.worktime.clock import local
from portal.worktime.now import now

# The same as `Commitment.kept`, in SQL.
KEPT = Q(done_on__lte=F("due_on")) & (Q(amount=None) | Q(done_amount__gte=F("amount")))


def binding() -> QuerySet[Any]:
    """Commitments of contracts that came to something."""
    found = Commitment.objects.filter(contract__lead__signed_on__isnull=False, contract__lead__lost_on=None)
    return found.select_related("contract__lead__case__team")


def due(period: Period) -> QuerySet[Any]:
    """Those whose day lay in the period and has passed."""
    return binding().filter(due_on__lt=local(now()).date(), **period.of_days("due_on"))


def arrived(period: Period) -> QuerySet[Any]:
    """到位资金: what investors have invested in the period."""
    money = {"side": Commitment.Side.INVESTOR, "kind": Commitment.Kind.INVESTMENT}
    return binding().filter(done_amount__isnull=False, **money, **period.of_days("done_on"))


COLUMNS = (
    RowColumn(_("Number"), lambda c: c.contract.lead.case.number),
    RowColumn(_("Project"), lambda c: c.contract.lead.case.title),
    RowColumn(_("Task force"), lambda c: c.contract.lead.case.team.label),
    RowColumn(_("Side"), lambda c: str(c.get_side_display())),
    RowColumn(_("Duty"), lambda c: c.text or str(c.get_kind_display())),
    RowColumn(_("Due on"), lambda c: c.due_on),
    RowColumn(_("Done on"), lambda c: c.done_on),
    RowColumn(_("Promised"), lambda c: c.amount),
    RowColumn(_("Reached"), lambda c: c.done_amount),
)
TEAM = "contract__lead__case__team"
WAYS = {
    "task_force": Breakdown(_("By task force"), f"{TEAM}__name", named=True),
    "side": Breakdown(_("By side"), "side", dict(Commitment.Side.choices)),
    "kind": Breakdown(_("By duty"), "kind", dict(Commitment.Kind.choices)),
}

register(
    Indicator(
        key="investment.performance_share",
        label=_("Contracts kept"),
        unit="ratio",
        definition=_(
            "Share of the commitments of both sides that fell due in the period which were done by their "
            "day, with all that was promised."
        ),
        rows=due,
        aggregate=share_of(KEPT),
        columns=COLUMNS,
        breakdowns={**WAYS, **by_quarter("due_on")},
        case_path="contract_id",
        team_path=TEAM,
        least=SMALLEST,
    )
)
register(
    Indicator(
        key="investment.arrived_amount",
        label=_("Investment made"),
        unit="yuan",
        definition=_("What investors have invested in the period of what their contracts promise."),
        rows=arrived,
        aggregate=Sum("done_amount", output_field=DecimalField(max_digits=20, decimal_places=2)),
        columns=COLUMNS,
        breakdowns={"task_force": WAYS["task_force"], **by_quarter("done_on")},
        case_path="contract_id",
        team_path=TEAM,
    )
)
