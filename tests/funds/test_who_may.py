"""State × action × role: every transition of every flow of funds, by everybody, against a table.

`ACCESS_MATRIX=write` writes the table anew; then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from funds.actions import open_plan
from funds.models import Plan
from portal.cases import engine
from portal.cases.declaration import FLOWS
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.park.acting import Actor
from tests.funds.building import MONDAY, file_claim, make_office, make_policy, payable
from tests.funds.test_payouts import booked, sent
from tests.people import actor, at

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("who_may.txt")
KINDS = sorted(kind for kind in FLOWS if kind.startswith("funds."))
PEOPLE = (
    "owner", "agent", "rival", "auditor", "administrator", "supervisor", "leader", "clerk", "reviewer",
    "sciencehead", "payer", "secondpayer", "financehead", "stranger",
)  # fmt: skip


@pytest.fixture
def cases(park: SimpleNamespace) -> dict[str, Case]:
    """One case of every kind, each with its facts; unclaimed, as in a queue."""
    office = make_office(park)
    park.office = office
    done = payable(park, office, make_policy(office))
    open_plan(MONDAY)
    plan = Plan.objects.get()
    for who, name in ((office.payer, "submit"), (office.finance_head, "review"), (office.leader, "approve")):
        engine.perform(plan.pk, name, by=actor(who), now=MONDAY)
    booked(sent(plan, office), office)
    recovery = engine.open_case(
        "funds.recovery",
        by=actor(office.payer),
        enterprise=park.ours,
        team=office.finance,
        parent=done,
        data={"amount": "10", "due_on": "2026-12-31", "reason": "多付"},
        now=MONDAY,
    )
    fresh = file_claim(park, make_policy(office, "RD2"))
    found = {"funds.claim": fresh, "funds.plan": plan.case, "funds.recovery": recovery}
    Case.objects.filter(pk__in=[case.pk for case in found.values()]).update(assignee=None)
    return found


def everybody(park: SimpleNamespace) -> dict[str, Actor | None]:
    office = park.office
    users = {
        "owner": park.owner, "agent": park.agent, "rival": park.rival, "auditor": park.auditor,
        "administrator": park.administrator, "supervisor": park.supervisor, "leader": office.second_leader,
        "clerk": office.clerk, "reviewer": office.reviewer, "sciencehead": office.head,
        "payer": office.payer, "secondpayer": office.second_payer, "financehead": office.finance_head,
        "stranger": park.handler,
    }  # fmt: skip
    assert set(users) == set(PEOPLE)
    return {**{name: actor(user) for name, user in users.items()}, "portal": None}


# A claim lies with another team in each part of its way.
def team_of(park: SimpleNamespace, kind: str, step: str) -> int:
    office = park.office
    if kind != "funds.claim":
        return int(office.finance.pk)
    if step in ("signing", "received"):
        return int(office.window.pk)
    finance = ("payable", "fixing", "stopped", "paid", "performance")
    return int(office.finance.pk if step in finance else office.science.pk)


def attempt(case: Case, name: str, who: Actor | None) -> str:
    """What comes of it, with nothing typed in; nothing of it is kept."""
    try:
        with transaction.atomic():
            engine.perform(case.pk, name, by=who, data={}, now=at("2026-11-18 10:00"))
            transaction.set_rollback(True)
    except NotAllowed:
        return "no"
    except Conflict:
        return "late"
    except (Invalid, Refused):
        return "yes"  # may do it, but has to say or do something first
    except IntegrityError:
        return "yes"  # the case was put to this step by hand: its rows do not fit
    return "yes"


def lines(park: SimpleNamespace, cases: dict[str, Case]) -> Iterator[str]:
    people = everybody(park)
    for kind in KINDS:
        flow, case = FLOWS[kind], cases[kind]
        for transition in flow.transitions:
            allowed: dict[str, list[str]] = {}
            for step in flow.steps:
                if step.is_end:
                    continue
                team = team_of(park, kind, step.name)
                Case.objects.filter(pk=case.pk).update(step=step.name, holder=step.holder, team=team)
                found = {name: attempt(case, transition.name, who) for name, who in people.items()}
                if step.name not in transition.source:
                    assert set(found.values()) <= {"late", "no"}, (kind, step.name, transition.name)
                    continue
                assert "late" not in found.values(), (kind, step.name, transition.name)
                allowed.setdefault(" ".join(n for n, f in found.items() if f == "yes"), []).append(step.name)
            for who, steps in allowed.items():
                yield f"{kind:16} {transition.name:18} {','.join(steps):60} {who}".rstrip()


def test_everybody_can_do_exactly_what_the_table_says(park: SimpleNamespace, cases: dict[str, Case]) -> None:
    assert set(cases) == set(KINDS)
    text = "\n".join(lines(park, cases)) + "\n"
    if os.environ.get("ACCESS_MATRIX") == "write":
        TABLE.write_text(text)
    assert text == TABLE.read_text()


def test_who_has_nothing_to_do_with_it_can_do_nothing(park: SimpleNamespace, cases: dict[str, Case]) -> None:
    known = [line.split() for line in TABLE.read_text().splitlines()]
    for nobody in ("rival", "auditor", "administrator", "stranger", "supervisor"):
        assert not [line for line in known if nobody in line[3:]], nobody
