"""The life of a request, told through the engine."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from portal.cases import engine, timeline, watch
from portal.cases.access import visible_to
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Alert, Case, Extension, Light, Pause, StepLog
from portal.notices.models import Notice
from portal.worktime.clock import Calendar
from tests.people import MONDAY, accept, actor, at, closed, file_request, handled, reported

pytestmark = pytest.mark.django_db


def test_a_request_travels_from_filing_to_a_rated_closure(park: SimpleNamespace) -> None:
    case = closed(park)
    assert (case.step, case.outcome) == ("closed", "resolved")
    assert case.used_days == 0
    rating = engine.rate(case, by=actor(park.owner), data={"level": 5}, now=MONDAY)
    assert rating.level == 5
    assert not case.children.exists()
    assert list(timeline.breaks()) == []


def test_the_clock_starts_with_acceptance_and_counts_working_days(park: SimpleNamespace) -> None:
    case = file_request(park)
    assert case.promise_due_at is None
    case = accept(park, case, at("2026-11-16 10:00"))
    assert case.promise_due_at == at("2026-11-23 17:30")
    assert case.clock_from_at == at("2026-11-16 10:00")


def test_who_acts_on_an_unclaimed_case_has_claimed_it(park: SimpleNamespace) -> None:
    assert accept(park, file_request(park), MONDAY).assignee == park.steward


def test_an_objection_to_the_routing_is_possible_once(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    team = park.team["development"].pk
    engine.perform(case, "dispatch", by=actor(park.steward), data={"team": team}, now=MONDAY)
    case = engine.perform(case, "object", by=actor(park.handler), data={"reason": "不属本局"}, now=MONDAY)
    assert case.team == park.team["enterprise_service"]
    case = engine.perform(case, "route", by=actor(park.service), data={"team": team}, now=MONDAY)
    assert case.team == park.team["development"]
    with pytest.raises(Refused):
        engine.perform(case, "object", by=actor(park.handler), data={"reason": "仍不属"}, now=MONDAY)


def test_who_reported_cannot_verify(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    engine.perform(case, "handle_here", by=actor(park.steward), now=MONDAY)
    data = {"result": "resolved", "result_text": "已解决"}
    engine.perform(case, "report", by=actor(park.steward), data=data, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    with pytest.raises(NotAllowed):
        engine.perform(case, "verify", by=actor(park.steward), now=MONDAY)
    assert engine.perform(case, "verify", by=actor(park.colleague), now=MONDAY).step == "closed"


def test_planned_never_counts_as_solved(park: SimpleNamespace) -> None:
    case = reported(park, result="planned", planned_on="2027-03-01")
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    case = engine.perform(case, "verify", by=actor(park.colleague), now=MONDAY)
    assert (case.step, case.is_open, case.team) == ("tracking", True, park.team["development"])


def test_an_explanation_needs_its_legal_basis(park: SimpleNamespace) -> None:
    case = handled(park)
    with pytest.raises(Invalid) as refusal:
        engine.perform(
            case,
            "report",
            by=actor(park.handler),
            data={"result": "explained", "result_text": "x"},
            now=MONDAY,
        )
    assert "result_basis" in refusal.value.form.errors


def test_silence_confirms_after_five_working_days_and_says_so(park: SimpleNamespace) -> None:
    case = reported(park)
    assert case.lapses_at == at("2026-11-23 17:30")
    assert watch.lapse(at("2026-11-23 17:29")) == 0
    assert watch.lapse(at("2026-11-23 17:30")) == 1
    case.refresh_from_db()
    assert (case.step, case.request.by_silence) == ("verifying", True)


def test_the_enterprises_turn_does_not_count(park: SimpleNamespace) -> None:
    case = reported(park, at("2026-11-16 09:00"))
    assert case.light(at("2026-11-20 09:00")) == Light.HOLD
    case = engine.perform(
        case, "dispute", by=actor(park.owner), data={"reason": "仍停电"}, now=at("2026-11-19 09:00")
    )
    # 17 and 18 November closed while it lay with the enterprise; 16 November is the day of receipt.
    assert case.promise_due_at == at("2026-11-25 17:30")


def test_a_low_rating_opens_a_follow_up(park: SimpleNamespace) -> None:
    case = closed(park)
    engine.rate(case, by=actor(park.owner), data={"level": 1, "comment": "太慢"}, now=MONDAY)
    follow_up = case.children.get(kind="cases.follow_up")
    assert follow_up.due_at == at("2026-11-17 17:30")
    with pytest.raises(Conflict):
        engine.rate(case, by=actor(park.agent), data={"level": 5}, now=MONDAY)
    engine.perform(follow_up, "call_back", by=actor(park.steward), data={"contact_note": "致歉"}, now=MONDAY)
    engine.perform(follow_up, "put_right", by=actor(park.steward), data={"remedy": "增设专线"}, now=MONDAY)
    engine.perform(follow_up, "disagree", by=actor(park.owner), data={"reason": "不够"}, now=MONDAY)
    engine.perform(follow_up, "put_right", by=actor(park.steward), data={"remedy": "双回路"}, now=MONDAY)
    done = engine.perform(follow_up, "agree", by=actor(park.owner), now=MONDAY)
    assert done.outcome == "settled"


def test_a_complaint_about_conduct_is_sealed_and_never_reaches_the_accused(park: SimpleNamespace) -> None:
    accused = park.team["development"]
    case = file_request(park, category="conduct", accused_team=accused.pk)
    assert (case.sealed, case.team) == (True, park.team["discipline"])
    for outsider in (park.handler, park.head, park.steward, park.leader, park.supervisor, park.auditor):
        assert not visible_to(actor(outsider)).filter(pk=case.pk).exists()
    assert visible_to(actor(park.inspector)).filter(pk=case.pk).exists()
    engine.perform(
        case, "accept", by=actor(park.inspector), data={"category": "conduct", "grade": "normal"}, now=MONDAY
    )
    with pytest.raises(Refused):
        engine.perform(case, "dispatch", by=actor(park.inspector), data={"team": accused.pk}, now=MONDAY)
    while watch.sweep(at("2026-12-30 09:00")):
        pass
    told = set(Notice.objects.filter(case_id=case.pk).values_list("recipient__username", flat=True))
    assert told <= {"owner", "agent", "inspector", "inspector2"}
    assert not case.children.exists()


def test_withdrawing_recalls_what_others_were_asked(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"team": park.team["enterprise_service"].pk, "ask": "请核实"}
    engine.perform(case, "ask_co_handler", by=actor(park.handler), data=data, now=MONDAY)
    part = case.children.get()
    with pytest.raises(Refused):
        engine.perform(
            case,
            "report",
            by=actor(park.handler),
            data={"result": "resolved", "result_text": "x"},
            now=MONDAY,
        )
    case = engine.perform(case, "withdraw", by=actor(park.owner), data={"reason": "已自行解决"}, now=MONDAY)
    part.refresh_from_db()
    assert (case.outcome, part.outcome) == ("withdrawn", "recalled")
    with pytest.raises((NotAllowed, Refused)):
        engine.rate(case, by=actor(park.owner), data={"level": 5}, now=MONDAY)


def test_a_co_handling_team_replies_before_the_report(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"team": park.team["enterprise_service"].pk, "ask": "请核实"}
    engine.perform(case, "ask_co_handler", by=actor(park.handler), data=data, now=MONDAY)
    part = case.children.get()
    engine.perform(part, "reply", by=actor(park.service), data={"reply": "属实"}, now=MONDAY)
    case = engine.perform(
        case, "report", by=actor(park.handler), data={"result": "resolved", "result_text": "x"}, now=MONDAY
    )
    assert case.step == "feedback"


def test_a_steward_files_for_an_enterprise_that_walks_in(park: SimpleNamespace) -> None:
    from stations.forms import DeskFilingForm
    from tests.people import filing

    data = {**filing(park), "channel": "phone", "grade": "complex"}
    case = engine.open_case(
        "stations.request", by=actor(park.steward), enterprise=park.theirs, data=data, now=MONDAY,
        form=DeskFilingForm,
    )  # fmt: skip
    assert (case.enterprise, case.request.channel, case.grade) == (park.theirs, "phone", "complex")


def test_nobody_files_for_a_strange_enterprise(park: SimpleNamespace) -> None:
    from tests.people import filing

    for stranger in (park.rival, park.handler, park.administrator):
        with pytest.raises(NotAllowed):
            engine.open_case(
                "stations.request", by=actor(stranger), enterprise=park.ours, data=filing(park), now=MONDAY
            )
    assert not Case.objects.exists()


def test_a_pause_that_should_have_ended_is_told_to_those_above_three_working_days_later(
    park: SimpleNamespace,
) -> None:
    case = handled(park)
    told = {"reason": "special_procedure", "basis": "行政许可法第45条", "planned_days": 1, "notice": "评审"}
    engine.pause(case, by=actor(park.head), data=told, now=at("2026-11-16 10:00"))
    assert watch.alarm_overrun_pauses(at("2026-11-19 09:00")) == 1
    assert watch.alarm_overrun_pauses(at("2026-11-24 08:50")) == 0
    assert watch.alarm_overrun_pauses(at("2026-11-24 09:10")) == 1
    assert watch.alarm_overrun_pauses(at("2026-11-25 09:10")) == 0
    assert [e.verb for e in case.events.order_by("seq")][-2:] == ["pause_overrun", "pause_escalated"]
    heard = Notice.objects.filter(case_id=case.pk, key="case.pause_escalated")
    assert heard.filter(recipient=park.supervisor).exists()


def test_pausing_stops_the_clock_and_resuming_recomputes_it(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {
        "reason": "special_procedure",
        "basis": "行政许可法第45条",
        "planned_days": 2,
        "notice": "专家评审",
    }
    with pytest.raises(NotAllowed):
        engine.pause(case, by=actor(park.handler), data=data, now=at("2026-11-17 09:00"))
    engine.pause(case, by=actor(park.head), data=data, now=at("2026-11-17 09:00"))
    case.refresh_from_db()
    assert case.light(at("2027-01-01 09:00")) == Light.HOLD
    assert case.next_alert_at is None
    assert watch.alarm_overrun_pauses(at("2026-11-20 09:00")) == 1
    assert watch.alarm_overrun_pauses(at("2026-11-20 09:10")) == 0
    case = engine.resume(case, by=actor(park.handler), now=at("2026-11-20 10:00"))
    assert case.promise_due_at == at("2026-11-26 17:30")  # 17, 18 and 19 November did not count
    with pytest.raises(Conflict):
        engine.resume(case, by=actor(park.handler), now=at("2026-11-20 10:00"))


def test_an_extension_is_granted_once_by_somebody_else_before_expiry(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"days": 3, "reason": "等待配件"}
    engine.ask_extension(case, by=actor(park.head), data=data, now=MONDAY)
    with pytest.raises(NotAllowed):
        engine.decide_extension(case, by=actor(park.head), granted=True, now=MONDAY)
    engine.decide_extension(case, by=actor(park.leader), granted=True, now=MONDAY)
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-26 17:30")
    with pytest.raises(Refused):
        engine.ask_extension(case, by=actor(park.handler), data=data, now=MONDAY)
    late = handled(park)
    with pytest.raises(Refused):
        engine.ask_extension(late, by=actor(park.handler), data=data, now=at("2026-11-24 09:00"))
    assert Extension.objects.count() == 1


def test_a_transfer_waits_for_the_other_team(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"to_team": park.team["enterprise_service"].pk, "reason": "职责在贵中心"}
    engine.transfer(case, by=actor(park.handler), data=data, now=MONDAY)
    case.refresh_from_db()
    assert case.team == park.team["development"]
    with pytest.raises(NotAllowed):
        engine.accept_transfer(case, by=actor(park.head), now=MONDAY)
    engine.decline_transfer(case, by=actor(park.service), data={"answer": "不属"}, now=MONDAY)
    engine.transfer(case, by=actor(park.handler), data=data, now=MONDAY)
    case = engine.accept_transfer(case, by=actor(park.service), now=MONDAY)
    assert (case.team, case.assignee) == (park.team["enterprise_service"], None)
    with pytest.raises(Conflict):
        engine.accept_transfer(case, by=actor(park.service), now=MONDAY)


def test_who_comes_second_is_told_who_was_first(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    with pytest.raises(Conflict, match="Steward"):
        accept(park, case, MONDAY)
    free = file_request(park, MONDAY)
    engine.claim(free, by=actor(park.colleague), now=MONDAY)
    with pytest.raises(Conflict, match="Colleague"):
        engine.claim(free, by=actor(park.steward), now=MONDAY)


def test_the_next_case_is_the_most_pressing_unclaimed_one(park: SimpleNamespace) -> None:
    file_request(park, at("2026-11-16 11:00"))
    urgent = file_request(park, at("2026-11-16 10:00"), grade="urgent")
    assert engine.claim_next(actor(park.steward), now=at("2026-11-16 11:00")) == urgent
    assert engine.claim_next(actor(park.handler), now=MONDAY) is None


def test_the_same_token_files_once(park: SimpleNamespace) -> None:
    from uuid import uuid4

    from tests.people import filing

    token = uuid4()
    first, second = (
        engine.open_case(
            "stations.request", by=actor(park.owner), enterprise=park.ours, data=filing(park), now=MONDAY,
            token=token,
        )
        for _ in range(2)
    )  # fmt: skip
    assert first == second
    assert Case.objects.count() == 1


def test_pauses_of_one_case_cannot_overlap(park: SimpleNamespace) -> None:
    from django.db import IntegrityError, transaction

    case = handled(park)
    Pause.objects.create(
        case=case, reason="supplement", from_at=at("2026-11-17 00:00"), to_at=at("2026-11-19 00:00")
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(case=case, reason="supplement", from_at=at("2026-11-18 00:00"), to_at=None)


def test_stays_tell_who_had_it_and_whether_in_time(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), at("2026-11-16 15:00"))
    stay = StepLog.objects.get(case=case, step="received")
    assert (stay.met, stay.left_by, stay.left_via) == (False, park.steward, "accept")


def test_a_neglected_case_climbs_the_ladder(park: SimpleNamespace) -> None:
    case = handled(park)
    assert case.due_at == at("2026-11-23 17:30")
    moments = {
        1: at("2026-11-23 08:30"),
        2: at("2026-11-23 17:30"),
        3: at("2026-11-24 17:30"),
        4: at("2026-11-26 17:30"),
        5: at("2026-11-30 17:30"),
        6: at("2026-12-07 17:30"),
    }
    for level, moment in moments.items():
        case.refresh_from_db()
        assert case.next_alert_at == moment
        watch.sweep(moment)
        assert Alert.objects.filter(case=case).count() == level
    case.refresh_from_db()
    assert case.next_alert_at is None
    order = case.children.get(kind="cases.supervision")
    assert order.opened_at == moments[3]
    answered = engine.perform(
        order, "answer", by=actor(park.handler), data={"reply": "配件已到"}, now=at("2026-12-07 17:30")
    )
    assert answered.team == park.team["supervision"]
    assert (
        engine.perform(order, "settle", by=actor(park.supervisor), now=at("2026-12-08 09:00")).outcome
        == "settled"
    )


def test_a_week_without_sweeps_loses_nothing(park: SimpleNamespace) -> None:
    case = handled(park)
    watch.sweep(at("2026-12-31 10:00"))
    assert sorted(Alert.objects.filter(case=case).values_list("level", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert list(timeline.breaks()) == []


def test_nothing_is_sent_at_night_except_for_urgent_cases(park: SimpleNamespace) -> None:
    handled(park)
    assert watch.sweep(at("2026-11-24 23:00")) == 0
    urgent = file_request(park, at("2026-11-24 22:00"), grade="urgent")
    assert watch.sweep(at("2026-11-24 23:00")) >= 2
    assert Alert.objects.filter(case=urgent).exists()


def test_the_sweep_run_twice_changes_nothing(park: SimpleNamespace) -> None:
    handled(park)
    watch.sweep(at("2026-11-24 18:00"))
    before = (Alert.objects.count(), Notice.objects.count(), Case.objects.count())
    assert watch.sweep(at("2026-11-24 18:00")) == 0
    assert (Alert.objects.count(), Notice.objects.count(), Case.objects.count()) == before


def test_what_is_missing_is_named_item_by_item_and_the_last_answer_lets_the_clock_run(
    park: SimpleNamespace,
) -> None:
    case = handled(park)
    told = {"reason": "supplement", "basis": "许可法", "planned_days": 5, "notice": "请补充"}
    with pytest.raises(Invalid):  # a bare request for "supplements" says nothing
        engine.pause(case, by=actor(park.head), data=told, now=at("2026-11-17 09:00"))
    told["missing"] = "平面图：能看清尺寸\n· 联系人更正\n"
    pause = engine.pause(case, by=actor(park.head), data=told, now=at("2026-11-17 09:00"))
    plan, contact = pause.missing.all()
    assert (plan.name, plan.hint, contact.name) == ("平面图", "能看清尺寸", "联系人更正")
    for stranger, refusal in ((park.rival, NotAllowed), (park.supervisor, NotAllowed)):
        with pytest.raises(refusal):
            engine.supply(case, plan.pk, by=actor(stranger), answer="x", now=MONDAY)
    with pytest.raises(Refused):
        engine.supply(case, plan.pk, by=actor(park.owner), answer="  ", now=MONDAY)
    engine.supply(case, plan.pk, by=actor(park.owner), answer="图在档案里", now=at("2026-11-18 09:00"))
    with pytest.raises(Conflict):
        engine.supply(case, plan.pk, by=actor(park.agent), answer="再来", now=at("2026-11-18 09:00"))
    case.refresh_from_db()
    assert case.paused_at is not None
    engine.supply(case, contact.pk, by=actor(park.handler), answer="企业来电更正", now=at("2026-11-19 10:00"))
    case.refresh_from_db()
    assert (case.paused_at, case.promise_due_at) == (None, at("2026-11-25 17:30"))
    assert Notice.objects.filter(key="case.supplied", recipient=park.handler).count() == 1
    with pytest.raises(Invalid) as again:  # 违反一次性告知: a second time says why
        engine.pause(case, by=actor(park.head), data=told, now=at("2026-11-20 09:00"))
    assert set(again.value.form.errors) == {"why_again"}
    engine.pause(
        case, by=actor(park.head), data={**told, "why_again": "方案变更"}, now=at("2026-11-20 09:00")
    )
    engine.resume(case, by=actor(park.head), now=at("2026-11-20 10:00"))
    late = Pause.objects.filter(case=case).latest("pk").missing.all()[0]
    with pytest.raises(Conflict):
        engine.supply(case, late.pk, by=actor(park.owner), answer="x", now=at("2026-11-20 11:00"))
    assert list(timeline.breaks()) == []


def test_a_missing_progress_note_reminds_once_and_a_note_begins_anew(park: SimpleNamespace) -> None:
    from stations.actions import remind_of_notes

    case = handled(park)
    case = engine.perform(
        case, "note_progress", by=actor(park.handler), data={"note": "已联系"}, now=at("2026-11-17 10:00")
    )
    assert case.request.note_due_by(Calendar.current()) == at("2026-11-20 17:30")
    assert remind_of_notes(at("2026-11-20 17:29")) == 0
    assert remind_of_notes(at("2026-11-20 17:30")) == 1
    assert remind_of_notes(at("2026-11-23 09:00")) == 0
    told = set(
        Notice.objects.filter(params__transition="remind_of_note").values_list(
            "recipient__username", flat=True
        )
    )
    assert told == {"handler", "sectionhead"}
    engine.perform(
        case, "note_progress", by=actor(park.handler), data={"note": "已定方案"}, now=at("2026-11-23 10:00")
    )
    assert remind_of_notes(at("2026-11-26 17:29")) == 0
    told = {"reason": "force_majeure", "basis": "x", "planned_days": 9, "notice": "x"}
    engine.pause(case, by=actor(park.head), data=told, now=at("2026-11-26 09:00"))
    assert remind_of_notes(at("2026-11-30 10:00")) == 0  # the clock stands still
    case = engine.resume(case, by=actor(park.head), now=at("2026-11-30 10:00"))
    assert case.request.note_due_by(Calendar.current()) == at(
        "2026-11-30 17:30"
    )  # 26 and 27 November did not count
    assert remind_of_notes(at("2026-11-30 17:30")) == 1


def test_what_is_planned_is_reviewed_every_month(park: SimpleNamespace) -> None:
    case = reported(park, result="planned", planned_on="2027-03-01")
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    case = engine.perform(case, "verify", by=actor(park.colleague), now=MONDAY)
    assert case.due_at == at("2026-12-16 17:30")
    watch.sweep(at("2026-12-16 17:30"))
    case.refresh_from_db()
    assert case.alert_level == 2
    data = {"note": "施工图已审", "planned_on": "2027-04-01"}
    case = engine.perform(case, "review", by=actor(park.handler), data=data, now=at("2026-12-17 09:00"))
    assert (case.step, case.alert_level, case.request.planned_on) == ("tracking", 0, date(2027, 4, 1))
    assert case.due_at is not None
    assert case.due_at > at("2027-01-15 00:00")
