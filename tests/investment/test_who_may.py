"""State × action × role: every transition of every flow of investment, by everybody, against a table.

`ACCESS_MATRIX=write` writes the table anew; then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from investment.access import ACTIVITY
from investment.actions import rivalry
from portal.cases import circle, engine
from portal.cases.declaration import FLOWS
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.park.acting import Actor
from tests.investment.leading import NEXT, act, bring_to, convene, make_task_forces, register_lead
from tests.people import MONDAY, actor, at, person, works_in

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("who_may.txt")
KINDS = sorted(kind for kind in FLOWS if kind.startswith("investment."))


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    forces = make_task_forces(park)
    forces.rivalhead = works_in(person("robothead"), forces.second, "head")
    forces.banker = works_in(person("banker"), forces.bank, "member")
    return forces


@pytest.fixture
def cases(forces: SimpleNamespace) -> dict[str, Case]:
    """One case of every kind, each with its facts; unclaimed, as in a queue."""
    lead = bring_to(forces, register_lead(forces.member, forces.first), "admission_review")
    convene(forces, lead)
    claimed = register_lead(forces.member, forces.first, investor_name="远山机械（示范）")
    given = {"claimant": forces.second.pk, "grounds": "先会见"}
    planned = {
        "kind": "trip",
        "task_force": forces.first.pk,
        "begins_on": "2026-11-16",
        "place": "深圳",
        "purpose": "拜访",
    }
    found = {
        "investment.activity": engine.open_case(ACTIVITY, by=actor(forces.member), data=planned, now=MONDAY),
        "investment.lead": register_lead(forces.member, forces.first, investor_name="清溪电子（示范）"),
        "investment.opinion": lead.children.get(opinion__about="environment"),
        "investment.assessment": lead.children.get(
            kind="investment.assessment", assignee=forces.offices["science"]
        ),
        "investment.rivalry": rivalry.claim(claimed, by=actor(forces.rival), data=given, now=MONDAY),
    }
    Case.objects.filter(pk__in=[case.pk for case in found.values()]).update(
        assignee=None, closed_at=None, outcome=""
    )
    return found


def everybody(forces: SimpleNamespace) -> dict[str, Actor | None]:
    park = forces.park
    users = {
        "member": forces.member, "head": forces.head, "rival": forces.rival, "rivalhead": forces.rivalhead,
        "office": forces.offices["science"], "ecology": forces.offices["ecology"], "leader": forces.leader,
        "supervisor": park.supervisor, "auditor": park.auditor, "administrator": park.administrator,
        "steward": park.steward, "banker": forces.banker, "owner": park.owner,
    }  # fmt: skip
    return {**{name: actor(user) for name, user in users.items()}, "portal": None}


def attempt(case: Case, name: str, who: Actor | None) -> str:
    """What comes of it, with only the next action typed in; nothing of it is kept."""
    try:
        with transaction.atomic():
            engine.perform(case.pk, name, by=who, data=NEXT, now=at("2026-11-18 10:00"))
            transaction.set_rollback(True)
    except NotAllowed:
        return "no"
    except Conflict:
        return "late"
    except (Invalid, Refused, IntegrityError):
        return "yes"  # may do it, but has to say or do something first; or the rows do not fit the step
    return "yes"


def lines(forces: SimpleNamespace, cases: dict[str, Case]) -> Iterator[str]:
    people = everybody(forces)
    for kind in KINDS:
        flow, case = FLOWS[kind], cases[kind]
        for transition in flow.transitions:
            allowed: dict[str, list[str]] = {}
            for step in flow.steps:
                if step.is_end:
                    continue
                Case.objects.filter(pk=case.pk).update(step=step.name, holder=step.holder)
                found = {name: attempt(case, transition.name, who) for name, who in people.items()}
                if step.name not in transition.source:
                    assert set(found.values()) <= {"late", "no"}, (kind, step.name, transition.name)
                    continue
                assert "late" not in found.values(), (kind, step.name, transition.name)
                allowed.setdefault(" ".join(n for n, f in found.items() if f == "yes"), []).append(step.name)
            for who, steps in allowed.items():
                yield f"{kind:22} {transition.name:16} {','.join(steps)} : {who}".rstrip()


def test_everybody_can_do_exactly_what_the_table_says(
    forces: SimpleNamespace, cases: dict[str, Case]
) -> None:
    assert set(cases) == set(KINDS)
    text = "\n".join(lines(forces, cases)) + "\n"
    if os.environ.get("ACCESS_MATRIX") == "write":
        TABLE.write_text(text)
    assert text == TABLE.read_text()


def test_who_has_nothing_to_do_with_it_can_do_nothing() -> None:
    known = [line.rpartition(" : ")[2].split() for line in TABLE.read_text().splitlines()]
    assert known
    for nobody in ("supervisor", "auditor", "administrator", "steward", "banker", "owner"):
        assert not [who for who in known if nobody in who], nobody


def test_of_a_confidential_lead_nobody_outside_can_do_anything(
    forces: SimpleNamespace, cases: dict[str, Case]
) -> None:
    lead = act(forces.head, cases["investment.lead"], "accept")
    circle.close(lead, [forces.head.pk], MONDAY)
    lead.save(update_fields=["confidential"])
    for name, who in everybody(forces).items():
        if who is None:
            continue
        done = {attempt(lead, t.name, who) for t in lead.flow.transitions if lead.step in t.source}
        assert (done == {"no"}) == (name not in ("member", "head")), name
