"""What the lists behind the figures of leads show, and how these figures are split."""

from __future__ import annotations

from django.db.models import CharField, F, Func, Value
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from investment.flow.steps import STEPS
from investment.models import Lead
from portal.reports.declaration import Breakdown, RowColumn
from portal.worktime.clock import ZONE

STEP_LABELS = {step.name: step.label for step in STEPS}
SOURCES, CAUSES = dict(Lead.Source.choices), dict(Lead.Cause.choices)
LEAD = (
    RowColumn(_("Number"), lambda lead: lead.case.number),
    RowColumn(_("Project"), lambda lead: lead.case.title),
    RowColumn(_("Investor"), lambda lead: lead.investor_name),
    RowColumn(_("Task force"), lambda lead: lead.case.team.label),
    RowColumn(_("Step"), lambda lead: str(STEP_LABELS[lead.case.step])),
    RowColumn(_("Investment (yuan)"), lambda lead: lead.investment_amount),
)
SIGNED = (*LEAD, RowColumn(_("Signed on"), lambda lead: lead.signed_on))
# A lead has one task force, source and industry: these ways add up to the figure. Tags overlap, and are
# figures of their own (dossier, section 0, trap 8).
WAYS = {
    "task_force": Breakdown(_("By task force"), "case__team__name", named=True),
    "source": Breakdown(_("By source"), "source", SOURCES),
    "industry": Breakdown(_("By industry"), "industry"),
}


def by_quarter(column: str, *, moment: bool = False) -> dict[str, Breakdown]:
    """By the quarter of a day, or of a moment: 2024-Q3."""
    day = TruncDate(column, tzinfo=ZONE) if moment else F(column)
    quarter = Func(day, Value('YYYY-"Q"Q'), function="to_char", output_field=CharField())
    return {"quarter": Breakdown(_("By quarter"), quarter)}
