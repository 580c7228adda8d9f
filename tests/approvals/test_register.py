"""Administrators keep the catalogue: items with their materials, forms, windows; confirming what was given."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.models import Material, ServiceItem
from tests.approvals.catalogue import make_catalogue
from tests.pages.test_pages import PDF, PNG, browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """The forms of a test lie in a folder of its own."""
    backend = "django.core.files.storage.FileSystemStorage"
    own = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / "media")}}
    settings.STORAGES = {**settings.STORAGES, "default": own}
    return tmp_path / "media"


@pytest.fixture
def known(park: SimpleNamespace) -> SimpleNamespace:
    return make_catalogue(park)


def stored(media: Path) -> int:
    """How many blank forms there are."""
    return sum(1 for path in (media / "forms").rglob("*") if path.is_file())


def sent(park: SimpleNamespace, item: ServiceItem, **changes: Any) -> Any:
    """Open the item in the register, change some fields, save."""
    client, address = (
        browser(park.administrator),
        reverse("admin:approvals_serviceitem_change", args=[item.pk]),
    )
    page: Any = client.get(address)
    data: dict[str, Any] = {"seen": page.context["seen"]}
    formsets = [line.formset for line in page.context["inline_admin_formsets"]]
    forms = [page.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for name in form.fields:
            value = form[name].value()
            if name != "form" and value is not None and value is not False:
                data[form.add_prefix(name)] = value
    return client.post(address, {**data, **changes})


def test_a_limit_is_changed_and_the_record_says_who(park: SimpleNamespace, known: SimpleNamespace) -> None:
    assert sent(park, known.permit, promised_days=3).status_code == 302
    line = ServiceItem.pgh_event_model.objects.filter(pgh_obj=known.permit).latest("pgh_id")  # type: ignore[attr-defined]
    assert line.promised_days == 3
    assert line.pgh_context.metadata["user"] == park.administrator.pk


def test_what_cannot_be_is_said_beside_the_form(park: SimpleNamespace, known: SimpleNamespace) -> None:
    for changes, words in (
        ({"promised_days": 9, "promised_unit": "cd"}, "承诺时限长于法定时限"),
        ({"mode": ""}, "须注明下放方式"),
        ({"materials-1-position": 1}, "序号"),
        ({"materials-1-copies": 0}, "至少一份"),
    ):
        answer = sent(park, known.permit, **changes)
        assert answer.status_code == 200
        assert words in answer.content.decode(), words


def test_a_blank_form_is_put_replaced_and_taken_away(
    park: SimpleNamespace, known: SimpleNamespace, media: Path
) -> None:
    form = SimpleUploadedFile("承诺书.docx.pdf", PDF, content_type="text/html")
    assert sent(park, known.permit, **{"materials-1-form": form}).status_code == 302
    material = Material.objects.get(name="资金承诺书")
    assert material.form_type == "application/pdf"
    assert material.form.name.startswith("forms/")
    assert "承诺书" not in material.form.name
    assert stored(media) == 2
    assert sent(park, known.permit, **{"materials-1-form-clear": "on"}).status_code == 302
    material.refresh_from_db()
    assert (material.form.name, material.form_type) == ("", "")


HOSTILE = {
    "a page": ("表.pdf", b"<html><script>alert(1)</script></html>", "HTML"),
    "a drawing with a program": ("表.pdf", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "SVG"),
    "a broken PDF": ("表.pdf", b"%PDF-1.4\nnothing", "PDF"),
    "a picture": ("表.pdf", PNG, "PNG"),
    "nothing": ("表.pdf", b"", "空"),
    "a program": ("表.xlsx", b"MZ\x90\x00" + b"\x00" * 100, "Excel"),
}


@pytest.mark.parametrize(("name", "content", "word"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_form_is_refused_with_the_reason_and_not_kept(
    park: SimpleNamespace, known: SimpleNamespace, media: Path, name: str, content: bytes, word: str
) -> None:
    upload = SimpleUploadedFile(name, content, content_type="application/pdf")
    answer = sent(park, known.permit, **{"materials-1-form": upload})
    assert answer.status_code == 200
    assert word in str(answer.context["inline_admin_formsets"][0].formset.errors)
    assert Material.objects.get(name="资金承诺书").form.name == ""
    assert stored(media) == 1


def test_a_form_that_is_too_large_is_refused(
    park: SimpleNamespace, known: SimpleNamespace, settings: Any
) -> None:
    settings.DOCUMENT_MAX_BYTES = 2**20
    upload = SimpleUploadedFile("表.pdf", PDF + b"%" * 2**20)
    assert "1 MB" in sent(park, known.permit, **{"materials-1-form": upload}).content.decode()


def test_a_change_that_fails_leaves_no_file_behind(
    park: SimpleNamespace, known: SimpleNamespace, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the line goes dead")

    monkeypatch.setattr("django.contrib.admin.ModelAdmin.log_change", broken)
    with pytest.raises(RuntimeError):
        sent(park, known.permit, **{"materials-1-form": SimpleUploadedFile("表.pdf", PDF)})
    assert stored(media) == 1


def test_what_was_given_is_confirmed_at_once_for_many(park: SimpleNamespace, known: SimpleNamespace) -> None:
    client, address = browser(park.administrator), reverse("admin:approvals_serviceitem_changelist")
    assert "待确认" in client.get(address).content.decode()
    data = {"action": "confirm", "_selected_action": [known.plain.pk, known.permit.pk]}
    answer = client.post(address, data, follow=True)
    assert "已确认 1 项" in answer.content.decode()
    assert not ServiceItem.objects.filter(is_default=True).exists()


def test_nothing_is_deleted_and_only_administrators_are_let_in(
    park: SimpleNamespace, known: SimpleNamespace
) -> None:
    for model, row in (("serviceitem", known.permit), ("comprehensivewindow", known.project)):
        change = reverse(f"admin:approvals_{model}_change", args=[row.pk])
        assert browser(park.administrator).get(change).status_code == 200
        assert browser(park.handler).get(change, follow=True).status_code == 403
        gone = reverse(f"admin:approvals_{model}_delete", args=[row.pk])
        assert browser(park.administrator).post(gone, {"post": "yes"}).status_code == 403


def test_windows_say_how_much_they_take_in(park: SimpleNamespace, known: SimpleNamespace) -> None:
    page: Any = browser(park.administrator).get(reverse("admin:approvals_comprehensivewindow_changelist"))
    assert [row.n for row in page.context["cl"].result_list] == [1, 0]
