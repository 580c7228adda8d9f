"""Papers: drawn anew, kept once, shown in the page, put right by one at a time, and their owners reminded."""

from __future__ import annotations

import io
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.cases import engine, papers
from portal.cases.models import Document
from portal.cases.papers import expiry
from portal.notices.models import Notice
from portal.notices.texts import render
from portal.park.models import Agency
from tests.api.conftest import program
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, actor, at, file_request, person

pytestmark = pytest.mark.django_db


def photo(form: str, **more: Any) -> bytes:
    """Two by one pixels, turned by its EXIF data, with a place, a device and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, form, exif=exif, **more)
    return out.getvalue() + b"<script>alert(1)</script>"


def store(park: SimpleNamespace, content: bytes = PDF, name: str = "a.pdf", **more: Any) -> Document:
    owner = {} if "team" in more else {"enterprise": park.ours}
    return papers.store(SimpleUploadedFile(name, content), by=park.owner, now=MONDAY, **{**owner, **more})


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_pictures_keep_what_they_show_and_lose_what_they_hide(park: SimpleNamespace, form: str) -> None:
    sent = photo(form, **({"comment": b"SecretComment"} if form == "JPEG" else {}))
    assert b"Secret" in sent
    document = store(park, sent, "照片.bin")
    kept = document.file.read()
    for hidden in (b"Secret", b"Exif", b"eXIf", b"<script>"):
        assert hidden not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert picture.format == ("JPEG" if form == "HEIF" else form)
        # HEIF turns by a property of its own, which its reader has applied.
        assert picture.size == ((20, 10) if form == "HEIF" else (10, 20)) or picture.size == (10, 20)
    assert document.size_bytes == len(kept)
    assert document.sha256 == papers.keeping.digest_of(document.file)
    assert store(park, sent).pk == document.pk, "the same photo again is the same paper"


def test_the_same_content_is_one_paper_of_each_owner(park: SimpleNamespace) -> None:
    first = store(park)
    again = store(park, name="b.pdf", valid_until_on=date(2027, 1, 31))
    theirs = store(park, enterprise=park.theirs)
    team = store(park, team=park.team["development"])
    assert again.pk == first.pk
    assert again.valid_until_on == date(2027, 1, 31), "the date that came along is not lost"
    assert store(park, team=park.team["development"]).pk == team.pk
    assert len({first.pk, theirs.pk, team.pk}) == 3
    # Two at the same moment: the second finds the first only when it writes.
    twin = Document(
        enterprise=park.ours, sent_sha256=first.sent_sha256, uploaded_by=park.owner, uploaded_at=MONDAY
    )
    written = papers.keeping._written(
        twin, SimpleUploadedFile("c.pdf", PDF), {"enterprise": park.ours, "team": None}
    )
    assert written.pk == first.pk
    assert Document.objects.count() == 3


def test_a_paper_is_shown_in_the_page_to_whom_it_is_for(park: SimpleNamespace) -> None:
    document, case = store(park), file_request(park)
    view = reverse("cases:document_view", args=[document.pk])
    page = reverse("cases:document_page", args=[document.pk, 1])
    assert browser(park.steward).get(view).status_code == 404, "in no case that the steward sees"
    engine.attach(case, document, by=actor(park.owner), now=MONDAY)
    for user in (park.owner, park.steward):
        client = browser(user, "en")
        shown = client.get(view).content.decode()
        assert page in shown
        assert case.number in shown
        drawn = client.get(page)
        assert drawn["Content-Type"] == "image/webp"
        assert "sandbox" in drawn["Content-Security-Policy"]
        assert drawn["Cache-Control"].startswith("private")
        with Image.open(io.BytesIO(drawn.content)) as picture:
            assert picture.width == 1240
        assert client.get(reverse("cases:document_page", args=[document.pk, 2])).status_code == 404
        file = client.get(reverse("cases:document_download", args=[document.pk]) + "?download=1")
        assert file["Content-Disposition"].startswith("attachment")
    for address in (view, page):
        assert browser(park.rival).get(address).status_code == 404
    assert (
        browser(park.steward).post(reverse("cases:document_correct", args=[document.pk])).status_code == 403
    )
    picture = store(park, photo("PNG"), "b.png")
    shown = browser(park.owner).get(reverse("cases:document_view", args=[picture.pk])).content.decode()
    assert reverse("cases:document_download", args=[picture.pk]) in shown
    # An internal use of an enterprise's own paper stays internal.
    inside = file_request(park, title="暗查")
    engine.attach(inside, document, by=actor(park.steward), internal=True, now=MONDAY)
    assert inside.number not in browser(park.owner).get(view).content.decode()
    # A paper from before pages were counted.
    Document.objects.filter(pk=document.pk).update(pages=0)
    assert page in browser(park.owner).get(view).content.decode()


def test_of_two_who_put_a_paper_right_the_second_sees_both_versions(park: SimpleNamespace) -> None:
    document = store(park)
    address = reverse("cases:document_correct", args=[document.pk])
    first, second = browser(park.owner, "en"), browser(park.agent, "en")
    sent = {"title": "营业执照", "valid_until_on": "2027-05-01", "version": 1}
    assert first.post(address, sent).status_code == 302
    lost = second.post(address, {**sent, "title": "执照副本"})
    assert lost.status_code == 409
    text = lost.content.decode()
    assert "now: “营业执照”" in text
    assert "执照副本" in text
    assert second.post(address, {**sent, "title": " "}).status_code == 422
    document.refresh_from_db()
    assert (document.title, document.version, document.remind_on) == ("营业执照", 2, date(2027, 4, 1))

    mine, path = program(park.owner), f"/api/v1/documents/{document.pk}/"

    def patch(data: Any, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return mine.client.patch(
            path, data, content_type="application/json", headers={**mine.headers, **more}
        )

    read = mine.get(f"documents/{document.pk}/")
    assert read["ETag"] == '"2"'
    assert patch({"title": "x"}).status_code == 428
    stale = patch({"title": "x"}, If_Match='"1"')
    assert stale.status_code == 412
    assert stale.json()["present"]["title"] == "营业执照"
    assert patch({"title": 1}, If_Match="*").status_code == 422
    assert patch({"size_bytes": 1}, If_Match="*").status_code == 422
    assert patch({"valid_until_on": "soon"}, If_Match="*").status_code == 422
    done = patch({"valid_until_on": None}, If_Match=read["ETag"])
    assert done.status_code == 200, done.json()
    assert (done.json()["valid_until_on"], done.json()["title"], done["ETag"]) == (None, "营业执照", '"3"')
    assert program(park.rival).client.patch(path, {}, headers=program(park.rival).headers).status_code == 404


def test_who_keeps_a_paper_is_reminded_in_time_once_and_late_rather_than_never(park: SimpleNamespace) -> None:
    part = person("part")
    Agency.objects.create(user=part, enterprise=park.ours, role="agent", kinds=["stations.request"])
    looks = person("looks")
    Agency.objects.create(user=looks, enterprise=park.ours, role="agent", read_only=True)
    until = date(2027, 1, 31)
    store(park, title="许可证", valid_until_on=until)
    store(park, PDF + b"%")

    def told(day: str) -> list[str]:
        Notice.objects.all().delete()
        assert expiry.remind(at(f"{day} 08:05")) in (0, 1)
        assert expiry.remind(at(f"{day} 08:06")) == 0, "once"
        people = {n.recipient.username for n in Notice.objects.all() if n.recipient}
        assert people in (set(), {"owner", "agent"})
        return list(Notice.objects.filter(recipient=park.owner).values_list("key", flat=True))

    assert told("2026-12-31") == []
    assert told("2027-01-01") == ["paper.expiring"]
    assert told("2027-01-23") == []
    assert told("2027-01-26") == ["paper.expiring"], "two days late, because the job did not run"
    assert told("2027-01-31") == []
    assert told("2027-02-15") == ["paper.expired"]
    notice = Notice.objects.filter(recipient=park.owner).get()
    text = render(notice.key, notice.params, None)
    assert "许可证" in text.title
    assert "2027-01-31" in text.body
    assert text.path == reverse("cases:document_view", args=[notice.params["paper"]])
    assert told("2027-03-15") == []
    document = Document.objects.get(title="许可证")
    papers.correct(document.pk, title="许可证", valid_until_on=until + timedelta(days=365), version=None)
    assert told("2027-12-31") == []
    assert told("2028-01-02") == ["paper.expiring"]
