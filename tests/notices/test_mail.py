"""E-mail: a server that is down delays, it never loses, doubles or disorders; a dead address is shown."""

from __future__ import annotations

import itertools
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from portal.cases import engine, watch
from portal.notices import claiming, letters, sending
from portal.notices.models import Delivery, Hours, Notice, Preference
from portal.notices.texts import render
from tests.notices.conftest import MailServer
from tests.people import MONDAY, accept, actor, at, file_request, handled

pytestmark = pytest.mark.django_db
NIGHT = at("2026-11-16 23:30")
MORNING = at("2026-11-17 07:00")


def chooses(user: Any, kind: str, email: str = "now", *, in_app: bool = True) -> None:
    Preference.objects.update_or_create(user=user, kind=kind, defaults={"email": email, "in_app": in_app})


def urgent(park: SimpleNamespace, now: Any) -> Any:
    return file_request(park, now, grade="urgent", title="全厂停电")


def say(case: Any, park: SimpleNamespace, text: str, now: Any) -> None:
    engine.comment(case, by=actor(park.steward), data={"body": text}, now=now)


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_mail_goes_out_once_in_the_readers_language(park: SimpleNamespace, post_office: MailServer) -> None:
    park.steward.language = "en"
    park.steward.save()
    case = file_request(park)
    assert sending.deliver_due(MONDAY) == 1
    assert sending.deliver_due(MONDAY) == 0
    [mail] = post_office.mails
    assert mail["Message-ID"].startswith("<notice-")
    assert mail["To"] == "steward@example.com"
    assert mail["Subject"] == f"{case.number} 车间停电"
    assert "Service request received" in post_office.text_of(0)
    assert f"/cases/{case.pk}/" in post_office.text_of(0)
    html = mail.get_body(("html",))
    assert html is not None
    assert f'/cases/{case.pk}/"' in html.get_content()
    assert '<html lang="en">' in html.get_content()


def test_what_a_person_typed_is_never_markup_in_a_mail(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    file_request(park, title="<b>停电</b> {number}")
    sending.deliver_due(MONDAY)
    html = post_office.mails[0].get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;停电&lt;/b&gt; {number}" in html.get_content()


def test_a_mail_server_down_for_an_hour_delays_all_and_loses_doubles_or_disorders_none(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    """Must-show 3 of the third issue."""
    post_office.down()
    cases = [file_request(park, MONDAY, title=f"第{n}件") for n in range(5)]
    for minute in range(60):
        moment = MONDAY + timedelta(minutes=minute)
        if minute % 12 == 5:
            for case in cases:
                say(case, park, f"{minute} 分的消息", moment)
        assert sending.deliver_due(moment) == 0
    waiting = Delivery.objects.filter(state="pending").count()
    assert waiting == Delivery.objects.count() == 5 + 5 * 5
    post_office.up()
    for minute in range(60, 140):
        sending.deliver_due(MONDAY + timedelta(minutes=minute))
    assert set(states()) == {"sent"}
    ids = [mail["Message-ID"] for mail in post_office.mails]
    assert len(ids) == len(set(ids)) == waiting
    for case in cases:
        for reader in (park.owner, park.steward):
            told = Notice.objects.filter(case_id=case.pk, recipient=reader).order_by("id")
            wanted = [f"<notice-{pk}@portal.localhost>" for pk in told.values_list("pk", flat=True)]
            assert [i for i in ids if i in wanted] == wanted


def test_a_dead_address_is_a_dead_letter_at_once_and_holds_nobody_up(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    """Must-show 3 of the third issue, second half: tests/notices/test_dead_letters.py shows the page."""
    post_office.gone.add("steward@example.com")
    case = file_request(park)
    say(case, park, "已派人", MONDAY)
    sending.deliver_due(MONDAY)
    [dead] = Delivery.objects.filter(state="dead")
    assert (dead.problem, dead.tries) == ("address", 1)
    assert "550" in dead.last_error
    assert [mail["To"] for mail in post_office.mails] == ["owner@example.com"]


def test_a_refusal_for_now_is_tried_for_days_ever_more_seldom_and_then_given_up(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    post_office.busy.add("steward@example.com")
    file_request(park)
    moment, tried = MONDAY, []
    while (before := Delivery.objects.get()).state == "pending":
        sending.deliver_due(moment)
        if Delivery.objects.get().tries > before.tries:
            tried.append(moment)
        moment += timedelta(minutes=1) if len(tried) < 5 else timedelta(minutes=5)
    row = Delivery.objects.get()
    assert (row.state, row.problem) == ("dead", "busy")
    assert timedelta(days=3) <= tried[-1] - MONDAY < timedelta(days=4)
    pauses = [b - a for a, b in itertools.pairwise(tried)]
    assert pauses[0] <= timedelta(minutes=2)
    assert timedelta(hours=9) <= max(pauses) <= timedelta(hours=10, minutes=30)  # over night
    assert len(tried) < 150


def test_a_later_notice_never_overtakes_an_earlier_one_of_its_case(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    case, other = file_request(park), file_request(park, title="别的事")
    post_office.busy.add("owner@example.com")
    say(case, park, "第一条", MONDAY)
    sending.deliver_due(MONDAY)
    post_office.busy.clear()
    say(case, park, "第二条", MONDAY)
    say(other, park, "别的案子不等", MONDAY)
    sending.deliver_due(MONDAY + timedelta(seconds=10))
    to_owner = [m for m in post_office.mails if m["To"] == "owner@example.com"]
    assert [m["Subject"] for m in to_owner] == [f"{other.number} 别的事"]
    sending.deliver_due(MONDAY + timedelta(minutes=3))
    assert len([m for m in post_office.mails if m["To"] == "owner@example.com"]) == 3


def test_a_worker_that_dies_with_a_mail_in_hand_gives_it_back_after_its_lease(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    file_request(park)
    lost = claiming.claim(MONDAY, ["email"], [])
    assert lost is not None
    assert sending.deliver_due(MONDAY + timedelta(minutes=4)) == 0
    assert sending.deliver_due(MONDAY + timedelta(minutes=6)) == 1
    claiming.sent(lost, MONDAY + timedelta(minutes=7))  # it wakes up: its turn is over
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.sent_at) == ("sent", 2, MONDAY + timedelta(minutes=6))


def test_a_mail_that_was_taken_but_not_written_down_comes_again_under_the_same_id(
    park: SimpleNamespace, post_office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_request(park)
    with monkeypatch.context() as crash:
        crash.setattr(claiming, "sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sending.deliver_due(MONDAY)
    sending.deliver_due(MONDAY + timedelta(minutes=6))
    assert len({mail["Message-ID"] for mail in post_office.mails}) == 1


def test_nights_are_quiet_except_for_what_is_urgent(park: SimpleNamespace, post_office: MailServer) -> None:
    file_request(park, NIGHT)
    sending.deliver_due(NIGHT)
    assert post_office.mails == []
    urgent(park, NIGHT)
    sending.deliver_due(NIGHT)
    assert len(post_office.mails) == 1
    sending.deliver_due(MORNING - timedelta(minutes=1))
    assert len(post_office.mails) == 1
    sending.deliver_due(MORNING)
    assert len(post_office.mails) == 2


def test_a_backlog_of_the_evening_is_not_sent_in_the_night(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    file_request(park, at("2026-11-16 21:59"))
    sending.deliver_due(at("2026-11-16 22:01"))
    assert post_office.mails == []
    sending.deliver_due(MORNING)
    assert len(post_office.mails) == 1


def test_the_hours_of_the_night_can_be_changed(park: SimpleNamespace, post_office: MailServer) -> None:
    Hours.objects.create(pk=1, quiet_from="00:00", quiet_until="00:00", digest_at="08:00")
    file_request(park, NIGHT)
    assert sending.deliver_due(NIGHT) == 1


def test_an_urgent_notice_at_night_takes_along_what_its_case_told_before(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    case = file_request(park, NIGHT)
    say(case, park, "夜里的消息", NIGHT)
    type(case).objects.filter(pk=case.pk).update(urgent=True)
    case.refresh_from_db()
    say(case, park, "加急的消息", NIGHT)
    sending.deliver_due(NIGHT)
    to_owner = [m for m in post_office.mails if m["To"] == "owner@example.com"]
    assert len(to_owner) == 1
    assert "此前" in post_office.text_of(post_office.mails.index(to_owner[0]))
    sending.deliver_due(MORNING)
    assert len([m for m in post_office.mails if m["To"] == "owner@example.com"]) == 1
    assert set(Delivery.objects.filter(notice__recipient=park.owner).values_list("state", flat=True)) == {
        "sent"
    }


def test_the_daily_mail_comes_at_eight_on_working_days_with_all_that_waited_and_nothing_twice(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    for kind in ("progress", "message"):
        chooses(park.owner, kind, "digest")
    friday = at("2026-11-20 10:00")
    first = accept(park, file_request(park, friday, title="甲"), friday)
    second = file_request(park, friday, title="乙")
    for case in (first, second):
        say(case, park, "消息", friday)
    for moment in ("2026-11-20 18:00", "2026-11-21 08:00", "2026-11-22 08:00", "2026-11-23 07:59"):
        sending.deliver_due(at(moment))
    assert [m for m in post_office.mails if m["To"] == "owner@example.com"] == []
    for minute in (0, 1, 30):
        sending.deliver_due(at(f"2026-11-23 08:{minute:02}"))
    [mail] = [m for m in post_office.mails if m["To"] == "owner@example.com"]
    assert mail["Subject"] == "每日通知汇总：3 条通知"
    text = post_office.text_of(post_office.mails.index(mail))
    assert (text.count("甲"), text.count("乙")) == (2, 1)


def test_the_daily_mail_survives_a_mail_server_that_is_down_at_eight(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    chooses(park.owner, "message", "digest")
    case = file_request(park)
    say(case, park, "消息", MONDAY)
    sending.deliver_due(MONDAY)
    post_office.mails.clear()
    post_office.down()
    for minute in range(30):
        sending.deliver_due(at("2026-11-17 08:00") + timedelta(minutes=minute))
    post_office.up()
    for minute in range(30, 120):
        sending.deliver_due(at("2026-11-17 08:00") + timedelta(minutes=minute))
    assert len(post_office.mails) == 1
    assert set(states()) == {"sent"}


def test_a_mail_at_once_takes_along_what_its_case_left_for_the_daily_mail(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    chooses(park.owner, "message", "digest")
    case = file_request(park)
    say(case, park, "先说一句", MONDAY)
    accept(park, case, MONDAY)
    sending.deliver_due(MONDAY)
    sending.deliver_due(at("2026-11-17 08:00"))
    to_owner = [m for m in post_office.mails if m["To"] == "owner@example.com"]
    assert len(to_owner) == 1


def test_a_day_that_has_become_a_day_off_passes_its_daily_mail_on(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    from portal.worktime import calendar

    chooses(park.owner, "message", "digest")
    say(file_request(park), park, "消息", MONDAY)
    calendar.set_override(
        at("2026-11-17 00:00").date(), is_working=False, reason="停电", kind="park_closing", by=None
    )
    sending.deliver_due(at("2026-11-17 08:00"))
    assert not Notice.objects.filter(key="notices.digest").exists()
    sending.deliver_due(at("2026-11-18 08:00"))
    assert Notice.objects.filter(key="notices.digest").count() == 1


def test_each_reader_chooses_the_ways_of_each_kind(park: SimpleNamespace) -> None:
    chooses(park.steward, "progress", "off", in_app=False)
    file_request(park)
    [notice] = Notice.objects.filter(recipient=park.steward)
    assert not notice.in_app
    assert not notice.deliveries.exists()
    urgent(park, MONDAY)
    loud = Notice.objects.filter(recipient=park.steward).latest("id")
    assert loud.in_app  # what is urgent always stands in the portal


def test_what_is_urgent_does_not_wait_for_the_daily_mail(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    chooses(park.steward, "progress", "digest")
    urgent(park, MONDAY)
    assert sending.deliver_due(MONDAY) == 1


def test_the_sweep_tells_as_each_has_chosen(park: SimpleNamespace) -> None:
    chooses(park.handler, "deadline", "off")
    park.handler.email = park.section_head.email = "someone@example.com"
    park.handler.save()
    park.section_head.save()
    chooses(park.section_head, "deadline", "digest")
    handled(park)
    watch.sweep(at("2026-12-01 09:00"))
    alerts = Delivery.objects.filter(notice__key="case.alerted")
    assert not alerts.filter(notice__recipient=park.handler).exists()
    waiting = alerts.filter(notice__recipient=park.section_head)
    assert set(waiting.values_list("state", "next_try_at")) == {("digest", at("2026-12-02 08:00"))}


def test_a_closed_account_is_not_written_to(park: SimpleNamespace, post_office: MailServer) -> None:
    file_request(park)
    park.steward.is_active = False
    park.steward.save()
    sending.deliver_due(MONDAY)
    assert Delivery.objects.get().problem == "closed"
    assert post_office.mails == []


def test_broken_facts_are_one_dead_letter_and_the_rest_goes_on(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    file_request(park)
    Notice.objects.update(params={"kind": "stations.request", "step": "gone"})
    file_request(park, title="好的")
    assert sending.deliver_due(MONDAY) == 1
    assert Delivery.objects.earliest("id").problem == "text"


def test_dead_letters_are_sent_again_in_their_order(park: SimpleNamespace, post_office: MailServer) -> None:
    post_office.gone.add("owner@example.com")
    case = file_request(park)
    for text in ("一", "二", "三"):
        say(case, park, text, MONDAY)
    sending.deliver_due(MONDAY)
    dead = list(letters.lost().values_list("pk", flat=True))
    assert len(dead) == 3
    post_office.gone.clear()
    post_office.mails.clear()
    assert letters.send_again(dead, by=park.administrator, now=MONDAY) == 3
    sending.deliver_due(MONDAY)
    wanted = [
        f"<notice-{n}@portal.localhost>"
        for n in Delivery.objects.filter(pk__in=dead).order_by("id").values_list("notice", flat=True)
    ]
    assert [mail["Message-ID"] for mail in post_office.mails] == wanted


def test_workers_are_asked_once_a_transaction_whatever_it_takes_back(
    park: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as asked:
        with transaction.atomic():
            file_request(park)
            transaction.set_rollback(True)
        for _turn in range(3):
            handled(park)
    assert len(asked) == 1


def test_every_notice_reads_in_both_languages(park: SimpleNamespace) -> None:
    handled(park)
    for notice in Notice.objects.all():
        with translation.override("zh-hans"):
            chinese = render(notice.key, notice.params, notice.case_id)
        with translation.override("en"):
            english = render(notice.key, notice.params, notice.case_id)
        assert chinese.body
        assert chinese.body != english.body
        assert english.path == f"/cases/{notice.case_id}/"
    assert render("unknown.key", {}, None).path == "/"
