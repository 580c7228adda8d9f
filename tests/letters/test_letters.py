"""Official letters: who may issue them, their numbers, their bytes, their record."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from portal.cases import engine
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.cases.flow import CO_HANDLING
from portal.cases.models import Case, Event, IssuedLetter, LetterCounter
from portal.notices.models import Notice
from portal.park.models import Enterprise
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, at, closed, file_request, handled, make_park

pytestmark = pytest.mark.django_db


def issue(case: Case, name: str, who: object, now: object = MONDAY) -> IssuedLetter:
    return engine.issue_letter(case, name, by=actor(who), now=now)  # type: ignore[arg-type]


def content(letter: IssuedLetter) -> bytes:
    with letter.document.file.open("rb") as file:
        return bytes(file.read())


def test_issuing_numbers_keeps_records_and_tells(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    letter = issue(case, "acceptance", park.steward)
    assert letter.number == "潭高新受〔2026〕1号"
    assert content(letter).startswith(b"%PDF")
    assert hashlib.sha256(content(letter)).hexdigest() == letter.sha256 == letter.document.sha256
    assert letter.document.enterprise == park.ours
    assert letter.document.title == "受理告知书 潭高新受〔2026〕1号"
    assert {a.document_id for a in case.attachments.all()} == {letter.document_id, letter.translation_id}
    event = Event.objects.get(case=case, verb="letter_issued")
    assert event.data["public"] == {
        "letter": "acceptance",
        "document_number": letter.number,
        "sha256": letter.sha256,
    }
    assert Notice.objects.filter(recipient=park.owner, key="case.letter_issued").exists()


def test_a_letter_is_issued_once_and_printed_from_its_bytes(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    letter = issue(case, "acceptance", park.steward)
    with pytest.raises(Conflict, match="潭高新受〔2026〕1号"):
        issue(case, "acceptance", park.steward, at("2026-11-20 10:00"))
    assert LetterCounter.objects.get(mark="受").last == 1
    address = reverse("cases:document_download", args=[letter.document_id])
    for reader in (park.owner, park.steward):
        answer = browser(reader).get(address)
        assert b"".join(answer.streaming_content) == content(letter)  # type: ignore[attr-defined]
    assert browser(park.rival).get(address).status_code == 404


def test_numbers_run_by_kind_of_letter_and_year(park: SimpleNamespace) -> None:
    new_year = at("2027-01-05 10:00")
    first, second, third = (accept(park, file_request(park), MONDAY) for _ in range(3))
    assert issue(first, "acceptance", park.steward).serial == 1
    assert issue(second, "acceptance", park.steward).serial == 2
    assert issue(third, "acceptance", park.steward, new_year).number == "潭高新受〔2027〕1号"
    done = closed(park)
    assert issue(done, "completion", park.colleague).number == "潭高新结〔2026〕1号"


def test_nothing_is_issued_before_there_is_something_to_tell(park: SimpleNamespace) -> None:
    case = file_request(park)
    for name in ("acceptance", "supplement", "extension", "completion"):
        with pytest.raises((Refused, NotAllowed)):
            issue(case, name, park.steward)
    with pytest.raises(Refused):
        issue(case, "nonsense", park.steward)
    assert not LetterCounter.objects.exists()


def test_only_those_whom_the_flow_names_may_issue(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    for outsider in (park.owner, park.leader, park.other_steward):
        with pytest.raises(NotAllowed):
            issue(case, "acceptance", outsider)
    page = browser(park.owner).get(reverse("cases:letter", args=[case.pk, "acceptance"]))
    assert page.status_code == 403
    assert browser(park.rival).get(reverse("cases:letter", args=[case.pk, "acceptance"])).status_code == 404


def test_each_stop_of_the_clock_has_a_notice_of_its_own(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {
        "reason": "supplement",
        "basis": "行政许可法第三十二条",
        "planned_days": 3,
        "notice": "请补充用电合同",
        "missing": "用电合同：盖章",
    }
    engine.pause(case, by=actor(park.head), data=data, now=MONDAY)
    assert issue(case, "supplement", park.handler).serial == 1
    engine.resume(case, by=actor(park.handler), now=at("2026-11-17 10:00"))
    with pytest.raises(Conflict):
        issue(case, "supplement", park.handler)
    again = {**data, "why_again": "企业更换了供电方案"}
    engine.pause(case, by=actor(park.head), data=again, now=at("2026-11-18 10:00"))
    assert issue(case, "supplement", park.handler).serial == 2


def test_an_extension_is_told_on_paper(park: SimpleNamespace) -> None:
    case = handled(park)
    engine.ask_extension(case, by=actor(park.handler), data={"days": 5, "reason": "设备待到货"}, now=MONDAY)
    with pytest.raises(Refused):
        issue(case, "extension", park.handler)
    engine.decide_extension(case, by=actor(park.head), granted=True, now=MONDAY)
    assert issue(case, "extension", park.handler).number == "潭高新延〔2026〕1号"


def co_handling(park: SimpleNamespace) -> Case:
    case = handled(park)
    data = {"team": park.team["zhongnan"].pk, "ask": "请核实供电线路"}
    engine.perform(case, "ask_co_handler", by=actor(park.handler), data=data, now=MONDAY)
    return Case.objects.get(kind=CO_HANDLING)


def test_who_leads_issues_the_assignment_sheet_and_the_enterprise_never_sees_it(
    park: SimpleNamespace,
) -> None:
    part = co_handling(park)
    client = browser(park.handler)
    address = reverse("cases:letter", args=[part.pk, "assignment"])
    assert "请核实供电线路" in client.get(address).content.decode()
    assert client.post(address, {"version": part.version}).status_code == 302
    letter = IssuedLetter.objects.get()
    assert letter.document.team == park.team["zhongnan"]
    assert letter.document.enterprise is None
    paper = reverse("cases:document_download", args=[letter.document_id])
    assert browser(park.owner).get(paper).status_code == 404
    assert browser(park.other_steward).get(paper).status_code == 200
    assert client.post(address, {"version": part.version}).status_code == 409


def test_a_preview_keeps_nothing_and_has_no_number(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    before = case.attachments.count()
    for language in ("zh", "en"):
        address = reverse("cases:letter_preview", args=[case.pk, "acceptance"])
        answer = browser(park.steward).get(f"{address}?language={language}")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
    assert case.attachments.count() == before
    assert not LetterCounter.objects.exists()
    assert browser(park.steward).get(f"/cases/{case.pk}/letters/nonsense/").status_code == 404


def test_the_case_page_offers_and_lists_letters(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    address = reverse("cases:case_view", args=[case.pk])
    assert "印发：受理告知书" in browser(park.steward).get(address).content.decode()
    letter = issue(case, "acceptance", park.steward)
    for reader in (park.owner, park.steward):
        page = browser(reader).get(address).content.decode()
        assert f"受理告知书 {letter.number}" in page
        assert letter.sha256 in page
        assert 'class="btn tiny" href="/cases/' not in page


def test_whoever_issues_a_letter_reads_before_which_characters_are_boxes(park: SimpleNamespace) -> None:
    Enterprise.objects.filter(pk=park.ours.pk).update(name="𠮷祥材料（示范）")
    case = accept(park, file_request(park, title="电闸𫟷坏了"), MONDAY)
    client, english = browser(park.steward), browser(park.steward, "en")
    address = reverse("cases:letter", args=[case.pk, "acceptance"])
    page = client.get(address).content.decode()
    assert "公文字库缺少 2 个字" in page
    for character, code in (("𠮷", "U+20BB7"), ("𫟷", "U+2B7F7")):
        assert f"<b>{character}</b> ({code})" in page
    assert "The typefaces of letters lack 2 characters" in english.get(address).content.decode()
    unread = client.post(address, {"version": case.version})
    assert unread.status_code == 422
    assert "U+20BB7" in unread.content.decode()
    assert not IssuedLetter.objects.exists()
    assert client.post(address, {"version": case.version, "boxes": "on"}).status_code == 302
    assert content(IssuedLetter.objects.get()).startswith(b"%PDF")


def test_of_a_letter_whose_characters_are_all_there_nothing_is_asked(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    address = reverse("cases:letter", args=[case.pk, "acceptance"])
    client = browser(park.steward)
    assert 'name="boxes"' not in client.get(address).content.decode()
    assert client.post(address, {"version": case.version}).status_code == 302


def test_an_issued_letter_cannot_be_changed_or_deleted(park: SimpleNamespace) -> None:
    letter = issue(accept(park, file_request(park), MONDAY), "acceptance", park.steward)
    for statement in ("UPDATE cases_issuedletter SET number = 'x'", "DELETE FROM cases_issuedletter"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert IssuedLetter.objects.get().number == letter.number


@pytest.mark.django_db(transaction=True)
def test_numbers_have_neither_gaps_nor_doubles_when_many_issue_at_once(filled_calendar: None) -> None:
    park = make_park()
    cases = [accept(park, file_request(park), MONDAY) for _ in range(6)]
    broken = {cases[1].pk, cases[4].pk}
    together = Barrier(len(cases))

    def one(case: Case) -> None:
        try:
            together.wait()
            with transaction.atomic():
                issue(case, "acceptance", park.steward)
                if case.pk in broken:  # something later in the transaction fails
                    raise Refused("no")
        except Refused:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(cases)) as pool:
        list(pool.map(one, cases))
    assert sorted(IssuedLetter.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]
