"""Files in an S3-compatible store: set by the environment, private, served by the portal alone."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError

import boto3
import environ
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer

from portal import storing
from portal.cases import papers
from portal.cases.models import Document
from portal.cases.papers import orphans, scanning
from tests.pages.test_pages import PDF, browser
from tests.papers.scanner import running
from tests.people import MONDAY

pytestmark = pytest.mark.django_db
KEYS = {"S3_ACCESS_KEY": "access", "S3_SECRET_KEY": "secret", "S3_REGION": "cn-north-1"}


@pytest.fixture
def store_address() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_papers_live_in_the_store_and_leave_it_through_the_portal_only(
    park: SimpleNamespace, settings: Any, store_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    told = {**KEYS, "S3_BUCKET": "papers", "S3_ENDPOINT_URL": store_address, "S3_PREFIX": "portal"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    client = boto3.client(
        "s3", endpoint_url=store_address, region_name="cn-north-1",
        aws_access_key_id="access", aws_secret_access_key="secret",
    )  # fmt: skip
    client.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    settings.STORAGES = {**settings.STORAGES, "default": storing.file_storage(environ.Env(), tmp_path)}
    document = papers.store(
        SimpleUploadedFile("执照.pdf", PDF), by=park.owner, now=MONDAY, enterprise=park.ours
    )
    keys = [row["Key"] for row in client.list_objects_v2(Bucket="papers")["Contents"]]
    assert keys == [f"portal/{document.file.name}"]
    assert "执照" not in keys[0]
    with pytest.raises(HTTPError):
        urllib.request.urlopen(f"{store_address}/papers/{keys[0]}?x", timeout=5)  # noqa: S310  # loopback
    owner = browser(park.owner)
    file = owner.get(reverse("cases:document_download", args=[document.pk]))
    assert b"".join(file) == PDF
    assert owner.get(reverse("cases:document_page", args=[document.pk, 1]))["Content-Type"] == "image/webp"
    shown = owner.get(reverse("cases:document_view", args=[document.pk])).content.decode()
    assert store_address not in shown
    assert browser(park.rival).get(reverse("cases:document_download", args=[document.pk])).status_code == 404
    lost = f"documents/ab/{'ab' * 32}-0123abcd"
    client.put_object(Bucket="papers", Key=f"portal/{lost}", Body=b"left behind")
    client.put_object(Bucket="papers", Key=f"elsewhere/{lost}", Body=b"not ours")
    assert orphans.remove(timezone.now()) == 0, "too young"
    assert orphans.remove(timezone.now() + timedelta(days=2)) == 1
    left = {row["Key"] for row in client.list_objects_v2(Bucket="papers")["Contents"]}
    assert left == {keys[0], f"elsewhere/{lost}"}
    default_storage.delete(document.file.name)
    client.delete_object(Bucket="papers", Key=f"elsewhere/{lost}")
    assert "Contents" not in client.list_objects_v2(Bucket="papers")


def test_a_store_that_is_away_makes_papers_wait_for_the_scanner(
    park: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """S3's errors are none of the system's own: they stopped the job at the first paper, again and again."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {**KEYS, "S3_BUCKET": "away", "S3_ENDPOINT_URL": f"http://{host}:{port}", "AWS_MAX_ATTEMPTS": "1"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="cn-north-1",
        aws_access_key_id="access", aws_secret_access_key="secret",
    )  # fmt: skip
    client.create_bucket(Bucket="away", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    settings.STORAGES = {**settings.STORAGES, "default": storing.file_storage(environ.Env(), tmp_path)}
    settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = "tcp://127.0.0.1:1", 1
    first, second = (
        papers.store(SimpleUploadedFile("x.pdf", PDF + mark), by=park.owner, now=MONDAY, enterprise=park.ours)
        for mark in (b"%1", b"%2")
    )
    later = MONDAY + timedelta(hours=1)
    with running(settings) as scanner:
        server.stop()
        assert scanning.scan_due(later) == 2, "the first does not hold up the second"
        assert scanner.scanned == []
        for document in (first, second):
            document.refresh_from_db()
            assert document.scan_state == Document.Scan.PENDING
            assert document.scan_tries == 2
            assert document.next_scan_at == later + timedelta(minutes=2)
            assert f"document {document.pk} waits for its scan" in caplog.text
        again = ThreadedMotoServer("127.0.0.1", port, verbose=False)
        again.start()
        try:
            assert scanning.scan_due(later + timedelta(minutes=2)) == 2
            assert sorted(scanner.scanned) == [PDF + b"%1", PDF + b"%2"]
            client.delete_object(Bucket="away", Key=first.file.name)
            scanning.ask_again(first.pk, later + timedelta(minutes=3))
            assert scanning.scan_due(later + timedelta(minutes=3)) == 1, "one that is gone waits too"
            first.refresh_from_db()
            assert first.scan_state == Document.Scan.CLEAN
            assert first.scan_tries == 1
        finally:
            again.stop()


def test_without_a_bucket_files_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("MEDIA_ROOT", raising=False)
    found = storing.file_storage(environ.Env(), tmp_path)
    assert found["BACKEND"].endswith("FileSystemStorage")
    assert found["OPTIONS"] == {"location": str(tmp_path), "base_url": None}
