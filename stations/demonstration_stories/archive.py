"""The archive of papers."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.cases import papers
from portal.demonstration import staging
from stations.demonstration import Cast


def tell_all(cast: Cast) -> None:
    """The papers of the first enterprise: kept once, with the days until which they hold."""
    enterprise, present = cast.enterprises[0], cast.stage.present
    owner = staging.owner_of(enterprise)
    for number, (title, days) in enumerate(
        (("营业执照（示范）", 400), ("厂区平面图（示范）", None), ("消防验收意见书（示范）", -40))
    ):
        papers.store(
            SimpleUploadedFile(f"{title}.pdf", staging.paper(f"Demonstration archive {number}")),
            by=owner.user,
            now=present - timedelta(days=90 + number),
            enterprise=enterprise,
            title=title,
            valid_until_on=timezone.localdate(present) + timedelta(days=days) if days else None,
        )
