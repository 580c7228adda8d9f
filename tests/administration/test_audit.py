"""The audit search: who may read what, by which index, and an export that leaves a trace."""

from __future__ import annotations

import hashlib
from io import BytesIO
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal.administration import auditing
from portal.cases import engine
from portal.cases.models import AuditExport, Case, Event
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, at, file_request, filing, handled

pytestmark = pytest.mark.django_db
ADDRESS = "/administration/audit/"


def sealed(park: SimpleNamespace) -> Case:
    data = filing(park, category="conduct", title="执法作风", accused_team=park.team["development"].pk)
    return engine.open_case(
        "stations.request", by=actor(park.owner), enterprise=park.ours, data=data, now=MONDAY
    )


def found(client: Client, query: str = "") -> list[auditing.Line]:
    return list(client.get(ADDRESS + query).context["lines"])


def test_filters_find_by_person_verb_number_enterprise_and_period(park: SimpleNamespace) -> None:
    case = handled(park)
    handled(park, at("2026-11-09 09:00"))
    client = browser(park.auditor)
    assert len(found(client)) == 10
    assert {m.who for m in found(client, "?who=handler")} == {"Handler"}
    assert [m.what for m in found(client, f"?verb=accept&number={case.number}")] == ["已首次联系并受理"]
    assert len(found(client, f"?number={case.number}")) == 5
    assert len(found(client, "?enterprise=启明")) == 10
    assert found(client, "?enterprise=云栖") == []
    assert len(found(client, "?since=2026-11-10")) == 5
    assert len(found(client, "?until=2026-11-09")) == 5
    assert client.get(ADDRESS + "?since=2026-11-10&until=2026-11-01").status_code == 422


def test_sealed_cases_are_for_discipline_inspection_only(park: SimpleNamespace) -> None:
    case = sealed(park)
    for reader in (park.auditor, park.administrator):
        assert found(browser(reader), f"?number={case.number}") == []
    lines = found(browser(park.inspector), f"?number={case.number}")
    assert lines[0].title == "执法作风"


def test_administrators_read_the_log_without_content(park: SimpleNamespace) -> None:
    case = handled(park)
    page = browser(park.administrator).get(ADDRESS).content.decode()
    assert case.number in page
    assert "车间停电" not in page
    assert "启明电源" not in page
    assert "抢修" not in page
    assert "车间停电" in browser(park.auditor).get(ADDRESS).content.decode()


def test_others_do_not_read_the_record(park: SimpleNamespace) -> None:
    for outsider in (park.owner, park.handler, park.head, park.leader, park.supervisor):
        assert browser(outsider).get(ADDRESS).status_code == 403
        assert browser(outsider).post(reverse("administration:audit_export")).status_code == 403


def test_paging_walks_every_line_once(park: SimpleNamespace) -> None:
    for _ in range(30):
        accept(park, file_request(park), MONDAY)
    client = browser(park.auditor)
    seen, query = [], ""
    while True:
        page = client.get(ADDRESS + query)
        seen += [(m.number, m.seq) for m in page.context["lines"]]
        query = page.context["later"]
        if not query:
            break
    assert len(seen) == len(set(seen)) == Event.objects.count() == 60
    for odd in ("x", "9999-99-99,1", "2026-11-16,3", ",", "2026-11-16T00:00:00+08:00,99999999999999999999"):
        assert client.get(ADDRESS, {"after": odd}).status_code == 200


def test_an_export_is_formula_safe_and_leaves_a_trace(park: SimpleNamespace) -> None:
    case = file_request(park, title="=cmd|'/c calc'!A1")
    client = browser(park.auditor)
    address = reverse("administration:audit_export")
    assert client.get(address).status_code == 405
    answer = client.post(address, {"number": case.number, "form": "csv"})
    assert "'=cmd" in answer.content.decode()
    kept = AuditExport.objects.get()
    assert (kept.by, kept.rows, kept.filters) == (park.auditor, 1, {"number": case.number})
    assert kept.sha256 == hashlib.sha256(answer.content).hexdigest()
    book = openpyxl.load_workbook(BytesIO(client.post(address, {"form": "xlsx"}).content))
    assert book.active is not None
    assert [cell.data_type for cell in book.active[2]][4] == "s"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_auditexport")
    assert "Auditor" in client.get(ADDRESS).content.decode()


def test_an_export_that_is_too_large_is_refused(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "MOST_ROWS", 3)
    handled(park)
    answer = browser(park.auditor).post(reverse("administration:audit_export"), {"who": "a"}, follow=True)
    assert "超过 3 条" in answer.content.decode()
    assert not AuditExport.objects.exists()


@pytest.mark.parametrize(
    ("query", "index"),
    [("", "cases_event_at"), ("verb=accept", "cases_event_verb"), ("since=2026-11-01", "cases_event_at")],
)
def test_searches_are_served_by_an_index_without_sorting(
    park: SimpleNamespace, query: str, index: str
) -> None:
    from django.http import QueryDict

    form = auditing.AuditForm(QueryDict(query))
    assert form.is_valid()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
        )
    plan = auditing.search(form, actor(park.auditor))[:51].explain()
    assert index in plan
    assert "Sort" not in plan
