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
from portal.cases.papers import orphans
from tests.pages.test_pages import PDF, browser
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


def test_without_a_bucket_files_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("MEDIA_ROOT", raising=False)
    found = storing.file_storage(environ.Env(), tmp_path)
    assert found["BACKEND"].endswith("FileSystemStorage")
    assert found["OPTIONS"] == {"location": str(tmp_path), "base_url": None}
