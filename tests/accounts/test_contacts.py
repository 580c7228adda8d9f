"""Contact details: masked until somebody asks, and every asking on record."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.urls import reverse

from portal.accounts.models import User
from portal.cases.models import Case, Event
from portal.trust.contacts import masked_email, masked_name, masked_phone
from portal.trust.models import ContactRead
from tests.pages.test_pages import browser
from tests.people import handled

pytestmark = pytest.mark.django_db
NUMBER = "13812341234"
READS = "/administration/contact-reads/"


@pytest.fixture
def case(park: SimpleNamespace) -> Case:
    User.objects.filter(pk=park.owner.pk).update(phone="0731-5555 9999")
    return handled(park, contact_phone=NUMBER, contact_name="王小明")


def show(case: Case) -> str:
    return reverse("trust:contact_show", args=[case.pk])


def test_details_are_masked() -> None:
    assert masked_phone(NUMBER) == "138****1234"
    assert masked_phone("0731-5555 0101") == "073****0101"
    assert masked_phone("110") == "****"
    assert masked_phone("") == ""
    assert masked_name("王小明") == "王**"
    assert masked_email("wang@example.com") == "w***@example.com"


def test_a_case_page_shows_staff_no_contact_before_the_click(park: SimpleNamespace, case: Case) -> None:
    page = browser(park.handler).get(reverse("cases:case_view", args=[case.pk])).content.decode()
    assert "138****1234" in page
    assert "王**" in page
    assert NUMBER not in page
    assert "王小明" not in page
    assert not ContactRead.objects.exists()
    own = browser(park.owner).get(reverse("cases:case_view", args=[case.pk])).content.decode()
    assert NUMBER in own


def test_the_click_shows_them_and_is_on_record(park: SimpleNamespace, case: Case) -> None:
    page = browser(park.handler).post(show(case), {"reason": "回访"}).content.decode()
    assert NUMBER in page
    assert "王小明" in page
    assert "0731-5555 9999" in page
    row = ContactRead.objects.get(person=None)
    assert (row.reader, row.enterprise, row.case, row.reason) == (park.handler, park.ours, case, "回访")
    part = browser(park.handler).post(show(case), HTTP_HX_REQUEST="true").content.decode()
    assert NUMBER in part
    assert "<html" not in part
    assert ContactRead.objects.filter(person=None).count() == 2
    enterprise = browser(park.owner).get("/enterprise/people/").content.decode()
    assert "回访" in enterprise
    assert case.number in enterprise
    mine = browser(park.owner).get("/contact-reads/").content.decode()
    assert park.handler.display_name in mine
    assert park.handler.display_name not in browser(park.rival).get("/contact-reads/").content.decode()


def test_looking_by_address_or_from_outside_shows_nothing(park: SimpleNamespace, case: Case) -> None:
    assert browser(park.handler).get(show(case)).status_code == 405
    for outsider in (park.rival, park.other_steward, park.administrator):
        assert browser(outsider).post(show(case)).status_code == 404
    assert browser(park.agent).post(show(case)).status_code == 403
    assert not ContactRead.objects.exists()


def test_the_record_cannot_be_changed(park: SimpleNamespace, case: Case) -> None:
    browser(park.handler).post(show(case))
    for statement in ("UPDATE trust_contactread SET reason = 'x'", "DELETE FROM trust_contactread"):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_timeline_keeps_no_contact_details(park: SimpleNamespace, case: Case) -> None:
    kept = str(list(Event.objects.filter(case=case).values_list("data", flat=True)))
    assert NUMBER not in kept
    assert "王小明" not in kept


def test_auditors_see_filter_and_export_the_reads(park: SimpleNamespace, case: Case) -> None:
    browser(park.handler).post(show(case), {"reason": "=1+1"})
    auditor = browser(park.auditor)
    assert case.number in auditor.get(READS).content.decode()
    assert case.title not in auditor.get(READS).content.decode()
    for query, there in (("Handler", True), ("启明", True), (case.number, True), ("%", False)):
        assert bool(auditor.get(READS, {"q": query}).context["reads"]) is there, query
    assert not auditor.get(READS, {"until": "2020-01-01"}).context["reads"]
    assert auditor.get(READS, {"since": "2020-01-01", "until": "nonsense"}).context["reads"]
    answer: Any = auditor.get("/administration/contact-reads.csv")
    text = b"".join(answer.streaming_content).decode()
    assert "'=1+1" in text
    assert park.ours.name in text
    for outsider in (park.owner, park.handler, park.leader, park.head):
        assert browser(outsider).get(READS).status_code == 403
        assert browser(outsider).get("/administration/contact-reads.csv").status_code == 403
    assert READS in browser(park.auditor).get("/escalations/").content.decode()
