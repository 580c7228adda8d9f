"""Two people at one page: the second gets 409 and sees both versions; nothing is overwritten unseen."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from portal.accounts.models import User
from portal.cases import engine
from portal.cases.models import Case
from portal.notices.models import Endpoint, Hours
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, handled

pytestmark = pytest.mark.django_db


def test_the_second_of_two_who_act_sees_what_was_done_and_what_was_typed(park: SimpleNamespace) -> None:
    case = handled(park)
    version = case.version
    engine.perform(case, "note_progress", by=actor(park.handler), data={"note": "备件已到"}, now=MONDAY)
    answer = browser(park.head).post(
        f"/cases/{case.pk}/do/note_progress/", {"version": version, "note": "请尽快更换电缆"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "备件已到" in page
    assert "请尽快更换电缆" in page
    assert "Handler" in page


@pytest.mark.parametrize("name", ["assign", "transfer", "pause", "remind"])
def test_every_operation_of_the_kernel_minds_a_stale_page(park: SimpleNamespace, name: str) -> None:
    case = handled(park)
    version = case.version
    engine.comment(case, by=actor(park.handler), data={"body": "已联系供电公司"}, now=MONDAY)
    data = {
        "version": version, "assignee": park.head.pk, "to_team": park.team["jinrong"].pk, "note": "x",
        "reason": "supplement" if name == "pause" else "x", "basis": "x", "planned_days": 3, "notice": "x", "missing": "x",
    }  # fmt: skip
    answer = browser(park.head).post(f"/cases/{case.pk}/op/{name}/", data)
    assert answer.status_code == 409
    fresh = Case.objects.get(pk=case.pk)
    assert (
        browser(park.head)
        .post(f"/cases/{case.pk}/op/{name}/", {**data, "version": fresh.version})
        .status_code
        == 302
    )


def test_a_conflict_shows_the_enterprise_nothing_internal(park: SimpleNamespace) -> None:
    case = handled(park)
    version = case.version
    engine.comment(case, by=actor(park.head), data={"body": "内部", "internal": "on"}, now=MONDAY)
    engine.remind(case, by=actor(park.head), data={"note": "内部催办"}, now=MONDAY)
    answer = browser(park.owner).post(
        f"/cases/{case.pk}/do/withdraw/", {"version": version, "reason": "不办了"}
    )
    assert answer.status_code == 409
    assert "内部" not in answer.content.decode()
    assert "不办了" in answer.content.decode()


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_two_administrators_at_one_group_of_a_robot(park: SimpleNamespace) -> None:
    row = Endpoint(
        channel="wecom", name="一线群", kinds=["work"], address="https://qyapi.weixin.qq.com/x?key=a"
    )
    row.save()
    address = f"/administration/notices/groups/{row.pk}/"
    client = browser(park.administrator)
    mine = {
        "name": "一线工作群", "team": park.team["jinrong"].pk, "kinds": ["work", "progress"], "address": "",
        "secret": "", "language": "zh-hans", "active": "on", "seen": seen_on(client.get(address).content.decode()),
    }  # fmt: skip
    Endpoint.objects.filter(pk=row.pk).update(name="开发建设群", team=park.team["development"])
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    for version in ("开发建设群", "一线工作群", "开发建设局", "金荣驿站"):
        assert version in page, "both versions in words"
    assert Endpoint.objects.get(pk=row.pk).name == "开发建设群"
    assert page.count("checked") >= 3, "every choice is still there"
    assert client.post(address, {**mine, "seen": seen_on(page)}).status_code == 302
    fresh = Endpoint.objects.get(pk=row.pk)
    assert (fresh.name, fresh.kinds) == ("一线工作群", ["work", "progress"])
    assert fresh.address == "https://qyapi.weixin.qq.com/x?key=a", "left empty, it stays"


def test_two_administrators_at_the_quiet_hours(park: SimpleNamespace) -> None:
    address, client = "/administration/notices/hours/", browser(park.administrator)
    mine = {"quiet_from": "21:00", "quiet_until": "07:00", "digest_at": "08:00"}
    mine["seen"] = seen_on(client.get(address).content.decode())
    Hours.objects.update_or_create(
        pk=1, defaults={"quiet_from": "23:00", "quiet_until": "06:00", "digest_at": "08:30"}
    )
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "23:00" in page
    assert "21:00" in page
    assert Hours.current().quiet_from.hour == 23
    assert client.post(address, {**mine, "seen": seen_on(page)}).status_code == 302
    assert Hours.current().quiet_from.hour == 21


def test_two_windows_on_ones_own_account(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    page = client.get("/accounts/me/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    mine = {"display_name": "我的", "email": "", "phone": "1", "language": "zh-hans", "seen": seen[1]}
    User.objects.filter(pk=park.owner.pk).update(phone="0731-5555 0999")
    answer = client.post("/accounts/me/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "0731-5555 0999" in page
    assert "我的" in page
    assert User.objects.get(pk=park.owner.pk).phone == "0731-5555 0999"
    again = re.search(r'name="seen" value="(\w+)"', page)
    assert again  # sending it again, now seen, overwrites
    assert client.post("/accounts/me/", {**mine, "seen": again[1]}).status_code == 302
    assert User.objects.get(pk=park.owner.pk).display_name == "我的"
