"""The administrator's pages: dead letters, texts, groups and systems, hours."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from portal.notices import sending
from portal.notices.models import Delivery, Endpoint, Hours, Notice, Wording
from portal.notices.texts import render, templates
from portal.notices.wording import REWRITTEN, fill
from tests.notices.conftest import MailServer, Receiver
from tests.people import MONDAY, at, file_request

pytestmark = pytest.mark.django_db
BASE = "/administration/notices/"
TEXT = f"{BASE}texts/case.opened/zh-hans/"


@pytest.fixture
def admin(park: SimpleNamespace) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(park.administrator)
    return client


def dead_letters(park: SimpleNamespace, post_office: MailServer, count: int) -> list[int]:
    post_office.gone.add("steward@example.com")
    for n in range(count):
        file_request(park, title=str(n))
    sending.deliver_due(MONDAY)
    return list(Delivery.objects.filter(state="dead").order_by("id").values_list("pk", flat=True))


def test_a_dead_address_ends_on_the_page_of_dead_letters_with_its_reason(
    park: SimpleNamespace, admin: Client, post_office: MailServer
) -> None:
    """Must-show 3 of the third issue."""
    dead_letters(park, post_office, 1)
    assert "未送达的通知" in admin.get("/administration/").content.decode()
    page = admin.get(f"{BASE}deliveries/").content.decode()
    assert "Steward" in page
    assert "对方服务器拒收该地址" in page
    assert "550 5.1.1 no such user" in page
    assert "车间停电" not in page  # administrators see no cases


def test_dead_letters_are_filtered(park: SimpleNamespace, admin: Client, post_office: MailServer) -> None:
    dead_letters(park, post_office, 2)
    number = Notice.objects.filter(recipient=park.steward).latest("id").params["number"]
    for query, rows in (
        ("", 2),
        ("?problem=address", 2),
        ("?problem=slow", 0),
        ("?channel=webhook", 0),
        (f"?q={number}", 1),
        ("?q=stew", 2),
        ("?q=nobody", 0),
        ("?state=given_up", 0),
        ("?state=pending", 0),
        ("?state=nonsense", 2),
    ):
        page = admin.get(f"{BASE}deliveries/{query}").content.decode()
        assert page.count("<tr>") - (1 if rows else 0) == rows, query


def test_dead_letters_are_sent_again_one_or_all(
    park: SimpleNamespace, admin: Client, post_office: MailServer
) -> None:
    dead = dead_letters(park, post_office, 4)
    post_office.gone.clear()
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        admin.post(f"{BASE}deliveries/settle/", {"do": "again", "pk": dead[0]})
        assert Delivery.objects.filter(state="pending").count() == 1
        admin.post(f"{BASE}deliveries/settle/", {"do": "again", "everything": "1", "problem": "address"})
    assert Delivery.objects.filter(state="pending").count() == 4
    again = Delivery.objects.get(pk=dead[0])
    assert again.settled_by == park.administrator
    sending.deliver_due(MONDAY + timedelta(hours=1))
    assert len(post_office.mails) == 4


def test_dead_letters_are_given_up(park: SimpleNamespace, admin: Client, post_office: MailServer) -> None:
    dead = dead_letters(park, post_office, 2)
    answer = admin.post(f"{BASE}deliveries/settle/", {"do": "give_up", "pk": dead}, follow=True)
    assert "已放弃 2 条通知" in answer.content.decode()
    answer = admin.post(f"{BASE}deliveries/settle/", {"do": "give_up", "pk": dead}, follow=True)
    assert "已由他人处理" in answer.content.decode()
    assert admin.get(f"{BASE}deliveries/?state=given_up").content.decode().count('name="pk"') == 2
    assert set(Delivery.objects.filter(pk__in=dead).values_list("state", flat=True)) == {"given_up"}


@pytest.mark.parametrize("path", ["deliveries/", "texts/", "texts/case.opened/en/", "groups/", "hours/"])
def test_the_pages_are_for_administrators_only(park: SimpleNamespace, admin: Client, path: str) -> None:
    assert admin.get(BASE + path).status_code == 200
    for other in (park.owner, park.steward, park.leader, park.auditor):
        client = Client()
        client.force_login(other)
        assert client.get(BASE + path).status_code == 403


def words(language: str = "zh-hans") -> Any:
    with translation.override(language):
        return render("case.opened", {"number": "QS1", "title": "甲", "kind": "", "step": ""}, None)


def test_a_text_is_rewritten_previewed_and_put_back(park: SimpleNamespace, admin: Client) -> None:
    before = words()
    typed = {"title": "【{number}】{title}", "body": "已收件，请留意。", "version": version(admin)}
    preview = admin.post(f"{TEXT}preview/", typed).content.decode()
    assert "【QS20260316-000123】车间停电" in preview
    assert words() == before
    shown = admin.post(TEXT, {**typed, "preview": "1"}).content.decode()  # without JavaScript
    assert "【QS20260316-000123】车间停电" in shown
    assert not Wording.objects.exists()
    assert admin.post(TEXT, typed).status_code == 302
    assert (words().title, words().body) == ("【QS1】甲", "已收件，请留意。")
    assert words("en").body != words().body  # each language is its own
    admin.post(f"{TEXT}original/")
    assert words() == before
    history = admin.get(TEXT).content.decode()
    assert "恢复原文本" in history
    assert "已收件，请留意。" in history
    assert "Administrator" in history


def seen(admin: Client, path: str) -> dict[str, str]:
    """The mark of what the page shows now."""
    found = re.search(r'name="seen" value="(\w+)"', admin.get(path).content.decode())
    assert found
    return {"seen": found[1]}


def version(admin: Client, path: str = TEXT) -> str:
    found = re.search(r'name="version" value="(\w+)"', admin.get(path).content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{password}", "没有占位符 {password}"),
        ("{number} {reason}", "没有占位符 {reason}"),
        ("{number.__class__}", "有单独的花括号"),
        ("{0}", "没有占位符 {0}"),
        ("{{ settings.SECRET_KEY }}", "有单独的花括号"),
        ("{", "有单独的花括号"),
        ("}", "有单独的花括号"),
    ],
)
def test_an_unknown_placeholder_is_refused_in_words(
    park: SimpleNamespace, admin: Client, body: str, said: str
) -> None:
    answer = admin.post(TEXT, {"title": "x", "body": body, "version": version(admin)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert body.split("}")[0] in answer.content.decode()
    assert not Wording.objects.exists()


def test_a_text_is_never_a_template(park: SimpleNamespace, admin: Client, post_office: MailServer) -> None:
    body = "{% load i18n %}<script>alert(1)</script>%(number)s"
    body = body.replace("{% load i18n %}", "%% ")
    admin.post(TEXT, {"title": "{title}", "body": body, "version": version(admin)})
    file_request(park, title="{number}{{7*7}}")
    page = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    page.force_login(park.steward)
    shown = page.get("/notices/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;%(number)s" in shown
    assert "{number}{{7*7}}" in shown  # what is filled in is not looked at again
    assert fill("{a}", {"a": "{b}", "b": "x"}) == "{b}"


def test_the_second_of_two_editors_is_told(park: SimpleNamespace, admin: Client) -> None:
    shown = version(admin)
    admin.post(TEXT, {"title": "a", "body": "erste", "version": shown})
    answer = admin.post(TEXT, {"title": "b", "body": "zweite", "version": shown})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "erste" in page
    assert "zweite" in page
    assert Wording.objects.get().body == "erste"
    now = answer.context["form"]["version"].value()
    assert admin.post(TEXT, {"title": "b", "body": "zweite", "version": now}).status_code == 302
    assert Wording.objects.get().body == "zweite"


def test_every_text_can_be_edited_and_its_original_uses_known_placeholders_only() -> None:
    names = [template.name for _matter, template in templates()]
    assert len(names) == len(set(names)) >= 20
    for language in ("zh-hans", "en"):
        for _matter, template in templates():
            with translation.override(language):
                title, body = template.original()
                assert fill(title + body, template.samples()).count("{") == 0, template.name
                assert str(template.label)


def test_rewriting_is_seen_by_other_processes_soon(park: SimpleNamespace) -> None:
    words()
    Wording.objects.create(name="case.opened", language="zh-hans", title="t", body="neu")
    assert words().body != "neu"
    REWRITTEN._read_at -= 3601
    assert words().body == "neu"


def new_group(admin: Client, receiver: Receiver, channel: str = "wecom", **fields: Any) -> Any:
    given = {
        "name": "驿站群",
        "kinds": ["progress"],
        "address": f"{receiver.url}/robot?key=topsecret1234",
        "language": "zh-hans",
        "active": "on",
        **fields,
    }
    return admin.post(f"{BASE}groups/new/{channel}/", given)


def test_a_group_is_added_tested_and_changed_and_its_address_stays_hidden(
    park: SimpleNamespace, admin: Client, receiver: Receiver
) -> None:
    assert new_group(admin, receiver, team=park.team["jinrong"].pk).status_code == 302
    row = Endpoint.objects.get()
    page = admin.get(f"{BASE}groups/{row.pk}/").content.decode()
    assert "topsecret" not in page + admin.get(f"{BASE}groups/").content.decode()
    answer = admin.post(f"{BASE}groups/{row.pk}/test/", follow=True).content.decode()
    assert "测试消息已送达" in answer
    assert "测试消息" in receiver.got[0].json["text"]["content"]
    receiver.answer = b'{"errcode":93000,"errmsg":"invalid webhook url"}'
    answer = admin.post(f"{BASE}groups/{row.pk}/test/", follow=True).content.decode()
    assert "invalid webhook url" in answer
    given: dict[str, Any] = {"name": "新名", "kinds": ["deadline"], "address": "", "language": "en"}
    given |= seen(admin, f"{BASE}groups/{row.pk}/")
    assert admin.post(f"{BASE}groups/{row.pk}/", given).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.active, row.kinds) == ("新名", False, ["deadline"])
    assert row.address.endswith("topsecret1234")
    assert "topsecret" not in str(list(row.pgh_event_model.objects.values()))
    assert "停用" in admin.get(f"{BASE}groups/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://192.168.0.1/x", "内部网络"),
        ("http://8.8.8.8/x", "https://"),
        ("javascript:alert(1)", "https://"),
        ("", "必填项"),
    ],
)
def test_an_address_that_could_never_be_used_is_refused_at_once(
    park: SimpleNamespace, admin: Client, receiver: Receiver, address: str, said: str
) -> None:
    answer = new_group(admin, receiver, address=address)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_the_secret_of_a_webhook_is_shown_once_and_renewed(
    park: SimpleNamespace, admin: Client, receiver: Receiver
) -> None:
    shown = new_group(admin, receiver, "webhook").content.decode()
    row = Endpoint.objects.get()
    assert row.signing_secret() in shown
    assert row.signing_secret() not in admin.get(f"{BASE}groups/{row.pk}/").content.decode()
    renewed = admin.post(f"{BASE}groups/{row.pk}/rotate/")
    row.refresh_from_db()
    assert row.signing_secret() in renewed.content.decode()
    assert "no-store" in renewed.headers["Cache-Control"]
    admin.post(f"{BASE}groups/{row.pk}/test/")
    assert receiver.got[0].json["type"] == "portal.test"


def test_events_of_a_period_are_replayed_from_the_page(
    park: SimpleNamespace, admin: Client, receiver: Receiver
) -> None:
    new_group(admin, receiver, "webhook")
    row = Endpoint.objects.get()
    file_request(park, at("2026-11-16 10:00"))
    sending.post_due(at("2026-11-16 10:00"))
    address = f"{BASE}groups/{row.pk}/replay/"
    assert admin.post(address, {"since": "2026-11-17", "until": "2026-11-16"}).status_code == 422
    assert admin.post(address, {"since": "2026-01-17", "until": "2026-11-16"}).status_code == 422
    answer = admin.post(address, {"since": "2026-11-16", "until": "2026-11-16"}, follow=True)
    assert "已重新推送 1 条事件" in answer.content.decode()
    assert Delivery.objects.get(channel="webhook").state == "pending"


def test_quiet_nights_are_changed_with_history_and_never_hide_the_daily_mail(
    park: SimpleNamespace, admin: Client
) -> None:
    given = {"quiet_from": "21:00", "quiet_until": "06:30", "digest_at": "08:30"}
    assert admin.post(f"{BASE}hours/", given | seen(admin, f"{BASE}hours/")).status_code == 302
    assert str(Hours.current().quiet_from) == "21:00:00"
    answer = admin.post(f"{BASE}hours/", {**given, "digest_at": "06:00", **seen(admin, f"{BASE}hours/")})
    assert answer.status_code == 422
    assert "不能处于静默时段" in answer.content.decode()
    assert "Administrator" in admin.get(f"{BASE}hours/").content.decode()
