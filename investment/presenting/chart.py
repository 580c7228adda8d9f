"""入园流程图: how many leads are in each of the ten steps, what they are worth, and what is late there.

The steps, the ways back and the ways out are read off the flow; the numbers come of one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse

from investment.access import LEAD
from portal.apps import domains
from portal.cases import standards
from portal.cases.access import visible_to
from portal.cases.declaration import Flow, Step, flow_of
from portal.cases.models import Light
from portal.park.acting import Actor
from portal.park.models import Team
from portal.worktime.clock import at, local
from portal.worktime.explain import limit_text


@dataclass(frozen=True)
class Node:
    """One step: how many leads are in it, what they are worth in yuan, and where their list is.

    Of an end, only what came there this year is counted.
    """

    step: Step
    place: int
    limit: str
    n: int
    late: int
    warn: int
    idle: int
    amount: Decimal
    href: str
    late_href: str
    warn_href: str
    idle_href: str
    forward: str  # what leads to the next step

    @property
    def tone(self) -> str:
        """How the box is drawn: late before due soon, and quiet where nothing is."""
        if self.late:
            return "has-late"
        if self.warn:
            return "has-warn"
        return "" if self.n else "quiet"


@dataclass(frozen=True)
class Way:
    """A way back: its name, and from where to where it may lead."""

    label: str
    sources: Sequence[str]
    targets: Sequence[str]


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn. `total` and `worth` are of the open leads on the way."""

    nodes: Sequence[Node]
    aside: Sequence[Node]
    backs: Sequence[Way]

    @property
    def total(self) -> int:
        return sum(node.n for node in self.nodes)

    @property
    def worth(self) -> Decimal:
        return sum((node.amount for node in self.nodes), Decimal(0))

    @property
    def late(self) -> int:
        return sum(node.late for node in self.nodes)

    @property
    def warn(self) -> int:
        return sum(node.warn for node in self.nodes)


def draw(actor: Actor, now: datetime, team: Team | None = None) -> Chart:
    """The chart of the leads that the person sees, of one task force if one is named."""
    flow = flow_of(LEAD)
    found, limits = _counts(actor, now, team), standards.standard(standards.current_id(LEAD))
    own = {"team": team.code} if team else {}
    since = {"closed_from": _year(now).isoformat()}
    nodes = [
        _node(flow, step, place, found.get(step.name, {}), limits, own | (since if step.is_end else {}))
        for place, step in enumerate(flow.steps, 1)
    ]
    return Chart(
        [node for node in nodes if _on_the_way(node.step)],
        [node for node in nodes if not _on_the_way(node.step)],
        _backs(flow),
    )


def charts() -> list[tuple[str, str, str]]:
    """一表两图: the live flow charts of all domains, by the name of their address."""
    return [
        (str(title), name, reverse(name))
        for domain in domains()
        for title, name in domain.overviews
        if name.endswith(":flow_chart")
    ]


def task_forces() -> list[Team]:
    """The task forces that work."""
    return list(Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"))


def _on_the_way(step: Step) -> bool:
    return step.rail and not step.is_end


def _counts(actor: Actor, now: datetime, team: Team | None) -> dict[str, dict[str, Any]]:
    """Step → numbers: of open leads, and of those that ended this year; in one statement."""
    cases = visible_to(actor).filter(
        Q(closed_at=None) | Q(closed_at__gte=at(_year(now), time.min)), kind=LEAD
    )
    if team is not None:
        cases = cases.filter(team=team)
    lit: Any = cases.with_light(now).order_by()
    counted = lit.values("step").annotate(
        n=Count("pk"),
        late=Count("pk", filter=Q(light_key=Light.LATE)),
        warn=Count("pk", filter=Q(light_key=Light.WARN)),
        idle=Count("pk", filter=Q(lead__idle_level__gt=0, closed_at=None)),
        amount=Sum("lead__investment_amount"),
    )
    return {row.pop("step"): row for row in counted}


def _year(now: datetime) -> date:
    """The first day of the year, from which on ends are counted."""
    return local(now).date().replace(month=1, day=1)


def _node(
    flow: Flow,
    step: Step,
    place: int,
    counts: Mapping[str, Any],
    limits: standards.Standard,
    own: Mapping[str, str],
) -> Node:
    limit, mine = limits.limit(step.name, ""), {**own, "step": step.name}
    return Node(
        step,
        place,
        limit=limit_text(limit) if limit else "",
        n=counts.get("n", 0),
        late=counts.get("late", 0),
        warn=counts.get("warn", 0),
        idle=counts.get("idle", 0),
        amount=counts.get("amount") or Decimal(0),
        href=leads(**mine),
        late_href=leads(**mine, late="1"),
        warn_href=leads(**mine, light="warn"),
        idle_href=leads(**mine, idle="1"),
        forward=_forward(flow, step),
    )


def leads(**asked: str) -> str:
    """The address of the lead table, narrowed."""
    return f"{reverse('investment:lead_list')}?{urlencode(asked)}"


def _forward(flow: Flow, step: Step) -> str:
    """What leads from a step to the next one."""
    rail = [s.name for s in flow.steps if s.rail]
    if step.name not in rail[:-1]:
        return ""
    following = rail[rail.index(step.name) + 1]
    found = (t for t in flow.transitions if step.name in t.source and t.target == following)
    return next((str(t.label) for t in found), "")


def _backs(flow: Flow) -> list[Way]:
    """What people do to take a case back along the line of steps."""
    line = [step for step in flow.steps if _on_the_way(step)]
    order = {step.name: n for n, step in enumerate(line)}
    out = []
    for move in flow.transitions:
        sources = sorted((order[name] for name in move.source if name in order), reverse=True)
        targets = sorted(order[name] for name in (move.target, *move.may_lead_to) if name in order)
        if sources and targets and len(sources) == len(move.source) and targets[0] < sources[0]:
            names = [[str(line[n].label) for n in found] for found in (sources[::-1], targets)]
            out.append(Way(str(move.label), *names))
    return out
