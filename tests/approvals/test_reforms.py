"""The register of reforms: one reform, one plan, one case."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from approvals.models import Reform, ReformCase
from tests.pages.test_pages import PDF, browser

pytestmark = pytest.mark.django_db
LIST = reverse("approvals:reform_list")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """The plans of a test lie in a folder of its own."""
    backend = "django.core.files.storage.FileSystemStorage"
    own = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / "media")}}
    settings.STORAGES = {**settings.STORAGES, "default": own}
    return tmp_path / "media"


@pytest.fixture
def reform(park: SimpleNamespace) -> Reform:
    return Reform.objects.create(
        code="early-work", name="拿地即开工", name_en="Early work", summary="分阶段办理"
    )


def with_case(reform: Reform, **facts: Any) -> ReformCase:
    return ReformCase.objects.create(**{"reform": reform, "title": "首个案例", "text": "提前开工", **facts})


def said(client: Client) -> str:
    return client.get(LIST).content.decode()


def edited(park: SimpleNamespace, reform: Reform | None, **changes: Any) -> Any:
    """Fill in the page of the register, and save."""
    client = browser(park.administrator)
    name = "add" if reform is None else "change"
    address = reverse(f"admin:approvals_reform_{name}", args=[reform.pk] if reform else [])
    page: Any = client.get(address)
    data: dict[str, Any] = {"seen": page.context.get("seen", "")}
    formsets = [line.formset for line in page.context["inline_admin_formsets"]]
    forms = [page.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for field in form.fields:
            value = form[field].value()
            if field != "plan_file" and value is not None and value is not False:
                data[form.add_prefix(field)] = value
    return client.post(address, {**data, **changes})


def test_everybody_reads_plans_and_cases(park: SimpleNamespace, reform: Reform, client: Client) -> None:
    Reform.objects.update(plan="分三期核发施工许可", is_default=True)
    with_case(reform, enterprise=park.ours, project_number="XM20260001")
    page = said(client)
    for words in (
        "拿地即开工",
        "分三期核发施工许可",
        "首个案例",
        "提前开工",
        park.ours.name,
        "XM20260001",
        "待确认",
    ):
        assert words in page, words


def test_only_staff_see_what_is_missing(park: SimpleNamespace, reform: Reform, client: Client) -> None:
    assert "缺方案和案例" in said(browser(park.handler))
    for reader in (client, browser(park.owner)):
        assert "缺方案" not in said(reader)
    with_case(reform)
    assert "缺方案" in said(browser(park.handler))
    Reform.objects.update(plan="方案")
    page = said(browser(park.handler))
    assert "方案和案例齐全" in page
    assert "已齐全 1 项，共 1 项" in page


def test_a_reform_that_is_switched_off_is_not_told_of(park: SimpleNamespace, reform: Reform) -> None:
    Reform.objects.update(active=False)
    assert "拿地即开工" not in said(browser(park.handler))


def test_a_plan_is_put_loaded_down_by_anybody_and_taken_away(
    park: SimpleNamespace, reform: Reform, client: Client
) -> None:
    plan = SimpleUploadedFile("方案.docx", PDF, content_type="text/html")
    assert edited(park, reform, plan_file=plan).status_code == 302
    reform.refresh_from_db()
    assert (reform.plan_file_type, reform.has_plan) == ("application/pdf", True)
    answer = client.get(reverse("approvals:plan_download", args=[reform.pk]))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]  # a file
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert edited(park, reform, **{"plan_file-clear": "on"}).status_code == 302
    assert client.get(reverse("approvals:plan_download", args=[reform.pk])).status_code == 404


def test_a_plan_that_is_no_document_is_refused_and_leaves_nothing(
    park: SimpleNamespace, reform: Reform, media: Path
) -> None:
    answer = edited(park, reform, plan_file=SimpleUploadedFile("方案.pdf", b"<script>"))
    assert answer.status_code == 200
    reform.refresh_from_db()
    assert not reform.plan_file
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_cases_are_kept_with_their_history(park: SimpleNamespace, reform: Reform) -> None:
    new = {"cases-TOTAL_FORMS": 1, "cases-0-title": "首个案例", "cases-0-text": "提前开工"}
    assert edited(park, reform, **new).status_code == 302
    assert edited(park, reform, **{"cases-0-text": "提前开工四个月"}).status_code == 302
    lines = ReformCase.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [line.text for line in lines] == ["提前开工", "提前开工四个月"]
    assert lines[1].pgh_context.metadata["user"] == park.administrator.pk


def test_the_second_of_two_editors_is_told(park: SimpleNamespace, reform: Reform) -> None:
    client = browser(park.administrator)
    address = reverse("admin:approvals_reform_change", args=[reform.pk])
    page: Any = client.get(address)
    assert edited(park, reform, summary="两期").status_code == 302
    assert edited(park, reform, summary="三期", seen=page.context["seen"]).status_code == 409
    reform.refresh_from_db()
    assert reform.summary == "两期"


def test_the_page_costs_the_same_for_one_and_for_many(
    park: SimpleNamespace, reform: Reform, django_assert_num_queries: Any, client: Client
) -> None:
    for n in range(20):
        other = Reform.objects.create(code=f"r{n}", name=f"改革 {n}")
        with_case(other, enterprise=park.ours)
    with django_assert_num_queries(2):
        client.get(LIST)
