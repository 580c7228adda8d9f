"""好差评, the low ones: follow-up, review by another office, a second low rating before the leaders."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from portal.accounts.models import Duty, DutyGrant
from portal.cases import engine, timeline, watch
from portal.cases.access import visible_to
from portal.cases.checks import problems
from portal.cases.declaration import FLOWS, Flow
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.cases.models import Alert, Case, FollowUp, Rating, Signature
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import import_path
from portal.notices.models import Notice
from portal.park.models import Agency, Team
from tests.api.conftest import program
from tests.pages.test_boards import titles
from tests.pages.test_pages import browser
from tests.people import (
    MONDAY,
    accept,
    actor,
    at,
    closed,
    file_request,
    handled,
    person,
    works_in,
)

pytestmark = pytest.mark.django_db
TUESDAY = at("2026-11-17 10:00")
YEAR = "date_from=2026-01-01&date_to=2026-12-31"
APPEAL = {"ground": "mistaken", "reason": "企业来电说点错了等级，通话记录在案。"}


def rated_low(park: SimpleNamespace, now: datetime = MONDAY, level: int = 1) -> Case:
    """The follow-up of a request that was rated low. It lies with the station, which closed the request."""
    case = closed(park, now)
    engine.rate(case, by=actor(park.owner), data={"level": level, "comment": "太慢"}, now=now)
    return case.children.get(kind="cases.follow_up")


def called(park: SimpleNamespace, follow_up: Case) -> Case:
    data = {"contact_note": "已致歉"}
    return engine.perform(follow_up, "call_back", by=actor(park.steward), data=data, now=MONDAY)


def in_review(park: SimpleNamespace, **changes: str) -> Case:
    follow_up = called(park, rated_low(park))
    return engine.perform(follow_up, "appeal", by=actor(park.steward), data={**APPEAL, **changes}, now=MONDAY)


def settled(park: SimpleNamespace) -> Case:
    follow_up = called(park, rated_low(park))
    engine.perform(follow_up, "put_right", by=actor(park.steward), data={"remedy": "双回路"}, now=MONDAY)
    return engine.perform(follow_up, "agree", by=actor(park.owner), now=MONDAY)


def failed_twice(park: SimpleNamespace) -> Case:
    """What lies before the leaders once the follow-up was rated low too."""
    follow_up = settled(park)
    engine.rate(follow_up, by=actor(park.owner), data={"level": 2, "comment": "又停了"}, now=MONDAY)
    return follow_up.children.get()


def told(case: Case, key: str) -> set[str]:
    return set(Notice.objects.filter(case_id=case.pk, key=key).values_list("recipient__username", flat=True))


def figure(key: str, park: SimpleNamespace) -> dict[str, Any]:
    lines = browser(park.leader).get(f"/api/v1/indicators/?{YEAR}&key={key}").json()["results"]
    return {name: lines[0][name] for name in ("value", "n")}


# The review ------------------------------------------------------------------------------------------


def test_a_review_goes_to_another_office_with_a_limit_while_the_promise_runs(park: SimpleNamespace) -> None:
    case = called(park, rated_low(park))
    promised = case.promise_due_at
    answer = program(park.steward).act(case, "appeal", APPEAL)
    assert answer.status_code == 200, answer.json()
    case.refresh_from_db()
    assert (case.step, case.team, case.assignee) == ("in_review", park.team["supervision"], None)
    stay = case.stays.get(left_at=None)
    assert (stay.limit_amount, stay.limit_unit) == (2, "wd")
    assert (case.promise_due_at, case.holder) == (promised, "department")
    assert {"supervisor", "owner", "agent"} <= told(case, "case.moved")


@time_machine.travel(MONDAY, tick=False)
def test_a_review_is_due_after_two_working_days_and_escalates(park: SimpleNamespace) -> None:
    case = in_review(park)
    assert case.due_at == at("2026-11-18 17:30")
    watch.sweep(at("2026-11-18 17:30"))
    case.refresh_from_db()
    assert (case.step, case.alert_level) == ("in_review", 2)


@time_machine.travel(MONDAY, tick=False)
def test_a_rating_set_aside_stays_on_record_with_its_reason_and_counts_nowhere(park: SimpleNamespace) -> None:
    others = [closed(park) for _ in range(5)]
    for other in others:
        engine.rate(other, by=actor(park.owner), data={"level": 5}, now=MONDAY)
    case = in_review(park)
    assert figure("stations.rating_average", park) == {"value": "4.3333333333", "n": 6}
    assert figure("stations.reopened_share", park) == {"value": "0.1666666667", "n": 6}
    page = browser(park.supervisor).get(f"/cases/{case.pk}/").content.decode()
    assert "误评" in page
    assert "通话记录在案" in page
    done = browser(park.supervisor).post(
        f"/cases/{case.pk}/do/set_aside/", {"reason": "企业确认点错等级"}, follow=True
    )
    assert done.status_code == 200
    case.refresh_from_db()
    assert (case.step, case.outcome, case.team) == ("not_counted", "set_aside", park.team["jinrong"])
    rating = Rating.objects.get(case=case.parent)
    assert (rating.level, rating.counts, rating.set_aside_why) == (1, False, "企业确认点错等级")
    for person_ in (park.owner, park.steward):
        for pk in (case.pk, case.parent_id):
            shown = browser(person_).get(f"/cases/{pk}/").content.decode()
            assert "此评价不计入统计，原因：企业确认点错等级" in shown, (person_, pk)
    body = program(park.owner).get(f"cases/{case.parent_id}/").json()
    assert body["rating"]["counts"] is False
    assert body["rating"]["set_aside_why"] == "企业确认点错等级"
    assert "rating_set_aside" in {event["verb"] for event in body["timeline"]}
    assert figure("stations.rating_average", park) == {"value": "5", "n": 5}
    assert figure("stations.reopened_share", park) == {"value": "0", "n": 6}
    notice = Notice.objects.get(recipient=park.owner, key="case.rating_reviewed")
    assert notice.params["reason"] == "企业确认点错等级"
    assert "企业确认点错等级" in browser(park.owner).get("/notices/").content.decode()
    assert {"steward", "colleague", "stationhead"} <= told(case, "case.moved")
    assert list(timeline.breaks()) == []


@time_machine.travel(MONDAY, tick=False)
def test_a_rating_that_stands_goes_back_to_the_team_and_no_second_review_follows(
    park: SimpleNamespace,
) -> None:
    case = in_review(park, ground="malicious")
    answer = program(park.supervisor).act(case, "rating_stands", {"reason": "情况属实"})
    assert answer.status_code == 200, answer.json()
    case.refresh_from_db()
    assert (case.step, case.team) == ("mending", park.team["jinrong"])
    assert Rating.objects.get(case=case.parent).counts
    assert told(case, "case.rating_reviewed") == {"owner", "agent"}
    assert "情况属实" in browser(park.owner).get(f"/cases/{case.pk}/").content.decode()
    offered = {a["name"]: a for a in program(park.steward).get(f"cases/{case.pk}/").json()["actions"]}
    assert "final" in offered["appeal"]["blocked"]
    with pytest.raises(Refused, match="final"):
        engine.perform(case, "appeal", by=actor(park.steward), data=APPEAL, now=MONDAY)
    engine.perform(case, "put_right", by=actor(park.steward), data={"remedy": "双回路"}, now=MONDAY)
    assert engine.perform(case, "agree", by=actor(park.owner), now=MONDAY).outcome == "settled"


def test_who_asks_before_the_call_has_to_call_when_the_rating_stands(park: SimpleNamespace) -> None:
    case = rated_low(park)
    engine.perform(case, "appeal", by=actor(park.steward), data=APPEAL, now=MONDAY)
    case = engine.perform(
        case, "rating_stands", by=actor(park.supervisor), data={"reason": "属实"}, now=TUESDAY
    )
    assert (case.step, case.due_at) == ("to_contact", at("2026-11-18 17:30"))


@time_machine.travel(MONDAY, tick=False)
def test_nobody_but_the_reviewing_office_decides(park: SimpleNamespace) -> None:
    case = in_review(park)
    for name in ("rating_stands", "set_aside"):
        for insider in (park.steward, park.colleague, park.station_head, park.owner, park.leader):
            answer = browser(insider).post(f"/cases/{case.pk}/do/{name}/", {"reason": "不计"})
            assert answer.status_code == 403, (insider, name)
        for stranger in (park.rival, park.other_steward, park.service):
            answer = browser(stranger).post(f"/cases/{case.pk}/do/{name}/", {"reason": "不计"})
            assert answer.status_code == 404, (stranger, name)
        assert browser(park.auditor).post(f"/cases/{case.pk}/do/{name}/", {"reason": "x"}).status_code == 403
    assert (
        browser(park.supervisor).post(f"/cases/{case.pk}/do/set_aside/", {"reason": " "}).status_code == 422
    )
    case.refresh_from_db()
    assert case.step == "in_review"


def test_only_the_handler_asks_for_a_review_and_says_why(park: SimpleNamespace) -> None:
    case = called(park, rated_low(park))
    address = f"/cases/{case.pk}/do/appeal/"
    for stranger, status in (
        (park.owner, 403),
        (park.colleague, 403),
        (park.supervisor, 403),
        (park.rival, 404),
        (park.other_steward, 404),
    ):
        assert browser(stranger).post(address, APPEAL).status_code == status, stranger
    for bad in ({}, {"ground": "mistaken"}, {"ground": "envy", "reason": "x"}, {"reason": "x"}):
        assert browser(park.steward).post(address, bad).status_code == 422, bad
    hostile = {"ground": "malicious", "reason": "<script>alert(1)</script>" * 50}
    assert browser(park.steward).post(address, hostile).status_code == 302
    page = browser(park.supervisor).get(f"/cases/{case.pk}/").content.decode()
    assert "<script>alert" not in page


def test_the_enterprise_reads_that_a_review_was_asked_for_but_not_why(park: SimpleNamespace) -> None:
    case = in_review(park, ground="malicious", reason="屡次无故差评")
    page = browser(park.owner).get(f"/cases/{case.pk}/").content.decode()
    assert "申请了评价复核" in page
    assert "正在复核这次评价是否计入" in page
    body = str(program(park.owner).get(f"cases/{case.pk}/").json())
    for text in (page, body):
        assert "恶意" not in text
        assert "malicious" not in text
        assert "屡次无故差评" not in text


def test_who_took_part_in_the_case_does_not_review_its_rating(park: SimpleNamespace) -> None:
    case = handled(park)
    told_ = {"result": "resolved", "result_text": "已恢复"}
    engine.perform(case, "report", by=actor(park.handler), data=told_, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    engine.perform(case, "verify", by=actor(park.supervisor), now=MONDAY)  # the supervisor closed it
    engine.rate(case, by=actor(park.owner), data={"level": 1}, now=MONDAY)
    follow_up = case.children.get()
    engine.perform(follow_up, "appeal", by=actor(park.steward), data=APPEAL, now=MONDAY)
    with pytest.raises(NotAllowed):
        engine.perform(follow_up, "set_aside", by=actor(park.supervisor), data={"reason": "x"}, now=MONDAY)
    assert "/do/set_aside/" not in browser(park.supervisor).get(f"/cases/{follow_up.pk}/").content.decode()
    works_in(park.handler, park.team["supervision"])  # who reported has changed office since
    with pytest.raises(NotAllowed):
        engine.perform(follow_up, "set_aside", by=actor(park.handler), data={"reason": "x"}, now=MONDAY)
    other = works_in(person("second"), park.team["supervision"])
    done = engine.perform(follow_up, "set_aside", by=actor(other), data={"reason": "误评"}, now=MONDAY)
    assert done.outcome == "set_aside"


def test_a_review_that_is_handed_to_the_rated_team_cannot_be_decided_there(park: SimpleNamespace) -> None:
    case = in_review(park)
    data = {"to_team": park.team["jinrong"].pk, "reason": "请贵站自行处理"}
    engine.transfer(case, by=actor(park.supervisor), data=data, now=MONDAY)
    engine.accept_transfer(case, by=actor(park.colleague), now=MONDAY)
    for insider in (park.steward, park.colleague, park.station_head):
        with pytest.raises(NotAllowed):
            engine.perform(case, "set_aside", by=actor(insider), data={"reason": "x"}, now=MONDAY)


def test_the_four_eyes_of_a_review_are_held_by_the_database(park: SimpleNamespace) -> None:
    case = in_review(park)
    mine = Signature.objects.filter(case=case, user=park.steward, side=1)
    assert set(mine.values_list("rule", flat=True)) == {"rating_stands", "set_aside"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            case=case, rule="set_aside", user=park.steward, side=2, rounds=(1, 2), at=MONDAY
        )


def test_the_ratings_of_the_reviewing_office_are_reviewed_by_discipline_inspection(
    park: SimpleNamespace,
) -> None:
    case = rated_low(park)
    data = {"to_team": park.team["supervision"].pk, "reason": "由督查室整改"}
    engine.transfer(case, by=actor(park.station_head), data=data, now=MONDAY)
    engine.accept_transfer(case, by=actor(park.supervisor), now=MONDAY)
    case = engine.perform(case, "appeal", by=actor(park.supervisor), data=APPEAL, now=MONDAY)
    assert case.team == park.team["discipline"]
    original = browser(park.inspector).get(f"/cases/{case.parent_id}/")
    assert original.status_code == 200  # who judges sees what was rated
    with pytest.raises(NotAllowed):
        engine.perform(case, "set_aside", by=actor(park.supervisor), data={"reason": "x"}, now=MONDAY)
    done = engine.perform(case, "set_aside", by=actor(park.inspector), data={"reason": "误评"}, now=MONDAY)
    assert (done.outcome, done.team) == ("set_aside", park.team["supervision"])


def test_without_an_office_that_is_not_concerned_the_button_says_so(park: SimpleNamespace) -> None:
    case = called(park, rated_low(park))
    Case.objects.filter(pk=case.pk).update(team=park.team["supervision"], assignee=None)
    Case.objects.filter(pk=case.parent_id).update(team=park.team["discipline"])
    assert "无法复核" in browser(park.supervisor).get(f"/cases/{case.pk}/").content.decode()
    Team.objects.filter(code="discipline").update(active=False)
    assert "discipline" in browser(park.supervisor).get(f"/cases/{case.pk}/").content.decode()
    assert browser(park.supervisor).post(f"/cases/{case.pk}/do/appeal/", APPEAL).status_code == 422
    case.refresh_from_db()
    assert (case.step, case.follow_up.appeal_ground) == ("mending", "")


@time_machine.travel(MONDAY, tick=False)
def test_a_second_click_and_a_stale_tab_change_nothing(park: SimpleNamespace) -> None:
    case = called(park, rated_low(park))
    stale = {**APPEAL, "version": str(case.version)}
    engine.comment(case, by=actor(park.owner), data={"body": "等级点错了"}, now=MONDAY)
    assert browser(park.steward).post(f"/cases/{case.pk}/do/appeal/", stale).status_code == 409
    assert browser(park.steward).post(f"/cases/{case.pk}/do/appeal/", APPEAL).status_code == 302
    assert browser(park.steward).post(f"/cases/{case.pk}/do/appeal/", APPEAL).status_code in (403, 409)
    first, second = ({"reason": "企业确认"}, {"reason": "属实"})
    assert browser(park.supervisor).post(f"/cases/{case.pk}/do/set_aside/", first).status_code == 302
    assert browser(park.supervisor).post(f"/cases/{case.pk}/do/set_aside/", first).status_code == 409
    assert browser(park.supervisor).post(f"/cases/{case.pk}/do/rating_stands/", second).status_code == 409
    assert case.parent.events.filter(verb="rating_set_aside").count() == 1  # type: ignore[union-attr]


def test_the_database_wants_a_reason_for_what_is_not_counted(park: SimpleNamespace) -> None:
    case = rated_low(park)
    for rows, wrong in (
        (Rating.objects.filter(case=case.parent), {"set_aside_at": MONDAY}),
        (Rating.objects.filter(case=case.parent), {"set_aside_why": "x"}),
        (FollowUp.objects.filter(case=case), {"appeal_ground": "mistaken"}),
        (FollowUp.objects.filter(case=case), {"appeal_ground": "envy", "appeal_reason": "x"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)  # type: ignore[attr-defined]
    with pytest.raises(ProtectedError):
        Rating.objects.filter(case=case.parent).delete()


# Sealed complaints -----------------------------------------------------------------------------------


def sealed_and_closed(park: SimpleNamespace) -> Case:
    case = file_request(park, category="conduct", accused_team=park.team["development"].pk)
    answer = {"result": "resolved", "result_text": "已处理"}
    engine.perform(case, "answer", by=actor(park.inspector), data=answer, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    return engine.perform(case, "verify", by=actor(park.second_inspector), now=MONDAY)


def test_what_a_low_rating_of_a_sealed_complaint_sets_off_is_sealed(park: SimpleNamespace) -> None:
    case = sealed_and_closed(park)
    engine.rate(case, by=actor(park.owner), data={"level": 1}, now=MONDAY)
    follow_up = case.children.get(kind="cases.follow_up")
    outsiders = (park.leader, park.supervisor, park.auditor, park.handler)
    who = actor(park.inspector)
    assert follow_up.sealed
    with pytest.raises(Refused):
        engine.perform(follow_up, "appeal", by=who, data=APPEAL, now=MONDAY)
    engine.perform(follow_up, "call_back", by=who, data={"contact_note": "已解释"}, now=MONDAY)
    engine.perform(follow_up, "put_right", by=who, data={"remedy": "已约谈"}, now=MONDAY)
    engine.perform(follow_up, "agree", by=actor(park.owner), now=MONDAY)
    engine.rate(follow_up, by=actor(park.owner), data={"level": 1}, now=MONDAY)
    before = follow_up.children.get()
    for made in (follow_up, before):
        assert made.sealed
        for outsider in outsiders:
            assert not visible_to(actor(outsider)).filter(pk=made.pk).exists()
        people = set(Notice.objects.filter(case_id=made.pk).values_list("recipient__username", flat=True))
        assert people <= {"owner", "agent", "inspector", "inspector2"}
    with pytest.raises(NotAllowed):
        engine.perform(before, "take_note", by=actor(park.second_inspector), data={"note": "x"}, now=MONDAY)
    done = engine.perform(before, "take_note", by=who, data={"note": "重新核查"}, now=MONDAY)
    assert done.outcome == "noted"


# The rating of the follow-up -------------------------------------------------------------------------


@time_machine.travel(MONDAY, tick=False)
def test_a_good_rating_of_the_follow_up_ends_the_matter(park: SimpleNamespace) -> None:
    follow_up = settled(park)
    client = browser(park.owner)
    home = client.get("/").content.decode()
    assert "问题整改到位了吗？" in home
    assert f"/cases/{follow_up.pk}/rate/" in home
    assert "评价整改情况" in client.get(f"/cases/{follow_up.pk}/").content.decode()
    offered = {
        a["name"]: a["label"] for a in program(park.owner).get(f"cases/{follow_up.pk}/").json()["actions"]
    }
    assert offered["rate"] == "Rate the follow-up"
    assert client.post(f"/cases/{follow_up.pk}/rate/", {"level": "4"}).status_code == 302
    assert not follow_up.children.exists()
    assert client.post(f"/cases/{follow_up.pk}/rate/", {"level": "1"}).status_code == 409
    assert "问题整改到位了吗？" not in client.get("/").content.decode()
    assert figure("stations.rating_average", park)["n"] == 1  # one request, one rating


def test_a_follow_up_that_rested_can_be_rated_too(park: SimpleNamespace) -> None:
    follow_up = called(park, rated_low(park))
    engine.perform(follow_up, "put_right", by=actor(park.steward), data={"remedy": "双回路"}, now=MONDAY)
    with pytest.raises(Refused):
        engine.rate(follow_up, by=actor(park.owner), data={"level": 5}, now=MONDAY)
    assert watch.lapse(at("2026-11-23 17:30")) == 1
    made = engine.rate(follow_up, by=actor(park.owner), data={"level": 5}, now=at("2026-11-24 09:00"))
    assert made.level == 5


def test_a_follow_up_whose_rating_was_set_aside_is_not_rated(park: SimpleNamespace) -> None:
    case = in_review(park)
    case = engine.perform(case, "set_aside", by=actor(park.supervisor), data={"reason": "误评"}, now=MONDAY)
    with pytest.raises(Refused, match="评价不计"):
        engine.rate(case, by=actor(park.owner), data={"level": 1}, now=MONDAY)
    assert "/rate/" not in browser(park.owner).get(f"/cases/{case.pk}/").content.decode()


def test_only_the_enterprise_itself_rates_the_follow_up(park: SimpleNamespace) -> None:
    follow_up = settled(park)
    for stranger, status in ((park.steward, 403), (park.leader, 403), (park.rival, 404)):
        answer = browser(stranger).post(f"/cases/{follow_up.pk}/rate/", {"level": "1"})
        assert answer.status_code == status, stranger
    for bad in ("0", "6", "x", ""):
        assert browser(park.owner).post(f"/cases/{follow_up.pk}/rate/", {"level": bad}).status_code == 422
    assert not Rating.objects.filter(case=follow_up).exists()


@time_machine.travel(MONDAY, tick=False)
def test_a_second_low_rating_stands_on_the_leaders_list_until_a_leader_takes_note(
    park: SimpleNamespace,
) -> None:
    follow_up = settled(park)
    page = browser(park.owner).post(f"/cases/{follow_up.pk}/rate/", {"level": "1"}, follow=True)
    assert "已报园区主要领导" in page.content.decode()
    case = follow_up.children.get()
    assert (case.kind, case.step, case.alert_level) == ("cases.second_failure", "before_leaders", 5)
    assert (case.team, case.assignee) == (park.team["jinrong"], park.steward)
    assert case.title == "二次差评 · 车间停电"
    alert = Alert.objects.get(case=case)
    assert (alert.level, alert.at, alert.due_at) == (5, MONDAY, case.due_at)
    assert told(case, "case.opened") == {"stationhead", "supervisor", "leader"}
    for reader in (park.leader, park.supervisor, park.station_head):
        assert titles(browser(reader).get("/escalations/?level=5").content.decode()) == [case.title]
    assert browser(park.owner).get(f"/cases/{case.pk}/").status_code == 404
    for outsider in (park.steward, park.station_head, park.supervisor):
        answer = browser(outsider).post(f"/cases/{case.pk}/do/take_note/", {"note": "已阅"})
        assert answer.status_code == 403, outsider
    assert browser(park.leader).post(f"/cases/{case.pk}/do/take_note/", {"note": ""}).status_code == 422
    answer = browser(park.leader).post(f"/cases/{case.pk}/do/take_note/", {"note": "本周内专题研究"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.outcome, case.second_failure.note) == ("noted", "本周内专题研究")
    assert titles(browser(park.leader).get("/escalations/?level=5").content.decode()) == []
    assert "本周内专题研究" in browser(park.steward).get(f"/cases/{case.pk}/").content.decode()
    own = browser(park.owner).get(f"/cases/{follow_up.pk}/").content.decode()
    assert "领导阅看了评价" in own
    assert "本周内专题研究" not in own
    assert told(follow_up, "case.noted_by_leaders") == {"owner", "agent"}
    assert list(timeline.breaks()) == []


def test_what_the_leaders_have_not_seen_in_time_is_brought_up_again(park: SimpleNamespace) -> None:
    case = failed_twice(park)
    assert case.due_at == at("2026-11-23 17:30")
    watch.sweep(at("2026-11-23 17:29"))
    assert not Notice.objects.filter(key="case.alerted", case_id=case.pk).exists()
    watch.sweep(at("2026-11-23 17:30"))
    case.refresh_from_db()
    assert (case.alert_level, case.next_alert_at) == (6, None)
    assert told(case, "case.alerted") == {"leader", "supervisor", "stationhead"}


def test_the_case_opens_again_once(park: SimpleNamespace) -> None:
    case = failed_twice(park)
    follow_up = case.parent
    assert follow_up is not None
    original = follow_up.parent
    assert original is not None
    assert original.children.filter(kind="cases.follow_up").count() == 1
    assert follow_up.children.count() == 1
    with pytest.raises(NotAllowed):
        engine.rate(case, by=actor(park.owner), data={"level": 1}, now=MONDAY)
    with pytest.raises(Conflict):
        engine.rate(follow_up, by=actor(park.agent), data={"level": 1}, now=MONDAY)


def test_both_sides_find_from_one_case_to_the_other(park: SimpleNamespace) -> None:
    follow_up = rated_low(park)
    for reader in (park.owner, park.steward):
        below = browser(reader).get(f"/cases/{follow_up.parent_id}/").content.decode()
        above = browser(reader).get(f"/cases/{follow_up.pk}/").content.decode()
        assert f'href="/cases/{follow_up.pk}/"' in below
        assert f'href="/cases/{follow_up.parent_id}/"' in above


def test_who_acts_for_some_services_only_is_led_nowhere_else(park: SimpleNamespace) -> None:
    follow_up = rated_low(park)
    for kind, pk, other in (
        ("stations.request", follow_up.parent_id, follow_up.pk),
        ("cases.follow_up", follow_up.pk, follow_up.parent_id),
    ):
        Agency.objects.filter(user=park.agent).update(kinds=[kind])
        page = browser(park.agent).get(f"/cases/{pk}/")
        assert page.status_code == 200
        assert f'href="/cases/{other}/"' not in page.content.decode()
        assert browser(park.agent).get(f"/cases/{other}/").status_code == 404


# The level of before ---------------------------------------------------------------------------------


def test_whom_the_ladder_had_reached_hears_that_the_case_has_come_back(park: SimpleNamespace) -> None:
    case = handled(park)
    for day in ("2026-11-24 17:30", "2026-11-26 17:30", "2026-11-30 17:30"):
        watch.sweep(at(day))
    late = at("2026-12-01 09:00")
    data = {"result": "resolved", "result_text": "已恢复"}
    engine.perform(case, "report", by=actor(park.handler), data=data, now=late)
    engine.perform(case, "confirm", by=actor(park.owner), now=late)
    engine.perform(case, "verify", by=actor(park.colleague), now=late)
    engine.rate(case, by=actor(park.owner), data={"level": 1}, now=late)
    follow_up = case.children.get(kind="cases.follow_up")
    assert (follow_up.follow_up.level, follow_up.alert_level) == (5, 0)
    assert {"supervisor", "leader", "stationhead", "steward"} <= told(follow_up, "case.opened")
    assert "曾升至第 5 级" in browser(park.steward).get(f"/cases/{follow_up.pk}/").content.decode()
    assert "曾升至第" not in browser(park.owner).get(f"/cases/{follow_up.pk}/").content.decode()
    watch.sweep(follow_up.due_at)  # its own ladder begins at the bottom: the handler is warned
    assert "steward" in told(follow_up, "case.alerted")


def test_a_case_that_never_climbed_tells_the_team_only(park: SimpleNamespace) -> None:
    assert told(rated_low(park), "case.opened") == {"steward", "colleague", "stationhead"}


# Figures ---------------------------------------------------------------------------------------------


@time_machine.travel(MONDAY, tick=False)
def test_the_share_opened_again_is_what_its_rows_say(park: SimpleNamespace) -> None:
    for level in (1, 2, 3, 5):
        case = closed(park)
        engine.rate(case, by=actor(park.owner), data={"level": level}, now=MONDAY)
    assert figure("stations.reopened_share", park) == {"value": None, "n": 4}  # too few to say
    closed(park)
    withdrawn = accept(park, file_request(park), MONDAY)
    engine.perform(withdrawn, "withdraw", by=actor(park.owner), data={"reason": "好了"}, now=MONDAY)
    low = set(Rating.objects.filter(level__lte=2, set_aside_at=None).values_list("case_id", flat=True))
    every = Case.objects.filter(kind="stations.request", step="closed")
    shown = figure("stations.reopened_share", park)
    assert float(shown["value"]) == pytest.approx(len(low) / every.count())
    assert shown["n"] == every.count() == 5
    rows = (
        browser(park.leader).get(f"/api/v1/indicators/stations.reopened_share/rows/?{YEAR}").json()["results"]
    )
    again = {r["cells"]["差评整改单"]: r["case_url"] for r in rows if r["cells"]["差评整改单"] != "—"}
    assert set(again.values()) == {f"/cases/{pk}/" for pk in low}
    assert set(again) == set(Case.objects.filter(kind="cases.follow_up").values_list("number", flat=True))
    page = browser(park.leader).get(f"/reports/stations.reopened_share/?{YEAR}&by=category").content.decode()
    assert "40.0" in page
    file: Any = browser(park.leader).get(f"/reports/stations.reopened_share/rows.csv?{YEAR}")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 6
    assert sum(number in line for line in lines for number in again) == 2
    assert browser(park.leader).get(f"/reports/stations.reopened_share/rows.xlsx?{YEAR}").content[:2] == b"PK"


@time_machine.travel(MONDAY, tick=False)
def test_a_set_aside_rating_leaves_no_ledger_and_the_figures_of_the_next_park_agree(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    for _ in range(5):
        engine.rate(closed(park), by=actor(park.owner), data={"level": 4}, now=MONDAY)
    case = in_review(park)
    export_path(tmp_path / "before", ledgers=["requests"])
    engine.perform(case, "set_aside", by=actor(park.supervisor), data={"reason": "误评"}, now=MONDAY)
    export_path(tmp_path / "after", ledgers=["requests"])
    average = figure("stations.rating_average", park)
    text = (tmp_path / "after" / "requests.csv").read_text("utf-8-sig")
    number = case.parent.number  # type: ignore[union-attr]
    assert next(line for line in text.splitlines() if number in line).endswith(",resolved,,")
    again = import_path(tmp_path / "after")
    assert again.problems == []
    report = import_path(tmp_path / "before")  # a file of before the review does not bring it back
    assert {p.column for p in report.problems} == {"number"}
    with transaction.atomic():
        moved = text.replace("QS", "XS")  # the same lives, as another park would take them in
        (tmp_path / "next").mkdir()
        (tmp_path / "next" / "requests.csv").write_text(moved, encoding="utf-8")
        assert import_path(tmp_path / "next").problems == []
    export_path(tmp_path / "last", ledgers=["requests"])
    last = (tmp_path / "last" / "requests.csv").read_text("utf-8-sig")
    assert "".join(line + "\n" for line in last.splitlines() if ",XS" in f",{line}") == "".join(
        line + "\n" for line in moved.splitlines()[1:]
    )
    both = figure("stations.rating_average", park)
    assert (both["value"], both["n"]) == (average["value"], 2 * average["n"])


# The declaration -------------------------------------------------------------------------------------


def test_a_flow_whose_low_rating_opens_nothing_known_does_not_start() -> None:
    from dataclasses import replace

    flow: Flow = replace(FLOWS["stations.request"], low_rating_opens="cases.nothing")
    assert "cases.E013" in {code for code, _text in problems(flow)}


# The team board --------------------------------------------------------------------------------------


def test_the_board_counts_handled_cases_without_a_note_and_opens_them(park: SimpleNamespace) -> None:
    from stations.actions import remind_of_notes

    quiet, noted = handled(park, title="没有进展的"), handled(park, title="有进展的")
    paused = handled(park, title="中止的")
    other = file_request(park, title="还没受理的")
    assert other.step == "received"
    assert remind_of_notes(at("2026-11-19 17:30")) == 3
    engine.perform(
        noted, "note_progress", by=actor(park.handler), data={"note": "已联系"}, now=at("2026-11-20 09:00")
    )
    stop = {"reason": "force_majeure", "basis": "x", "planned_days": 9, "notice": "x"}
    engine.pause(paused, by=actor(park.head), data=stop, now=at("2026-11-20 09:00"))
    with time_machine.travel(at("2026-11-20 10:00"), tick=False):
        client = browser(park.head)
        board = client.get("/team/").content.decode()
        assert re.search(r'href="\?show=unnoted".*?class="v">1<', board, re.S)
        assert titles(client.get("/team/?show=unnoted").content.decode()) == ["没有进展的"]
        query = f"show=unnoted&amp;team={park.team['development'].pk}&amp;who={park.handler.pk}"
        assert re.search(rf'href="\?{re.escape(query)}">1<', board)
        opened = client.get("/team/?" + query.replace("&amp;", "&")).content.decode()
        assert titles(opened) == ["没有进展的"]
        engine.perform(
            quiet, "note_progress", by=actor(park.handler), data={"note": "x"}, now=at("2026-11-20 10:00")
        )
        assert titles(client.get("/team/?show=unnoted").content.decode()) == []


def test_the_board_costs_the_same_however_many_lack_a_note(
    park: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        handled(park)
    client = browser(park.head)
    client.get("/team/")
    with django_assert_max_num_queries(9):
        client.get("/team/?show=unnoted")


def test_duties_alone_do_not_review(park: SimpleNamespace) -> None:
    """A supervisor who is no member of the office oversees, and decides nothing there."""
    case = in_review(park)
    lone = person("lone")
    DutyGrant.objects.create(user=lone, duty=Duty.SUPERVISOR)
    with pytest.raises(NotAllowed):
        engine.perform(case, "set_aside", by=actor(lone), data={"reason": "x"}, now=MONDAY)


# What the page says ----------------------------------------------------------------------------------


def rail_of(page: str) -> list[str]:
    line = page[page.index('<ol class="steps">') : page.index("</ol>", page.index('<ol class="steps">'))]
    return re.findall(r'<li class="\w+"[^>]*>([^<]+)', line)


def test_an_end_off_the_line_does_not_claim_steps_that_never_were(park: SimpleNamespace) -> None:
    case = in_review(park)
    engine.perform(case, "set_aside", by=actor(park.supervisor), data={"reason": "误评"}, now=MONDAY)
    line = rail_of(browser(park.steward).get(f"/cases/{case.pk}/").content.decode())
    assert line == ["待回访", "整改中", "评价复核", "评价不计"]
    withdrawn = accept(park, file_request(park), MONDAY)
    engine.perform(withdrawn, "withdraw", by=actor(park.owner), data={"reason": "好了"}, now=MONDAY)
    line = rail_of(browser(park.steward).get(f"/cases/{withdrawn.pk}/").content.decode())
    assert len(line) == 3
    assert line[-1] == "已撤回"


def test_who_decides_is_told_before_that_the_enterprise_will_read_it(park: SimpleNamespace) -> None:
    case = in_review(park)
    assert "理由将告知企业" in browser(park.supervisor).get(f"/cases/{case.pk}/").content.decode()
    before = failed_twice(park)
    page = browser(park.leader).get(f"/cases/{before.pk}/").content.decode()
    assert "将告知企业领导已阅示" in page
    assert "已通知 3 人" in browser(park.leader).get(f"/cases/{before.pk}/deliveries/").content.decode()
