"""The same paper is no evidence for two claims: found by its bytes, told to who reviews, refused where the
policy says so; a licence goes with as many as it likes."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from funds.models import Claim, Ground, PolicyVersion
from tests.funds.building import ACCOUNT, MONDAY, THEIRS, claiming, do, make_office, make_policy
from tests.funds.test_claim_pages import NEW
from tests.funds.test_plan_pages import signed_in, text_of
from tests.pages.test_pages import PDF

pytestmark = pytest.mark.django_db
INVOICE, LICENCE = "发票", "营业执照"


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def policy(office: SimpleNamespace, code: str, *once: str, names: tuple[str, ...] = (INVOICE,)) -> Any:
    """A policy with these materials, of which some serve one claim only."""
    return make_policy(office, code, materials=names, once=once)


def filed(user: Any, version: PolicyVersion, **papers: bytes) -> HttpResponse:
    """The form of a claim, sent with new files for its materials."""
    names = {material.name: material.pk for material in version.materials.all()}
    files = {
        f"new_paper_{names[name]}": SimpleUploadedFile(f"{name}.pdf", content, content_type="application/pdf")
        for name, content in papers.items()
    }
    account = THEIRS if user.username == "rival" else ACCOUNT
    data = {**claiming(version), **account, "subject": "", **files}
    answer: HttpResponse = signed_in(user).post(NEW, data)
    return answer


def test_the_same_invoice_serves_one_claim_of_the_park(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first, second = policy(office, "A", INVOICE), policy(office, "B", INVOICE)
    assert filed(park.owner, first, **{INVOICE: PDF}).status_code == 302
    number = Claim.objects.get().case.number
    answer = filed(park.owner, second, **{INVOICE: PDF})
    assert answer.status_code == 422
    assert number in text_of(answer)
    assert "仅限用于一次申报" in text_of(answer)
    # Of another enterprise nothing is told but that it is taken.
    answer = filed(park.rival, second, **{INVOICE: PDF})
    assert answer.status_code == 422
    assert "已用于其他申报" in text_of(answer)
    assert number not in text_of(answer)
    assert filed(park.rival, second, **{INVOICE: PDF + b"%"}).status_code == 302


def test_what_is_withdrawn_gives_its_papers_free(park: SimpleNamespace, office: SimpleNamespace) -> None:
    first, second = policy(office, "A", INVOICE), policy(office, "B", INVOICE)
    filed(park.owner, first, **{INVOICE: PDF})
    do(park.owner, Claim.objects.get().case, "withdraw")
    assert filed(park.owner, second, **{INVOICE: PDF}).status_code == 302


def test_a_licence_goes_with_every_claim(park: SimpleNamespace, office: SimpleNamespace) -> None:
    names = (INVOICE, LICENCE)
    for n, code in enumerate("AB"):
        version = policy(office, code, INVOICE, names=names)
        answer = filed(park.owner, version, **{INVOICE: PDF + b"%" * n, LICENCE: PDF + b"licence"})
        assert answer.status_code == 302, text_of(answer)
    assert Ground.objects.filter(kind="document", live=True).count() == 2
    for claim in Claim.objects.all():
        assert "重复享受" not in text_of(signed_in(office.clerk).get(f"/cases/{claim.pk}/"))


def test_who_reviews_is_told_where_only_one_of_the_policies_asks_for_it(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    strict, loose = policy(office, "A", INVOICE), policy(office, "B")
    filed(park.agent, strict, **{INVOICE: PDF})
    filed(park.rival, loose, **{INVOICE: PDF})
    first, second = (claim.case for claim in Claim.objects.order_by("pk"))
    assert "重复享受" not in text_of(
        signed_in(office.clerk).get(f"/cases/{second.pk}/")
    )  # the other is a draft
    do(park.owner, first, "sign")
    for case, other, owner in ((first, second, park.owner), (second, first, park.rival)):
        page = text_of(signed_in(office.clerk).get(f"/cases/{case.pk}/"))
        assert "重复享受" in page
        assert other.number in page
        assert other.number not in text_of(signed_in(owner).get(f"/cases/{case.pk}/"))


def test_what_is_brought_later_is_looked_at_too(park: SimpleNamespace, office: SimpleNamespace) -> None:
    first, second = policy(office, "A", INVOICE), make_policy(office, "B")
    filed(park.owner, first, **{INVOICE: PDF})
    filed(park.rival, second)
    other, case = (claim.case for claim in Claim.objects.order_by("pk"))
    new = {"file": SimpleUploadedFile("补充.pdf", PDF, content_type="application/pdf"), "title": "补充材料"}
    assert signed_in(park.rival).post(f"/cases/{case.pk}/attach/", new).status_code == 302
    assert other.number in text_of(signed_in(office.clerk).get(f"/cases/{case.pk}/"))
    assert other.number not in text_of(signed_in(park.rival).get(f"/cases/{case.pk}/"))


def test_a_policy_says_so_and_a_program_reads_it(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = policy(office, "A", INVOICE, names=(INVOICE, LICENCE))
    assert (
        text_of(signed_in(park.owner).get(f"/funds/policies/{version.policy_id}/")).count("仅限用于一次申报")
        == 1
    )
    read = signed_in(park.owner).get(f"/api/v1/policies/{version.policy_id}/").json()
    assert [material["used_once"] for material in read["materials"]] == [True, False]
