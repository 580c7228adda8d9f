"""Who takes which part and which connection in the demonstration park. Proposals, all of it.

The report on the park names one of these departments for one of these matters: the Development and
Construction Bureau for lines in the way. The rest is a proposal that the register shows and changes.
"""

from __future__ import annotations

from datetime import datetime

from approvals.access import LAND_OFFICE
from approvals.models import Part, ServiceItem, UtilityKind, UtilityRoute
from portal.demonstration import register
from portal.park import offices
from portal.park.models import Office, Team

JOINT_ACCEPTANCE, CONSTRUCTION_PERMIT = "JG-002", "KG-012"
# Planning, fire, civil defence, records: each answers in the joint acceptance, which housing leads.
PARTS = (
    ("natural_resources", "规划核实和土地核验意见（分工为建议，待确认）"),
    ("emergency", "消防验收意见（分工为建议，待确认）"),
    ("development_reform", "人防工程验收意见（分工为建议，待确认）"),
    ("construction", "工程档案验收意见（分工为建议，待确认）"),
)
UTILITIES = BUREAU = "construction"


@register
def parts(now: datetime) -> int:
    """Fill in what is empty; what an administrator has chosen stays. No case is made."""
    teams = {team.code: team for team in Team.objects.all()}
    joint = ServiceItem.objects.filter(code=JOINT_ACCEPTANCE, parts=None).first()
    if joint is not None:
        Part.objects.bulk_create(Part(item=joint, team=teams[code], ask=ask) for code, ask in PARTS)
    Office.objects.get_or_create(role=LAND_OFFICE.name, defaults={"team": teams[BUREAU]})
    offices.OFFICES.forget()
    for kind in UtilityKind.values:
        UtilityRoute.objects.get_or_create(kind=kind, defaults={"team": teams[UTILITIES]})
    if not ServiceItem.objects.filter(ends_total=True).exists():
        ServiceItem.objects.filter(code=CONSTRUCTION_PERMIT).update(ends_total=True)
    return 0
