"""Documents of the enterprise's file, their use in cases, and drafts."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case
from portal.park.models import Enterprise, Team


def document_path(document: "Document", filename: str) -> str:
    """Where a file lies: by content hash, so that nothing of the given name reaches the disk."""
    return f"documents/{document.sha256[:2]}/{document.sha256}-{uuid.uuid4().hex[:8]}"


class Document(models.Model):
    """A paper, uploaded once. It belongs to an enterprise (一企一档) or, as a proof, to a team."""

    class Scan(models.TextChoices):
        PENDING = "pending", _("not scanned yet")
        CLEAN = "clean", _("clean")
        INFECTED = "infected", _("infected")

    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="documents")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=document_path, max_length=200)
    original_name = models.CharField(_("name of the file"), max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    valid_until_on = models.DateField(_("valid until"), null=True, blank=True)
    scan_state = models.CharField(max_length=10, choices=Scan.choices, default=Scan.CLEAN)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["-uploaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "sha256"],
                condition=Q(enterprise__isnull=False),
                name="cases_document_once",
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False) ^ Q(team__isnull=False), name="cases_document_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Attachment(models.Model):
    """A document used in a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="attachments")
    internal = models.BooleanField(_("internal"), default=False)
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(_("attached at"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["attached_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "document"], name="cases_attachment_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.document_id}"


class Draft(models.Model):
    """What an enterprise has begun to fill in: one per enterprise, kind and subject."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    documents = models.ManyToManyField(Document, related_name="drafts", blank=True)
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enterprise", "kind", "subject"], name="cases_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id}: {self.kind}"
