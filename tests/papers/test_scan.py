"""The virus scan: only clean papers can be used; the scanner may be away, slow, wrong, or know more tomorrow."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.urls import reverse

from portal.cases import engine, papers
from portal.cases.errors import Refused
from portal.cases.models import Attachment, Case, Document
from portal.cases.papers import clamd, scanning
from portal.notices.models import Notice
from tests.api.conftest import program
from tests.pages.test_pages import PDF, browser
from tests.papers.scanner import EICAR, VERSION, nonsense, running
from tests.people import MONDAY, actor, file_request, filing, handled

pytestmark = pytest.mark.django_db
VIRUS = PDF + b"%" + EICAR
Scan = Document.Scan


def store(park: SimpleNamespace, content: bytes = PDF, name: str = "执照.pdf", **more: Any) -> Document:
    owner = {"enterprise": park.ours, **more}
    return papers.store(SimpleUploadedFile(name, content), by=park.owner, now=MONDAY, **owner)


@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_the_scanner_sees_every_byte_and_its_word_counts(
    park: SimpleNamespace, settings: Any, tmp_path: Path, way: str
) -> None:
    large = PDF + b"%" + b"x" * 200_000
    with running(settings, tmp_path / "clamd.ctl" if way == "unix" else None) as scanner:
        document = store(park, large)
        assert scanner.scanned == [large]
        assert scanner.largest_chunk == clamd.CHUNK
        assert (document.scan_state, document.scan_engine) == (Scan.CLEAN, VERSION.decode())
        assert document.scanned_at == MONDAY
        with pytest.raises(Refused, match="Eicar-Signature"):
            store(park, VIRUS)
        assert Document.objects.count() == 1
        page = browser(park.owner, "en").post(
            reverse("cases:document_list"), {"file": SimpleUploadedFile("a.pdf", VIRUS)}
        )
        assert page.status_code == 422
        assert "carries a virus (Eicar-Signature)" in page.content.decode()
        answer = program(park.owner).send("documents/", {"file": SimpleUploadedFile("a.pdf", VIRUS)})
        assert "Eicar-Signature" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "answer", [b"stream: ", b"hello", b"\xff\xfe", b"OK", b"HTTP/1.1 302 FOUND", b"stream:  FOUND", None]
)
def test_who_gets_no_verdict_waits(park: SimpleNamespace, settings: Any, answer: bytes | None) -> None:
    """A wrong answer, or nobody there: never clean."""
    if answer is None:
        settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = "tcp://127.0.0.1:1", 1
        assert store(park).scan_state == Scan.PENDING
        return
    with running(settings) as scanner:
        scanner.answer = answer
        assert store(park).scan_state == Scan.PENDING
        scanner.answer = b"INSTREAM size limit exceeded. ERROR"
        assert store(park, PDF + b"%").scan_state == Scan.FAILED


NONSENSE = {
    "a web server": b"HTTP/1.1 302 FOUND\r\n\r\n",
    "a friendly one": b"OK\0",
    "not the stream": b"somewhere: OK\0",
    "a virus without a name": b"stream:  FOUND\0",
    "a virus nowhere": b"Eicar FOUND\0",
    "bytes in a name": b"stream: a\0b FOUND\0",
    "an error with bytes": b"stream: a\0b ERROR\0",
    "a version with bytes": b"ClamAV 1\0.4\0",
    "no text": b"\xff\xfe\0",
    "nothing": b"\0",
    "silence": b"",
    "a flood": b"x" * 100_000,
    "a drip": None,
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_at_the_scanners_address_loses_nothing_and_clears_nothing(
    park: SimpleNamespace, settings: Any, caplog: pytest.LogCaptureFixture, answer: bytes | None
) -> None:
    with running(settings):
        clean = store(park, PDF + b"%1")
    with nonsense(settings, answer):
        new = store(park, PDF + b"%2")
        assert new.scan_state == Scan.PENDING
        assert new.next_scan_at is not None
        assert "scanner away" in caplog.text
        assert scanning.scan_due(MONDAY + timedelta(days=400)) == 0
    assert Document.objects.get(pk=clean.pk).scan_state == Scan.CLEAN
    with running(settings) as scanner:
        assert scanning.scan_due(MONDAY + timedelta(hours=2)) == 1
        assert scanner.scanned == [PDF + b"%2"], "every byte of it is still there"
    assert Document.objects.get(pk=new.pk).scan_state == Scan.CLEAN


def test_a_scanner_that_loses_its_tongue_in_the_middle_is_asked_again(
    park: SimpleNamespace, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It says its version, and to the paper something else: that one waits, and does not hold up the job."""
    with running(settings) as scanner:
        document = store(park)
        scanner.answer = b"stream: a\x00b ERROR"
        again = MONDAY + timedelta(days=400)
        assert scanning.scan_due(again) == 1
        document.refresh_from_db()
        assert document.scan_state == Scan.CLEAN, "what was clean stays so until the scanner has spoken"
        assert document.next_scan_at == again + timedelta(minutes=1)
        assert f"document {document.pk} waits for its scan" in caplog.text
        scanner.answer = None
        assert scanning.scan_due(again + timedelta(minutes=1)) == 1
        document.refresh_from_db()
        assert document.scan_tries == 0


@pytest.mark.parametrize("state", [Scan.PENDING, Scan.FAILED, Scan.INFECTED])
def test_what_is_not_clean_is_used_nowhere(park: SimpleNamespace, state: str) -> None:
    case, document = handled(park), store(park)
    engine.attach(case, document, by=actor(park.owner), now=MONDAY)
    Document.objects.filter(pk=document.pk).update(scan_state=state)
    document.refresh_from_db()
    other = file_request(park, title="另一件")
    owner, staff = browser(park.owner, "en"), browser(park.handler)
    # Opened
    for client in (owner, staff):
        for name, args in (("document_download", [document.pk]), ("document_page", [document.pk, 1])):
            assert client.get(reverse(f"cases:{name}", args=args)).status_code == 403
    shown = owner.get(reverse("cases:document_view", args=[document.pk])).content.decode()
    assert "<img" not in shown.split("paper-pages")[1]
    assert reverse("cases:document_download", args=[document.pk]) not in shown
    assert program(park.owner).get(f"documents/{document.pk}/file/").status_code == 403
    # Attached: page, API, engine, database
    attach = reverse("cases:case_attach", args=[other.pk])
    assert owner.post(attach, {"document": document.pk}).status_code == 422
    answer = program(park.owner).post(f"cases/{other.pk}/attachments/", {"document": document.pk})
    assert answer.status_code == 422
    with pytest.raises(Refused):
        engine.attach(other, document, by=actor(park.owner), now=MONDAY)
    with pytest.raises(InternalError, match="not clean"), transaction.atomic():
        Attachment.objects.create(case=other, document=document, attached_by=park.owner, attached_at=MONDAY)
    # Filed with
    filed = owner.post(reverse("stations:request_file"), {**filing(park), "documents": [document.pk]})
    assert filed.status_code == 422


def test_the_scanner_comes_back_and_who_waits_is_told(park: SimpleNamespace, settings: Any) -> None:
    settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = "tcp://127.0.0.1:1", 1
    document = store(park)
    case = file_request(park)
    page = browser(park.owner, "en").post(
        reverse("cases:case_attach", args=[case.pk]), {"file": SimpleUploadedFile("a.pdf", PDF)}
    )
    assert "waits for the virus scan" in page.content.decode()
    assert scanning.scan_due(MONDAY + timedelta(minutes=5)) == 0, "nobody answers"
    with running(settings) as scanner:
        assert scanning.scan_due(MONDAY) == 0, "its turn has not come"
        assert scanning.scan_due(MONDAY + timedelta(minutes=5)) == 1
        assert scanning.scan_due(MONDAY + timedelta(minutes=5)) == 0, "once"
        document.refresh_from_db()
        assert document.scan_state == Scan.CLEAN
        assert Notice.objects.get(key="paper.clean").recipient == park.owner
        engine.attach(handled(park), document, by=actor(park.owner), now=MONDAY)
        # Tomorrow's signatures know it.
        scanner.signatures[PDF] = "Pdf.New"
        later = MONDAY + timedelta(days=settings.CLAMAV_RESCAN_DAYS, minutes=6)
        assert scanning.scan_due(later - timedelta(days=1)) == 0
        assert scanning.scan_due(later) == 1
    document.refresh_from_db()
    assert (document.scan_state, document.scan_detail) == (Scan.INFECTED, "Pdf.New")
    told = set(Notice.objects.filter(key="paper.infected").values_list("recipient__username", flat=True))
    assert told == {"owner", "handler"}


def test_a_failed_scan_is_tried_again_and_a_new_scanner_looks_through_the_old(
    park: SimpleNamespace, settings: Any
) -> None:
    old = store(park)
    assert (old.scan_state, old.scan_engine) == (Scan.CLEAN, "content")
    with running(settings) as scanner:
        scanner.answer = b"Can't allocate memory ERROR"
        assert scanning.scan_due(MONDAY) == 1
        old.refresh_from_db()
        assert old.scan_state == Scan.FAILED
        scanner.answer = None
        with time_machine.travel(MONDAY, tick=False):
            client = browser(park.administrator, "en")
            page = client.get(reverse("administration:paper_scans")).content.decode()
            assert "ClamAV 1.4.1" in page
            assert "Can&#x27;t allocate memory ERROR" in page
            assert old.title not in page
            assert client.post(reverse("administration:scan_again", args=[old.pk])).status_code == 302
        assert scanning.scan_due(MONDAY) == 1
        old.refresh_from_db()
        assert old.scan_state == Scan.CLEAN
        with time_machine.travel(MONDAY, tick=False):
            client.post(reverse("administration:scan_all_again"))
        old.refresh_from_db()
        assert (old.scan_state, old.next_scan_at) == (Scan.CLEAN, MONDAY)
        scanner.answer = b"nonsense"
        assert scanning.scan_due(MONDAY) == 1
        old.refresh_from_db()
        assert old.scan_state == Scan.CLEAN, "what a scanner has passed stays so until it says otherwise"
    client = browser(park.administrator, "en")
    page = client.get(reverse("administration:paper_scans")).content.decode()
    assert "does not answer" in page
    Document.objects.update(scan_state=Scan.PENDING)
    settings.CLAMAV_URL = ""
    assert scanning.scan_due(MONDAY) == 0
    old.refresh_from_db()
    assert (old.scan_state, old.scan_engine) == (Scan.CLEAN, "content"), (
        "no scanner: our own checks count again"
    )
    assert "CLAMAV_URL" in client.post(reverse("administration:scan_all_again"), follow=True).content.decode()


@time_machine.travel(MONDAY, tick=False)
def test_who_files_while_the_scanner_is_away_loses_nothing_and_reads_what_can_be_done(
    park: SimpleNamespace, settings: Any
) -> None:
    settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = "tcp://127.0.0.1:1", 1
    own, desk = reverse("stations:request_file"), reverse("stations:desk_file")
    for n, (user, address, more) in enumerate(
        ((park.owner, own, {}), (park.steward, desk, {"enterprise": park.ours.pk, "channel": "phone"}))
    ):
        client = browser(user)
        typed = {**filing(park, title=f"停电 {n}", description="三号车间昨晚起停电，请尽快"), **more}
        sent = SimpleUploadedFile(f"现场{n}.pdf", PDF + b"%" * n)
        answer = client.post(address, {**typed, "new_documents": sent})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f"“现场{n}”已存入档案，正在等待病毒扫描" in page
        assert "先不带这份材料提交" in page
        assert f'value="停电 {n}"' in page
        assert "三号车间昨晚起停电，请尽快</textarea>" in page
        kept = Document.objects.get(title=f"现场{n}")
        assert (kept.scan_state, kept.enterprise) == (Scan.PENDING, park.ours)
        assert f'name="documents" value="{kept.pk}"' not in page, "sent again it goes without"
        assert not Case.objects.filter(title=f"停电 {n}").exists()
        assert client.post(address, typed).status_code == 302
        assert Case.objects.get(title=f"停电 {n}").attachments.count() == 0
    refused = program(park.owner).post(
        "cases/", {"kind": "stations.request", "fields": {**filing(park), "documents": [kept.pk]}}
    )
    assert [e["pointer"] for e in refused.json()["errors"]] == ["#/fields/documents"]
    assert "waits for the virus scan" in refused.json()["errors"][0]["detail"]
    with running(settings):
        assert scanning.scan_due(MONDAY + timedelta(minutes=5)) == 2
    assert Notice.objects.filter(key="paper.clean", recipient=park.owner).exists()
    case = Case.objects.get(title="停电 0")
    paper = Document.objects.get(title="现场0")
    attach = reverse("cases:case_attach", args=[case.pk])
    assert browser(park.owner).post(attach, {"document": paper.pk}).status_code == 302


def test_of_several_new_files_the_good_ones_stay_chosen_beside_the_word_on_the_bad_one(
    park: SimpleNamespace, settings: Any
) -> None:
    client = browser(park.owner, "en")
    good, bad = SimpleUploadedFile("plan.pdf", PDF), SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 100)
    answer = client.post(reverse("stations:request_file"), {**filing(park), "new_documents": [good, bad]})
    assert answer.status_code == 422
    page = answer.content.decode()
    paper = Document.objects.get()
    assert "run.exe: " in page
    assert f'value="{filing(park)["title"]}"' in page
    assert re.search(rf'name="documents" value="{paper.pk}"[^>]*checked', page)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("state", "words"), [(Scan.FAILED, "could not look into it"), (Scan.INFECTED, "carries a virus")]
)
def test_a_paper_that_has_ceased_to_be_clean_says_why_where_it_was_chosen(
    park: SimpleNamespace, state: str, words: str
) -> None:
    document = store(park)
    Document.objects.filter(pk=document.pk).update(scan_state=state)
    address = reverse("stations:request_file")
    answer = browser(park.owner, "en").post(address, {**filing(park), "documents": [document.pk]})
    assert answer.status_code == 422
    assert f"“{document.title}”" in answer.content.decode()
    assert words in answer.content.decode()
    theirs = store(park, enterprise=park.theirs)
    Document.objects.filter(pk=theirs.pk).update(scan_state=state)
    answer = browser(park.owner, "en").post(address, {**filing(park), "documents": [theirs.pk]})
    assert answer.status_code == 422
    assert words not in answer.content.decode(), "of the papers of others nothing is told"


def test_a_blank_form_is_taken_only_when_the_scanner_has_passed_it(settings: Any) -> None:
    def given(content: bytes) -> str:
        return papers.checked(SimpleUploadedFile("表.pdf", content), {"application/pdf"}, now=MONDAY)

    with running(settings) as scanner:
        assert given(PDF) == "application/pdf"
        assert scanner.scanned == [PDF]
        with pytest.raises(Refused, match="Eicar-Signature"):
            given(VIRUS)
    with pytest.raises(Refused, match="请稍后"):
        given(PDF)
    with pytest.raises(Refused, match="不接受 PDF"):
        papers.checked(SimpleUploadedFile("表.pdf", PDF), {papers.WORD}, now=MONDAY)
