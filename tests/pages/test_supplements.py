"""What is missing in a case, and papers of the archive: as the enterprise and the staff see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.models import User
from portal.cases import engine, papers
from portal.cases.models import Case, Document, MissingItem
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, actor, at, handled, reported

pytestmark = pytest.mark.django_db
TOLD = {
    "reason": "supplement",
    "basis": "许可法",
    "planned_days": 5,
    "notice": "齐了就能定方案",
    "missing": "平面图：看清尺寸\n负荷清单",
}


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(at("2026-11-17 10:00"), tick=False):
        yield


def stored(park: SimpleNamespace, title: str, mark: bytes, until: date | None = None) -> Document:
    return papers.store(
        SimpleUploadedFile("x.pdf", PDF + b"%" + mark),
        by=park.owner,
        now=MONDAY,
        enterprise=park.ours,
        title=title,
        valid_until_on=until,
    )


def page(user: User, path: str) -> str:
    return browser(user).get(path).content.decode()


def test_the_enterprise_sees_what_is_missing_and_supplies_it_there(park: SimpleNamespace) -> None:
    case = handled(park)
    stored(park, "厂区平面图", b"1")
    engine.pause(case, by=actor(park.head), data=TOLD, now=at("2026-11-17 09:00"))
    home = page(park.owner, "/")
    assert "补齐前时限暂停" in home
    assert "等您办理" in page(park.owner, "/my-cases/")
    shown = page(park.owner, f"/cases/{case.pk}/")
    for words in ("现在轮到您：请补充 2 项", "看清尺寸", "档案里有：厂区平面图", "用档案里的这份"):
        assert words in shown
    assert "还缺 2 项" in page(park.handler, f"/cases/{case.pk}/")
    plan, load = MissingItem.objects.order_by("position")
    for outsider, status in ((park.rival, 404), (park.leader, 403), (park.other_steward, 404)):
        answer = browser(outsider).post(f"/cases/{case.pk}/missing/{plan.pk}/", {"answer": "x"})
        assert answer.status_code == status
    archived = Document.objects.get(title="厂区平面图")
    mine = browser(park.owner)
    assert mine.post(f"/cases/{case.pk}/missing/{plan.pk}/", {}).status_code == 422
    assert mine.post(f"/cases/{case.pk}/missing/{plan.pk}/", {"document": archived.pk}).status_code == 302
    sent = {"file": SimpleUploadedFile("负荷清单.pdf", PDF)}
    assert mine.post(f"/cases/{case.pk}/missing/{load.pk}/", sent).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert case.paused_at is None
    assert case.attachments.count() == 2
    assert Document.objects.get(title="负荷清单").enterprise == park.ours
    assert "现在轮到您" not in page(park.owner, f"/cases/{case.pk}/")


def test_an_answer_that_is_too_long_is_said_beside_its_field_and_nothing_is_cut(
    park: SimpleNamespace,
) -> None:
    case = handled(park)
    engine.pause(case, by=actor(park.head), data=TOLD, now=at("2026-11-17 09:00"))
    plan, load = MissingItem.objects.order_by("position")
    mine, address = browser(park.owner), f"/cases/{case.pk}/missing/{plan.pk}/"
    shown = page(park.owner, f"/cases/{case.pk}/")
    assert 'maxlength="2000"' in shown
    assert "最多 2000 个字符" in shown
    written = "字" * 2000 + "尾"
    file = SimpleUploadedFile("平面图.pdf", PDF)
    answer = mine.post(address, {"answer": written, "file": file})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "最多保存 2000 个字符，现有 2001 个。" in told
    assert f'id="answer-{plan.pk}-error"' in told
    assert f'id="answer-{load.pk}-error"' not in told, "beside the one that was answered"
    assert written in told, "what was typed is still there"
    assert "文件须重新选择" in told
    assert not Document.objects.exists(), "the file that came along is not kept without it"
    assert not MissingItem.objects.exclude(supplied_at=None).exists()
    english = browser(park.owner, "en").post(address, {"answer": written}).content.decode()
    assert "At most 2000 characters are kept; these are 2001." in english
    lines = "\r\n".join(["行" * 99] * 20)  # 1,999 as the browser counts, 2,018 as it sends
    assert mine.post(address, {"answer": lines}).status_code == 302
    plan.refresh_from_db()
    assert plan.answer == lines.replace("\r\n", "\n")


@pytest.mark.parametrize("who", ["owner", "handler"])
def test_a_paper_of_the_archive_is_used_with_one_click(park: SimpleNamespace, who: str) -> None:
    case, user = handled(park), getattr(park, who)
    fresh = stored(park, "营业执照", b"1", date(2027, 5, 1))
    stored(park, "旧验收意见", b"2", date(2026, 5, 1))
    shown = page(user, f"/cases/{case.pk}/")
    assert "2027-05-01 前有效" in shown or "2027-05-01" in shown
    assert "已于 2026-05-01 过期" in shown
    assert f'value="{fresh.pk}"' in shown
    assert shown.count('name="document"') == 1  # what has expired is not offered
    address = f"/cases/{case.pk}/attach/"
    assert browser(user).post(address, {"document": fresh.pk}).status_code == 302
    assert "来自企业档案" in page(user, f"/cases/{case.pk}/")


def test_staff_use_the_archive_only_while_their_team_has_the_case(park: SimpleNamespace) -> None:
    case = handled(park)
    paper = stored(park, "营业执照", b"1")
    for user in (park.steward, park.supervisor, park.leader):  # the station handed it on; others oversee
        assert "营业执照" not in page(user, f"/cases/{case.pk}/")
        assert browser(user).post(f"/cases/{case.pk}/attach/", {"document": paper.pk}).status_code == 404


def test_the_case_page_names_whom_to_call_and_whose_turn_it_is(park: SimpleNamespace) -> None:
    User.objects.filter(pk=park.handler.pk).update(phone="0731-5555 7777")
    shown = page(park.owner, f"/cases/{handled(park).pk}/")
    assert "tel:0731-5555 7777" in shown
    assert "首问责任：金荣驿站" in shown
    assert "tel:0731-5555 0101" in shown
    asked = page(park.owner, f"/cases/{reported(park).pk}/")
    assert "现在轮到您：" in asked
    assert "逾期未答复的" in asked


def test_the_page_of_a_handled_case_says_when_the_next_note_is_due(park: SimpleNamespace) -> None:
    case = handled(park)
    assert "最迟 11-19 17:30" in page(park.handler, f"/cases/{case.pk}/")
    with time_machine.travel(at("2026-11-20 10:00"), tick=False):
        assert "应于 11-19 17:30 前登记，已超期" in page(park.handler, f"/cases/{case.pk}/")


def test_a_steward_files_with_papers_that_go_into_the_archive(park: SimpleNamespace) -> None:
    from tests.people import filing

    address = f"/stations/requests/desk/?enterprise={park.ours.pk}"
    known = stored(park, "营业执照", b"1", date(2027, 5, 1))
    form = page(park.steward, address)
    assert "营业执照 · " in form
    data = {
        **filing(park, channel="phone", documents=[known.pk]),
        "enterprise": park.ours.pk,
        "new_documents": SimpleUploadedFile("现场.pdf", PDF),
    }
    assert browser(park.steward).post("/stations/requests/desk/", data).status_code == 302
    case = Case.objects.get()
    assert {a.document.title for a in case.attachments.all()} == {"营业执照", "现场"}
    assert Document.objects.get(title="现场").enterprise == park.ours
