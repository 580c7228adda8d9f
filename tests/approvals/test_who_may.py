"""State × action × role: every transition of every flow of approvals, by everybody, against a table.

`ACCESS_MATRIX=write` writes the table anew; then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from approvals import actions
from approvals.models import ActionItem, Assistance, CapacityReview, Project, Utility
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.declaration import FLOWS
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.park.acting import Actor
from tests.approvals.building import accepted, do, make_office, material, open_project, permit, signed
from tests.approvals.land import begin_land_approval, begin_recovery, idle_parcel, line, make_parcel
from tests.people import MONDAY, actor, at, person, works_in

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("who_may.txt")
KINDS = sorted(kind for kind in FLOWS if kind.startswith("approvals."))
# Who tries; "park:" means that nobody is signed in and the portal itself acts.
PEOPLE = (
    "owner", "rival", "auditor", "administrator", "supervisor", "leader", "member", "head",
    "window", "windowhead", "agent", "butler", "stranger",
)  # fmt: skip


@pytest.fixture
def cases(park: SimpleNamespace) -> dict[str, Case]:
    """One case of every kind, each with its facts; unclaimed, as in a queue."""
    office = make_office(park)
    office.items["GD-003"].pledgeable = "commitment"
    office.items["GD-003"].save()
    case = signed(park, office)
    butler = works_in(person("butler"), office.task_force)
    Project.objects.filter(pk=case.pk).update(
        agent=park.service, butler=butler, leader=park.leader, task_force=office.task_force
    )
    found: dict[str, Case] = {"approvals.project": case}
    first = accepted(park, office, case, "filing", MONDAY, commitment="on")
    do(park.handler, first.case_id, "review", MONDAY, opinion="x")
    do(park.head, first.case_id, "grant", MONDAY, grounds="")
    found["approvals.verification"] = first.pledges.get().case
    land = office.items["GD-008"]
    land.pledgeable = "lacking"
    land.save()
    paper = material(office, "GD-008", "附图", key=False)
    second = accepted(park, office, case, "land_use", MONDAY, **{f"pledge_{paper.pk}": "2026-11-30"})
    found["approvals.pledge"] = second.pledges.get().case
    found["approvals.permit"] = second.case
    found["approvals.assistance"] = Assistance.objects.get(project=case.pk).case
    do(park.owner, case, "ask_for_utility", MONDAY, kind="power", need="10kV")
    found["approvals.utility"] = Utility.objects.get(project=case.pk).case
    do(
        office.clerk, case, "hold_meeting", MONDAY, held_on="2026-11-16", minutes="x",
        what_1="协调", team_1=park.team["development"].pk, due_1="2026-11-20",
    )  # fmt: skip
    found["approvals.action_item"] = ActionItem.objects.get().case
    found["approvals.capacity_review"] = _reviewed(park, office)
    found |= _on_land(park)
    teams = {
        "approvals.permit": park.team["development"],
        "approvals.capacity_review": park.team["development"],
    }
    for kind, team in teams.items():
        Case.objects.filter(pk=found[kind].pk).update(team=team)
    Case.objects.filter(pk__in=[c.pk for c in found.values()]).update(assignee=None)
    park.office, park.butler = office, butler
    return found


def _reviewed(park: SimpleNamespace, office: SimpleNamespace) -> Case:
    """Another project, whose review is open."""
    other = open_project(park, office, name="第二个项目")
    do(office.clerk, other, "sign", MONDAY, signed_on="2026-11-16", committed_tax_per_mu="1")
    Case.objects.filter(pk=other.pk).update(step="capacity_review")
    Project.objects.filter(pk=other.pk).update(
        committed_capacity_on="2026-11-10", agent=park.service, butler=User.objects.get(username="butler")
    )
    actions.open_reviews(at("2026-11-17 09:00"))
    return CapacityReview.objects.get(project=other.pk).case


def _on_land(park: SimpleNamespace) -> dict[str, Case]:
    """A recovery with its two tracks, and a land approval with a line of its checklist."""
    recovery = begin_recovery(park, idle_parcel(park))
    for begin in ("begin_agreement", "begin_compulsory"):
        do(park.handler, recovery, begin, MONDAY)
    approval = begin_land_approval(park, make_parcel("F-01"))
    do(
        park.handler,
        approval,
        "add_lines",
        MONDAY,
        **line("勘测定界", park.team["development"], "2026-12-01"),
    )
    task = approval.children.get()
    return {case.kind: case for case in (recovery, *recovery.children.all(), approval, task)}


def everybody(park: SimpleNamespace) -> dict[str, Actor | None]:
    office = park.office
    head = office.window_team.memberships.get(role="head").user
    users = {
        "owner": park.owner, "rival": park.rival, "auditor": park.auditor,
        "administrator": park.administrator, "supervisor": park.supervisor, "leader": park.leader,
        "member": park.handler, "head": park.head, "window": office.clerk, "windowhead": head,
        "agent": park.service, "butler": park.butler, "stranger": park.other_steward,
    }  # fmt: skip
    assert set(users) == set(PEOPLE)
    return {**{name: actor(user) for name, user in users.items()}, "portal": None}


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
        return "yes"  # the case was put back to this step by hand: its rows are there already
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
                Case.objects.filter(pk=case.pk).update(step=step.name, holder=step.holder)
                found = {name: attempt(case, transition.name, who) for name, who in people.items()}
                if step.name not in transition.source:
                    assert set(found.values()) <= {"late", "no"}, (kind, step.name, transition.name)
                    continue
                assert "late" not in found.values(), (kind, step.name, transition.name)
                allowed.setdefault(" ".join(n for n, f in found.items() if f == "yes"), []).append(step.name)
            for who, steps in allowed.items():
                yield f"{kind:26} {transition.name:20} {','.join(steps):60} {who}"


def test_everybody_can_do_exactly_what_the_table_says(park: SimpleNamespace, cases: dict[str, Case]) -> None:
    assert set(cases) == set(KINDS)
    text = "\n".join(lines(park, cases)) + "\n"
    if os.environ.get("ACCESS_MATRIX") == "write":
        TABLE.write_text(text)
    assert text == TABLE.read_text()


def test_who_has_nothing_to_do_with_a_project_can_do_nothing(
    park: SimpleNamespace, cases: dict[str, Case]
) -> None:
    known = [line.split() for line in TABLE.read_text().splitlines()]
    for nobody in ("rival", "auditor", "administrator", "stranger"):
        assert not [line for line in known if nobody in line[3:]], nobody
    assert permit(cases["approvals.project"], "filing").pk
