"""A paper as JSON."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.cases.models import Document


def document_body(document: Document) -> dict[str, Any]:
    return {
        "id": document.pk,
        "title": document.title,
        "original_name": document.original_name,
        "content_type": document.content_type,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "pages": document.pages,
        "valid_until_on": document.valid_until_on,
        "scan_state": document.scan_state,
        "scanned_at": document.scanned_at,
        "version": document.version,
        "uploaded_at": document.uploaded_at,
        "enterprise_id": document.enterprise_id,
        "team_id": document.team_id,
        "file": reverse("api:document_file", args=[document.pk]),
    }
