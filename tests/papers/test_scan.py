"""The virus scan: only clean papers can be used; the scanner may be away, slow, wrong, or know more tomorrow."""

from __future__ import annotations

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
from portal.cases.models import Attachment, Document
from portal.cases.papers import clamd, scanning
from portal.notices.models import Notice
from tests.api.conftest import program
from tests.pages.test_pages import PDF, browser
from tests.papers.scanner import EICAR, VERSION, running
from tests.people import MONDAY, actor, file_request, filing, handled

pytestmark = pytest.mark.django_db
VIRUS = PDF + b"%" + EICAR
Scan = Document.Scan


def store(park: SimpleNamespace, content: bytes = PDF, name: str = "执照.pdf", **more: Any) -> Document:
    return papers.store(
        SimpleUploadedFile(name, content), by=park.owner, now=MONDAY, enterprise=park.ours, **more
    )


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


@pytest.mark.parametrize("answer", [b"stream: ", b"hello", b"\xff\xfe", None])
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
