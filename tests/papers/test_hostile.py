"""What is no paper is refused, with words that say what is wrong: on the page, in the API, in both languages."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.cases.models import Document
from tests.api.conftest import program
from tests.pages.test_pages import PDF, PNG, browser

pytestmark = pytest.mark.django_db
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def office(main: str = "word/document.xml", **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(main, "<w:document/>")
        for name, content in more.items():
            package.writestr(f"word/{name}", content)
    return out.getvalue()


def office_that_claims_2_gb() -> bytes:
    """The directory says that a part of some bytes unpacks to 2 GB."""
    whole = bytearray(office())
    entry = whole.rindex(b"PK\x01\x02")
    whole[entry + 24 : entry + 28] = struct.pack("<I", 2**31)
    return bytes(whole)


LOCKED = PDF.replace(
    b"/Root 1 0 R",
    b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/Length 40"
    b"/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>",
)
# Name, content, and what the page says of it in either language.
HOSTILE = {
    "a web page as PDF": (
        "licence.pdf",
        b"<html><script>alert(1)</script></html>",
        "web page (HTML)",
        "网页",
    ),
    "a web page behind a head of PDF": ("a.pdf", b"%PDF-1.7\n<html><script>1</script>", "damaged", "已损坏"),
    "a PDF with a password": ("b.pdf", LOCKED, "password", "密码"),
    "a drawing with a program": ("photo.svg", SVG, "SVG", "SVG"),
    "the same as a photo": ("photo.png", SVG, "SVG", "SVG"),
    "a program as PDF": ("tool.pdf", b"MZ" + b"\0" * 200, "name says PDF", "文件名写着 PDF"),
    "a picture that claims 2 GB of pixels": ("x.png", png_that_claims(46341, 46341), "50 million", "5000 万"),
    "one that claims 60 million": ("y.png", png_that_claims(10000, 6000), "50 million", "5000 万"),
    "half a picture": ("half.png", PNG[:40], "damaged", "已损坏"),
    "an office file that claims 2 GB": ("a.docx", office_that_claims_2_gb(), "unpacks", "解压"),
    "an office file with macros": ("m.docx", office(**{"vbaProject.bin": b"x"}), "macros", "宏"),
    "an old Word file": ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word", "旧版"),
    "nothing": ("empty.pdf", b"", "empty", "空"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_paper_is_refused_in_words(park: SimpleNamespace, case: str) -> None:
    name, content, english, chinese = HOSTILE[case]
    for language, words in (("en", english), ("zh-hans", chinese)):
        data = {"file": SimpleUploadedFile(name, content, "application/pdf")}
        page = browser(park.owner, language).post(reverse("cases:document_list"), data)
        assert page.status_code == 422
        assert words in page.content.decode()
        data = {"file": SimpleUploadedFile(name, content, "application/pdf")}
        answer = program(park.owner, language=language).send("documents/", data)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["file"]
        assert words in answer.json()["errors"][0]["detail"]
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", r"C:\fakepath\licence.pdf", "&#46;&#46;&sol;a.pdf"])
def test_a_path_in_the_name_is_refused(park: SimpleNamespace, name: str) -> None:
    body = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + PDF + b"\r\n--b--\r\n"  # fmt: skip
    kind = "multipart/form-data; boundary=b"
    for language, words in (("en", "contains a path"), ("zh-hans", "路径")):
        client = browser(park.owner, language)
        page = client.generic("POST", reverse("cases:document_list"), body, content_type=kind)
        assert page.status_code == 422
        assert words in page.content.decode()
        answer = program(park.owner, language=language).raw("documents/", body, kind)
        assert answer.status_code == 422
        assert words in answer.json()["errors"][0]["detail"]
    assert not Document.objects.exists()
    plain = body.replace(name.encode(), b"licence.pdf")
    client = browser(park.owner)
    assert client.generic("POST", reverse("cases:document_list"), plain, content_type=kind).status_code == 302


def test_a_head_that_announces_2_gb_is_refused_unread(park: SimpleNamespace, settings: Any) -> None:
    """Nothing is read: the stream would raise."""

    class Unread(io.BytesIO):
        def read(self, *_args: Any) -> bytes:
            raise AssertionError("the body was read")

    told: dict[str, Any] = {
        "CONTENT_LENGTH": str(2 * 2**30), "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "wsgi.input": Unread(),
    }  # fmt: skip
    for language, words in (("en", "2048 MB"), ("zh-hans", "2048 MB")):
        page = browser(park.owner, language).post(reverse("cases:document_list"), **told)
        assert page.status_code == 413
        assert words in page.content.decode()
        assert ("too large" in page.content.decode()) == (language == "en")
        answer = program(park.owner, language=language).client.post(
            "/api/v1/documents/", **told, headers=program(park.owner, language=language).headers
        )
        assert answer.status_code == 413
        assert answer.json()["type"].endswith("/too-large/")
    settings.DOCUMENT_MAX_BYTES = 100
    page = browser(park.owner, "en").post(
        reverse("cases:document_list"), {"file": SimpleUploadedFile("a.pdf", PDF)}
    )
    assert page.status_code == 422
    assert "larger than" in page.content.decode()
    assert not Document.objects.exists()


def test_office_files_that_are_whole_come_in(park: SimpleNamespace) -> None:
    for name, main in (("a.docx", "word/document.xml"), ("b.xlsx", "xl/workbook.xml")):
        data = {"file": SimpleUploadedFile(name, office(main))}
        answer = program(park.owner).send("documents/", data)
        assert answer.status_code == 201, answer.json()
        assert "officedocument" in answer.json()["content_type"]
