"""A major request is handled by a plan in stages: each milestone has its own clock, lights and ladder."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal.cases import engine, timeline, watch
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Alert, Case, Event, Light, StepLog
from portal.notices.models import Notice
from portal.worktime import calendar
from portal.worktime.clock import Calendar
from stations.actions import remind_of_notes
from stations.models import Milestone
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, at, file_request

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "2026-11-25", "2026-12-10", "2027-01-20"  # the last lies after the 30 working days
STAGES = ((FIRST, "现场勘察并出具方案"), (SECOND, "完成管线迁改"), (THIRD, "通电验收"))


def rows(*stages: tuple[str, str]) -> dict[str, str]:
    """Milestones as the form takes them."""
    found = {}
    for n, (day, what) in enumerate(stages, start=1):
        found |= {f"milestone_{n}_on": day, f"milestone_{n}_what": what}
    return found


def signed(park: SimpleNamespace, grade: str = "major") -> Case:
    case = accept(park, file_request(park), MONDAY, grade)
    team = park.team["development"].pk
    engine.perform(case, "dispatch", by=actor(park.steward), data={"team": team}, now=MONDAY)
    return engine.perform(case, "sign", by=actor(park.handler), now=MONDAY)


def set_plan(park: SimpleNamespace, case: Case, **data: Any) -> Case:
    told = {"plan": "分三步迁改", **data}
    return engine.perform(case, "plan", by=actor(park.handler), data=told, now=MONDAY)


def staged(park: SimpleNamespace, *stages: tuple[str, str]) -> Case:
    """A major request whose plan has milestones; its handling begins on Monday."""
    return set_plan(park, signed(park), **rows(*(stages or STAGES)))


def reach(park: SimpleNamespace, case: Case, now: datetime, n: int, note: str = "已完成") -> Case:
    data = {"milestone": n, "note": note}
    return engine.perform(case.pk, "reach_milestone", by=actor(park.handler), data=data, now=now)


def refused(park: SimpleNamespace, case: Case, **data: Any) -> dict[str, Any]:
    with pytest.raises(Invalid) as refusal:
        set_plan(park, case, **data)
    assert not Milestone.objects.exists()
    return refusal.value.form.errors


# The plan --------------------------------------------------------------------------------------------


def test_the_clock_follows_the_first_milestone_and_the_promise_the_last(park: SimpleNamespace) -> None:
    case = staged(park)
    assert case.due_at == at(f"{FIRST} 17:30")
    assert case.promise_due_at == at(f"{THIRD} 17:30")
    assert case.request.planned_on == date(2027, 1, 20)
    assert [m.due_on.isoformat() for m in case.request.milestones.all()] == [FIRST, SECOND, THIRD]


def test_without_milestones_the_thirty_working_days_stand(park: SimpleNamespace) -> None:
    case = set_plan(park, signed(park))
    assert case.due_at == case.promise_due_at == at("2026-12-28 17:30")
    assert not Milestone.objects.exists()


def test_milestones_within_the_thirty_working_days_do_not_shorten_the_promise(park: SimpleNamespace) -> None:
    case = staged(park, *STAGES[:2])
    assert (case.due_at, case.promise_due_at) == (at(f"{FIRST} 17:30"), at("2026-12-28 17:30"))


@pytest.mark.parametrize("grade", ["consult", "normal", "complex", "urgent"])
def test_other_grades_have_no_milestones_even_when_forged(park: SimpleNamespace, grade: str) -> None:
    case = signed(park, grade)
    page = browser(park.handler).get(reverse("cases:case_perform", args=[case.pk, "plan"]))
    assert "milestone_1_on" not in page.content.decode()
    promised = case.promise_due_at
    case = set_plan(park, case, **rows(*STAGES))
    assert (case.promise_due_at, case.request.milestone_count) == (promised, 0)
    assert not Milestone.objects.exists()


def test_date_and_text_need_each_other(park: SimpleNamespace) -> None:
    case = signed(park)
    assert "milestone_1_what" in refused(park, case, **rows((FIRST, "")))
    assert "milestone_1_on" in refused(park, case, **rows(("", "现场勘察")))
    assert "milestone_2_what" in refused(park, case, **rows((FIRST, "现场勘察"), (SECOND, "  ")))


def test_empty_rows_between_do_no_harm(park: SimpleNamespace) -> None:
    case = staged(park, STAGES[0], ("", ""), STAGES[2])
    assert list(case.request.milestones.values_list("seq", "due_on")) == [
        (1, date(2026, 11, 25)),
        (2, date(2027, 1, 20)),
    ]


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-11-16", "晚于今天"),
        ("2026-11-13", "晚于今天"),
        ("2026-11-28", "11月28日为休息日，此前最近的工作日为11月27日"),
        ("2027-01-01", "休息日"),
        ("2028-12-29", "两年以内"),
        ("9999-12-31", "两年以内"),
        ("2026-13-01", "日期"),
        ("<script>", "日期"),
        ("0001-01-01", "晚于今天"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_a_reason(park: SimpleNamespace, day: str, says: str) -> None:
    errors = refused(park, signed(park), **rows((day, "现场勘察")))
    assert says in errors["milestone_1_on"][0]


def test_milestones_follow_each_other(park: SimpleNamespace) -> None:
    case = signed(park)
    for second in (FIRST, "2026-11-20"):
        assert "milestone_2_on" in refused(park, case, **rows((FIRST, "甲"), (second, "乙")))
    assert "planned_on" in refused(park, case, planned_on="2026-12-01", **rows(*STAGES))


def test_a_refused_plan_keeps_what_was_typed(park: SimpleNamespace) -> None:
    case = signed(park)
    answer = browser(park.handler).post(
        reverse("cases:case_perform", args=[case.pk, "plan"]),
        {"plan": "分三步", **rows(("2026-11-28", "<b>勘察</b>"))},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2026-11-28"' in page
    assert "&lt;b&gt;勘察&lt;/b&gt;" in page
    assert "<b>勘察</b>" not in page


# The clock -------------------------------------------------------------------------------------------


def test_each_milestone_is_a_stay_of_its_own_and_the_last_leaves_the_promise(park: SimpleNamespace) -> None:
    case = staged(park, *STAGES[:2])
    case = reach(park, case, at("2026-11-24 10:00"), 1)
    assert (case.step, case.due_at) == ("handling", at(f"{SECOND} 17:30"))
    case = reach(park, case, at("2026-12-11 10:00"), 2)
    assert case.due_at == case.promise_due_at == at("2026-12-28 17:30")
    stays = StepLog.objects.filter(case=case, step="handling").order_by("seq")
    assert [(s.left_via, s.met) for s in stays] == [
        ("reach_milestone", True),
        ("reach_milestone", False),
        ("", None),
    ]
    assert list(timeline.breaks()) == []


def test_a_missed_milestone_climbs_the_ladder_and_the_next_begins_anew(park: SimpleNamespace) -> None:
    case = staged(park)
    for moment, level in (
        ("2026-11-24 08:30", 1),  # 70 % of seven working days
        ("2026-11-25 17:30", 2),
        ("2026-11-26 17:30", 3),
    ):
        watch.sweep(at(moment))
        assert sorted(Alert.objects.filter(case=case).values_list("level", flat=True))[-1] == level
    case.refresh_from_db()
    assert case.light(at("2026-11-26 18:00")) == Light.LATE
    assert case.children.filter(kind="cases.supervision").count() == 1
    case = reach(park, case, at("2026-11-27 09:30"), 1)
    assert (case.alert_level, case.light(at("2026-11-27 10:00"))) == (0, Light.OK)
    watch.sweep(at("2026-12-10 17:30"))
    second = StepLog.objects.get(case=case, left_at=None)
    assert sorted(Alert.objects.filter(stay=second).values_list("level", flat=True)) == [1, 2]


def test_the_scheduled_sweep_finds_it(park: SimpleNamespace, settings: Any, tmp_path: Any) -> None:
    from portal.cases import tasks

    case = staged(park)
    clock_file = tmp_path / "clock"
    settings.TEST_CLOCK_FILE = str(clock_file)
    clock_file.write_text(at("2026-11-26 17:45").isoformat())
    tasks.sweep.apply()
    levels = Alert.objects.filter(case=case).values_list("level", flat=True)
    assert sorted(levels) == [1, 2, 3]


def test_a_milestone_whose_day_has_passed_is_late_as_soon_as_it_begins(park: SimpleNamespace) -> None:
    case = reach(park, staged(park), at("2026-12-14 10:00"), 1)
    assert case.due_at == at(f"{SECOND} 17:30")
    assert case.light(at("2026-12-14 10:01")) == Light.LATE
    for who in (park.owner, park.handler):
        assert browser(who).get(f"/cases/{case.pk}/").status_code == 200
    watch.sweep(at("2026-12-14 10:05"))
    assert Alert.objects.filter(case=case, level=2).exists()


def test_a_stop_of_the_clock_moves_every_milestone_ahead_and_the_promise(park: SimpleNamespace) -> None:
    case = staged(park)
    stop = {"reason": "special_procedure", "basis": "依据", "planned_days": 2, "notice": "等待评审"}
    engine.pause(case, by=actor(park.head), data=stop, now=at("2026-11-18 09:00"))
    with pytest.raises(Refused):
        reach(park, case, at("2026-11-18 10:00"), 1)
    case = engine.resume(case, by=actor(park.handler), now=at("2026-11-20 09:00"))
    assert case.due_at == at("2026-11-27 17:30")  # 18 and 19 November did not count
    assert case.promise_due_at == at("2027-01-22 17:30")
    case = reach(park, case, at("2026-11-27 10:00"), 1)
    assert case.due_at == at("2026-12-14 17:30")
    case = reach(park, case, at("2026-12-14 10:00"), 2)
    assert case.due_at == case.promise_due_at == at("2027-01-22 17:30")
    assert "2026-12-14" not in Milestone.objects.get(seq=2).due_on.isoformat()


def test_a_closing_day_moves_the_present_milestone_and_those_ahead(park: SimpleNamespace) -> None:
    case = staged(park)
    calendar.set_override(
        date(2026, 11, 20), is_working=False, reason="园区停电检修", kind="park_closing", by=None
    )
    case.refresh_from_db()
    assert (case.due_at, case.promise_due_at) == (at("2026-11-26 17:30"), at("2027-01-21 17:30"))
    case = reach(park, case, at("2026-11-24 10:00"), 1)
    assert case.due_at == at("2026-12-11 17:30")


def test_an_extension_moves_the_present_milestone_those_ahead_and_the_promise(park: SimpleNamespace) -> None:
    case = reach(park, staged(park), at("2026-11-24 10:00"), 1)
    data = {"days": 3, "reason": "等待配件"}
    engine.ask_extension(case, by=actor(park.handler), data=data, now=at("2026-12-01 10:00"))
    engine.decide_extension(case, by=actor(park.head), granted=True, now=at("2026-12-02 10:00"))
    case.refresh_from_db()
    assert case.due_at == at("2026-12-15 17:30")
    assert case.promise_due_at == at("2027-01-25 17:30")
    days = dict(Milestone.objects.values_list("seq", "due_on"))
    assert days == {1: date(2026, 11, 25), 2: date(2026, 12, 15), 3: date(2027, 1, 25)}
    assert case.request.planned_on == date(2027, 1, 25)
    case = reach(park, case, at("2026-12-15 10:00"), 2)
    assert case.due_at == case.promise_due_at


def test_a_refused_extension_moves_nothing(park: SimpleNamespace) -> None:
    case = staged(park)
    data = {"days": 3, "reason": "等待配件"}
    engine.ask_extension(case, by=actor(park.handler), data=data, now=MONDAY)
    engine.decide_extension(case, by=actor(park.head), granted=False, now=MONDAY)
    case.refresh_from_db()
    assert (case.due_at, case.promise_due_at) == (at(f"{FIRST} 17:30"), at(f"{THIRD} 17:30"))


def test_what_was_reported_and_disputed_goes_on_by_the_promise(park: SimpleNamespace) -> None:
    case = staged(park)
    data = {"result": "resolved", "result_text": "已通电"}
    engine.perform(case, "report", by=actor(park.handler), data=data, now=at("2026-11-18 09:00"))
    case = engine.perform(
        case, "dispute", by=actor(park.owner), data={"reason": "仍停电"}, now=at("2026-11-19 09:00")
    )
    assert case.step == "handling"
    assert case.due_at == case.promise_due_at == at("2027-01-21 17:30")  # 18 November was not the park's


def test_progress_notes_are_asked_for_as_before(park: SimpleNamespace) -> None:
    case = staged(park)
    assert remind_of_notes(at("2026-11-19 17:00")) == 0
    assert remind_of_notes(at("2026-11-20 09:00")) == 1
    reach(park, case, at("2026-11-20 10:00"), 1)
    assert remind_of_notes(at("2026-11-25 17:00")) == 0
    assert remind_of_notes(at("2026-11-26 09:00")) == 1


def test_the_days_shown_are_the_days_that_the_clock_keeps(park: SimpleNamespace) -> None:
    case = staged(park)
    for n, moment in ((1, "2026-11-24 17:20"), (2, "2026-12-08 08:00")):
        shown = case.request.milestones.get(seq=n)
        assert shown.due_at(Calendar.current()) == case.due_at
        case = reach(park, case, at(moment), n)
    assert case.due_at == case.promise_due_at == at(f"{THIRD} 17:30")


# Who, and once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "rival", "steward", "service", "supervisor", "auditor", "leader"])
def test_only_the_handler_reaches_a_milestone(park: SimpleNamespace, who: str) -> None:
    case = staged(park)
    data = {"milestone": 1, "note": "完成"}
    with pytest.raises(NotAllowed):
        engine.perform(case, "reach_milestone", by=actor(getattr(park, who)), data=data, now=MONDAY)
    client = browser(getattr(park, who))
    answer = client.post(reverse("cases:case_perform", args=[case.pk, "reach_milestone"]), data)
    assert answer.status_code in (403, 404)
    assert not Milestone.objects.exclude(reached_at=None).exists()


def test_a_second_click_does_not_reach_the_next_one(park: SimpleNamespace) -> None:
    case = staged(park)
    client = browser(park.handler)
    address = reverse("cases:case_perform", args=[case.pk, "reach_milestone"])
    for version in ({"version": case.version}, {}):  # a program may leave the version out
        statuses = [
            client.post(address, {"milestone": 1, "note": "完成", **version}).status_code for _ in range(2)
        ]
        assert statuses[-1] == 409
    assert Event.objects.filter(case=case, verb="reach_milestone").count() == 1
    for forged in (0, 3, -1, 99):
        with pytest.raises(Conflict):
            reach(park, case, at("2026-11-24 10:00"), forged)


def test_nothing_is_offered_where_no_milestone_is_ahead(park: SimpleNamespace) -> None:
    def offered(case: Case) -> set[str]:
        answer = browser(park.handler).get(f"/api/v1/cases/{case.pk}/").json()
        return {action["name"] for action in answer["actions"]}

    plain = set_plan(park, signed(park))
    assert "reach_milestone" not in offered(plain)
    with pytest.raises(Refused):
        reach(park, plain, MONDAY, 1)
    case = staged(park, STAGES[0])
    assert {"reach_milestone", "report"} <= offered(case)
    case = reach(park, case, at("2026-11-24 10:00"), 1)
    assert "reach_milestone" not in offered(case)
    with pytest.raises(Refused):
        reach(park, case, at("2026-11-24 11:00"), 2)


def test_programs_set_a_plan_in_stages(park: SimpleNamespace) -> None:
    case = signed(park)
    client = browser(park.handler)
    shown = client.get(f"/api/v1/cases/{case.pk}/").json()["actions"]
    schema = next(action["schema"] for action in shown if action["name"] == "plan")
    assert {"milestone_1_on", "milestone_5_what"} <= set(schema["properties"])
    assert schema["required"] == ["plan"]


def test_the_database_keeps_the_count(park: SimpleNamespace) -> None:
    case = staged(park)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(case.request).objects.filter(pk=case.pk).update(reached_count=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(seq=1).update(reached_at=MONDAY)


# What people see -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "handler", "steward"])
def test_everybody_sees_what_is_done_in_hand_and_to_come(park: SimpleNamespace, who: str) -> None:
    case = reach(park, staged(park), at("2026-11-24 10:00"), 1, "方案已出，见附件")
    with time_machine.travel(at("2026-11-25 10:00"), tick=False):
        page = browser(getattr(park, who)).get(f"/cases/{case.pk}/").content.decode()
    assert "11-24 已完成" in page
    assert page.count("方案已出，见附件") == 2  # in the list and on the timeline
    assert "办理中，应于 2026-12-10 前完成" in page
    assert "应于 2027-01-20 前完成" in page
    assert page.index("现场勘察并出具方案") < page.index("完成管线迁改") < page.index("通电验收")
    assert 'aria-current="step"' in page


def test_the_enterprise_is_told_of_each(park: SimpleNamespace) -> None:
    case = staged(park)
    Notice.objects.all().delete()
    reach(park, case, at("2026-11-24 10:00"), 1)
    told = Notice.objects.filter(recipient=park.owner)
    assert [(n.key, n.params["transition"]) for n in told] == [("case.moved", "reach_milestone")]


def test_the_timeline_names_the_milestones_to_both_sides(park: SimpleNamespace) -> None:
    case = reach(park, staged(park), at("2026-11-24 10:00"), 1)
    for who in (park.owner, park.handler):
        body = browser(who).get(f"/api/v1/cases/{case.pk}/").json()
        lines = {entry["verb"]: entry for entry in body["timeline"]}
        assert lines["plan"]["data"]["milestones"][0] == f"{FIRST} 现场勘察并出具方案"
        assert lines["reach_milestone"]["data"]["milestone"] == "现场勘察并出具方案"


def test_only_the_page_of_a_plan_in_stages_pays_for_it(park: SimpleNamespace, settings: Settings) -> None:
    settings.PREPARED_STATEMENTS = False  # so that every statement shows its tables
    counts = []
    for case in (set_plan(park, signed(park)), staged(park)):
        client = browser(park.owner)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/cases/{case.pk}/").status_code == 200
        asked = [q["sql"] for q in seen.captured_queries if "stations_milestone" in q["sql"]]
        counts.append(len(asked))
    assert counts == [0, 1]


def test_the_form_shows_which_milestone_it_is(park: SimpleNamespace) -> None:
    case = staged(park)
    page = browser(park.handler).get(reverse("cases:case_perform", args=[case.pk, "reach_milestone"]))
    assert "第 1 个节点（共 3 个）：现场勘察并出具方案" in page.content.decode()
