"""Projects and permits for programs: opened, filed, decided and read by the same rules as by the pages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.cases import papers
from portal.cases.models import Case
from tests.api.conftest import monday, program
from tests.approvals.building import certified, make_office, material, permit, project_data, signed
from tests.pages.test_pages import PDF
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
__all__ = ["monday"]


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def test_a_program_opens_a_project_and_files_its_first_permit(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    paper = material(office, "GD-003", "项目简介")
    document = papers.store(SimpleUploadedFile("x.pdf", PDF), by=park.owner, now=MONDAY, enterprise=park.ours)
    mine = program(park.owner)
    data = {**project_data(office), "is_new_construction": True, "land_mu": "20"}
    answer = mine.post("cases/", {"kind": "approvals.project", "fields": data})
    assert answer.status_code == 201, answer.json()
    case = Case.objects.get(pk=answer.json()["id"])
    assert program(office.clerk).act(case, "sign", {"signed_on": "2026-11-16"}).status_code == 200
    first = permit(case, "filing").case
    missing = mine.act(first, "submit", {})
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["field"] == f"paper_{paper.pk}"
    filed = mine.act(first, "submit", {f"paper_{paper.pk}": document.pk})
    assert filed.status_code == 200, filed.json()["errors"]
    body = filed.json()
    assert (body["step"], body["number"]) == ("received", f"{case.number}/GD-003/1")
    facts = {fact["name"]: fact for fact in body["facts"]}
    assert facts["item"]["text"] == "企业投资项目备案"
    assert permit(case, "filing").papers.get().document == document


def test_what_belongs_to_another_enterprise_does_not_exist_for_a_program(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    done = certified(park, office, case, "filing", MONDAY)
    theirs = program(park.rival)
    for pk in (case.pk, done.case_id, permit(case, "land_use").case_id):
        assert theirs.get(f"cases/{pk}/").status_code == 404
        assert theirs.post(f"cases/{pk}/transitions/withdraw/", {}, If_Match='"1"').status_code == 404
    assert theirs.get("cases/?kind=approvals.permit").json()["results"] == []
    assert len(program(park.owner).get("cases/?kind=approvals.permit&state=all").json()["results"]) == 2


def test_a_paper_of_another_enterprise_is_not_filed_with(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    paper = material(office, "GD-003", "项目简介")
    theirs = papers.store(SimpleUploadedFile("x.pdf", PDF), by=park.rival, now=MONDAY, enterprise=park.theirs)
    case = signed(park, office)
    answer = program(park.owner).act(permit(case, "filing").case, "submit", {f"paper_{paper.pk}": theirs.pk})
    assert answer.status_code == 422
    assert permit(case, "filing").case.step == "filing"
