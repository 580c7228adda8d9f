"""The archive of an enterprise, page by page: newest first, nothing twice, nothing left out."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.cases import engine
from portal.cases.enterprise_views.papers import PAGE
from portal.cases.models import Document
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, actor, file_request

pytestmark = pytest.mark.django_db


def keep(park: SimpleNamespace, count: int) -> list[Document]:
    """So many papers; three always came at the same moment, and the youngest row is not the newest paper."""
    return Document.objects.bulk_create(
        Document(
            enterprise=park.ours, title=f"材料{n:03}", original_name="x.pdf", content_type="application/pdf",
            size_bytes=1, sha256=f"{n:064}", sent_sha256=f"{n:064}", file=f"documents/00/{n:064}",
            uploaded_by=park.owner, uploaded_at=MONDAY - timedelta(minutes=n // 3),
        )
        for n in range(count)
    )  # fmt: skip


def shown(client: Client, query: str = "") -> tuple[list[str], str]:
    """The titles of one page, and the address of the next."""
    text = client.get(reverse("cases:document_list") + query).content.decode()
    later = re.search(r'href="(\?before=[^"]+)"', text)
    return re.findall(r"<b>(材料\d+)</b>", text), later[1] if later else ""


def test_every_paper_is_on_exactly_one_page_newest_first(park: SimpleNamespace) -> None:
    keep(park, 2 * PAGE + 5)
    client, query, pages = browser(park.owner), "", []
    while not pages or query:
        titles, query = shown(client, query)
        pages.append(titles)
    assert [len(titles) for titles in pages] == [PAGE, PAGE, 5]
    told = [title for titles in pages for title in titles]
    by_age = Document.objects.order_by("-uploaded_at", "-id").values_list("title", flat=True)
    assert told == list(by_age)
    assert (
        "最新"
        in client.get(reverse("cases:document_list") + "?before=2026-11-16T01:00:00Z,9").content.decode()
    )


def test_what_comes_meanwhile_moves_nothing(park: SimpleNamespace) -> None:
    keep(park, PAGE + 3)
    client = browser(park.owner)
    first, query = shown(client)
    Document.objects.filter(title=first[-1]).update(title="材料999")
    upload = {"file": SimpleUploadedFile("新.pdf", PDF), "title": "材料888"}
    assert client.post(reverse("cases:document_list"), upload).status_code == 302
    assert len(shown(client, query)[0]) == 3
    assert shown(client)[0][0] == "材料888"


def test_a_page_reads_its_rows_and_no_more(park: SimpleNamespace) -> None:
    client = browser(park.owner)

    def cost(query: str = "") -> int:
        with CaptureQueriesContext(connection) as seen:
            shown(client, query)
        lists = [q["sql"] for q in seen.captured_queries if 'FROM "cases_document"' in q["sql"]]
        assert all(f"LIMIT {PAGE + 1}" in sql for sql in lists), lists
        return len(seen)

    keep(park, 3)
    shown(client)
    few = cost()
    Document.objects.all().delete()
    keep(park, 3 * PAGE)
    assert cost() == few
    assert cost(shown(client)[1]) == few


@pytest.mark.parametrize(
    "mark", ["x", ",", "2026-11-16T09:00:00,1", "²,²", "2026-13-45T00:00:00Z,1", "," + "9" * 30]
)
def test_a_mark_that_is_none_shows_the_first_page(park: SimpleNamespace, mark: str) -> None:
    keep(park, 2)
    client = browser(park.owner)
    answer = client.get(reverse("cases:document_list"), {"before": mark})
    assert answer.content.decode().count("材料") >= 2


def test_an_internal_use_is_not_counted_to_the_enterprise(park: SimpleNamespace) -> None:
    [paper] = keep(park, 1)
    page = reverse("cases:document_list")
    engine.attach(file_request(park), paper, by=actor(park.owner), now=MONDAY)
    inside = file_request(park, title="暗查")
    engine.attach(inside, paper, by=actor(park.steward), internal=True, now=MONDAY)
    assert "used in 1 case" in browser(park.owner, "en").get(page).content.decode()
