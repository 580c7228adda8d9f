"""保密: a confidential lead exists for its circle only, wherever one looks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from investment.access import LEAD
from portal.accounts.models import User
from portal.cases import absences, engine, queue, watch
from portal.cases.access import visible_to
from portal.cases.errors import CaseError, NotAllowed, Refused
from portal.cases.models import Case, CircleMember, Event
from portal.ledgers.access import cases_for
from portal.notices.models import Notice
from tests.investment.leading import act, bring_to, give_opinions, make_task_forces, register_lead
from tests.people import MONDAY, actor, at, person, works_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


@pytest.fixture
def secret(forces: SimpleNamespace) -> Case:
    """Registered as confidential by a member: known to the member and the head of the task force."""
    return register_lead(forces.member, forces.first, confidential="on")


def sees(user: User, case: Case) -> bool:
    return visible_to(actor(user)).filter(pk=case.pk).exists()


def test_it_exists_for_its_circle_only(park: SimpleNamespace, forces: SimpleNamespace, secret: Case) -> None:
    colleague = works_in(person("metalcolleague"), forces.first)
    circle = (forces.member, forces.head)
    others = (
        colleague, forces.rival, park.leader, park.supervisor, park.auditor, park.inspector,
        park.administrator, park.owner,
    )  # fmt: skip
    assert [sees(user, secret) for user in circle] == [True, True]
    assert [sees(user, secret) for user in others] == [False] * len(others)
    for name in ("team", "unclaimed", "overdue"):
        assert secret not in queue.of_view(name, actor(colleague), MONDAY)
    assert queue.counts(actor(colleague), MONDAY)["team"] == 0
    assert queue.counts(actor(forces.head), MONDAY)["team"] == 1
    with pytest.raises(NotAllowed):
        engine.claim(secret, by=actor(colleague))
    assert engine.claim_next(actor(colleague)) is None
    with pytest.raises(NotAllowed):
        act(colleague, secret, "accept")


@pytest.mark.parametrize("who", ["colleague", "leader", "auditor", "administrator"])
def test_no_page_api_search_export_or_record_shows_it(
    park: SimpleNamespace, forces: SimpleNamespace, secret: Case, who: str
) -> None:
    works_in(person("metalcolleague"), forces.first)
    user = User.objects.get(username="metalcolleague") if who == "colleague" else getattr(park, who)
    client = Client()
    client.force_login(user)
    for address in (
        f"/cases/{secret.pk}/",
        f"/api/v1/cases/{secret.pk}/",
        f"/cases/{secret.pk}/do/accept/",
    ):
        assert client.get(address).status_code == 404, address
    for address in (
        "/work/?view=team",
        "/search/?q=特种材料",
        f"/search/?q={secret.number}",
        "/api/v1/cases/?state=all",
        "/api/v1/events/",
        "/administration/audit/",
        "/reports/",
    ):
        shown = client.get(address).content.decode()
        for told in ("特种材料项目", f">{secret.number}", f'"{secret.number}"'):
            asked = f'value="{secret.number}"' if f"q={secret.number}" in address else ""
            assert told not in shown.replace(asked, "") if asked else told not in shown, (address, told)
    assert not cases_for(LEAD, actor(user)).filter(pk=secret.pk).exists()


def test_its_parts_are_confidential_too_and_the_asked_heads_know(
    forces: SimpleNamespace, secret: Case
) -> None:
    chief = works_in(person("ecologychief"), forces.offices["ecology"].memberships.get().team, "head")
    case = bring_to(forces, secret, "pre_review")
    part = case.children.get(opinion__about="environment")
    assert part.confidential
    assert [sees(user, part) for user in (chief, forces.head, forces.offices["ecology"])] == [
        True,
        True,
        False,
    ]
    assert not sees(chief, case)
    with pytest.raises(NotAllowed):
        give_opinions(forces, case)
    engine.assign(part, by=actor(chief), data={"assignee": forces.offices["ecology"].pk})
    assert act(forces.offices["ecology"], part, "give", verdict="agreed").outcome == "given"


def test_heads_and_leaders_close_and_widen_the_circle(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "pre_review")
    with pytest.raises(NotAllowed):
        act(forces.member, case, "confide", people=[])
    case = act(park.leader, case, "confide", people=[])
    known = set(CircleMember.objects.filter(case=case).values_list("user", flat=True))
    assert known == {park.leader.pk, forces.head.pk, forces.member.pk}  # the handler knows what lies there
    assert not sees(forces.offices["ecology"], case)
    assert not sees(forces.offices["ecology"], case.children.get(opinion__about="environment"))
    act(forces.head, case, "let_in", people=[park.supervisor.pk])
    assert sees(park.supervisor, case)
    act(forces.head, case, "take_out", person=park.supervisor.pk)
    assert not sees(park.supervisor, case)
    with pytest.raises(Refused):
        act(forces.head, case, "take_out", person=forces.member.pk)  # handles it
    act(forces.head, case, "disclose")
    assert sees(park.supervisor, case)
    assert sees(forces.offices["ecology"], case)


def test_alerts_reach_the_circle_only_and_no_supervision_order_is_issued(
    park: SimpleNamespace, forces: SimpleNamespace, secret: Case
) -> None:
    works_in(person("metalcolleague"), forces.first)
    Notice.objects.all().delete()
    for day in ("2026-11-18", "2026-11-19", "2026-11-20", "2026-11-25", "2026-12-02"):
        watch.sweep(at(f"{day} 10:00"))
    secret.refresh_from_db()
    assert secret.alert_level >= 4
    told = set(Notice.objects.filter(case_id=secret.pk).values_list("recipient__username", flat=True))
    assert told <= {"metalmember", "metalhead"}
    assert told
    assert not secret.children.exists()


def test_a_rival_hears_only_that_the_park_knows_the_investor(forces: SimpleNamespace, secret: Case) -> None:
    with pytest.raises(Refused) as refused:
        register_lead(forces.rival, forces.second)
    assert secret.number not in str(refused.value)
    client = Client()
    client.force_login(forces.rival)
    assert client.get(reverse("investment:lead_claim", args=[secret.number])).status_code == 404


def test_a_deputy_outside_the_circle_is_not_given_it(
    park: SimpleNamespace, forces: SimpleNamespace, secret: Case
) -> None:
    colleague = works_in(person("metalcolleague"), forces.first)
    engine.claim(secret, by=actor(forces.member), now=MONDAY)
    absences.enter(
        forces.member, deputy=colleague, from_on=MONDAY.date(), until_on=MONDAY.date(),
        by=actor(forces.member), now=MONDAY,
    )  # fmt: skip
    secret.refresh_from_db()
    assert secret.assignee == forces.member


def test_what_is_handed_over_is_known_to_the_heads_there(forces: SimpleNamespace, secret: Case) -> None:
    chief = works_in(person("robothead"), forces.second, "head")
    engine.transfer(secret, by=actor(forces.head), data={"to_team": forces.second.pk, "reason": "产业更合适"})
    assert [sees(user, secret) for user in (chief, forces.rival)] == [True, False]
    with pytest.raises(CaseError):
        engine.accept_transfer(secret, by=actor(forces.rival))
    assert engine.accept_transfer(secret, by=actor(chief)).team == forces.second


def test_the_record_of_it_is_not_for_the_audit(park: SimpleNamespace, secret: Case) -> None:
    from portal.administration.auditing import readable

    assert Event.objects.filter(case=secret).exists()
    found: Any = readable(actor(park.auditor))
    assert not found.filter(case=secret).exists()
