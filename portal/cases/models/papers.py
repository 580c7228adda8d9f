"""Documents of the enterprise's file, their use in cases, and drafts."""

import uuid
from typing import ClassVar

import pgtrigger
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
        FAILED = "failed", _("could not be scanned")

    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="documents")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=document_path, max_length=200)
    original_name = models.CharField(_("name of the file"), max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    # Of the bytes as they were sent: pictures are drawn anew, and the same one is still known.
    sent_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)  # 0: no pages to show
    valid_until_on = models.DateField(_("valid until"), null=True, blank=True)
    remind_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    scan_state = models.CharField(max_length=10, choices=Scan.choices, default=Scan.CLEAN)
    scan_engine = models.CharField(max_length=100, blank=True)
    scan_detail = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    scan_tries = models.PositiveIntegerField(default=0)
    next_scan_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["-uploaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "sent_sha256"],
                condition=Q(enterprise__isnull=False) & ~Q(sent_sha256=""),
                name="cases_document_once",
            ),
            models.UniqueConstraint(
                fields=["team", "sent_sha256"],
                condition=Q(team__isnull=False) & ~Q(sent_sha256=""),
                name="cases_document_team_once",
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False) ^ Q(team__isnull=False), name="cases_document_owner"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["enterprise", "-uploaded_at", "-id"], name="cases_document_newest"),
            models.Index(fields=["file"], name="cases_document_file"),
            models.Index(fields=["next_scan_at", "id"], name="cases_document_scan"),
            models.Index(
                fields=["remind_on", "id"], condition=Q(remind_on__isnull=False), name="cases_document_remind"
            ),
            models.Index(fields=["id"], condition=~Q(scan_state="clean"), name="cases_document_unclean"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_clean(self) -> bool:
        """Whether it can be used at all: shown, sent, attached."""
        return self.scan_state == self.Scan.CLEAN

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def has_pages(self) -> bool:
        """Whether its pages can be shown as pictures."""
        return self.content_type == "application/pdf" and self.pages > 0


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
        # Whatever the way in: what is not clean is used nowhere.
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="clean_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("state", "text")],
                func="""
                    SELECT scan_state INTO state FROM cases_document WHERE id = NEW.document_id FOR SHARE;
                    IF state <> 'clean' THEN
                        RAISE EXCEPTION 'document % is not clean: %', NEW.document_id, state;
                    END IF;
                    RETURN NEW;
                """,
            )
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
