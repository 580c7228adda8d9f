"""The record of imports and exports: who brought in or took out what and when, with the file's SHA-256.

A run that works holds a lock of the database (`portal.ledgers.control`). When its worker is killed,
the lock is gone with the connection, and the run is seen as broken off.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One uploaded file on its way: checked, shown, confirmed, written."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        PREVIEW = "preview", _("waiting for your confirmation")
        CONFIRMED = "confirmed", _("waiting to be written")
        WRITING = "writing", _("being written")
        DONE = "done", _("written")
        CANCELLED = "cancelled", _("cancelled")
        STALE = "stale", _("overtaken")
        BROKEN = "broken", _("broken off")
        FAILED = "failed", _("failed")

    WAITING = (State.QUEUED, State.CONFIRMED)
    WORKING = (State.CHECKING, State.WRITING)
    ACTIVE = (*WAITING, *WORKING)
    OPEN = (*ACTIVE, State.PREVIEW, State.STALE, State.BROKEN, State.FAILED)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.PROTECT,
        related_name="import_runs",
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    language = models.CharField(max_length=10)  # of the reasons
    file_name = models.CharField(_("file"), max_length=200)
    stored_name = models.CharField(max_length=200, blank=True)  # empty once the file was thrown away
    size_bytes = models.BigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    active = models.BooleanField(default=True)  # waits or works: one at a time
    attempt = models.PositiveIntegerField(default=1)  # a message of an earlier attempt does nothing
    since_at = models.DateTimeField(_("in this state since"))
    counts = models.JSONField(default=dict)  # ledger → read, created, updated, unchanged, rejected
    file_problems: Any = models.JSONField(default=list)
    rejected = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # of what the preview showed
    good_rows = models.BooleanField(_("import the good rows"), default=False)
    done_bytes = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    cancel_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancel_asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import of ledgers")
        verbose_name_plural = _("imports of ledgers")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="ledgers_one_import_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(active=True, state__in=["queued", "confirmed", "checking", "writing"])
                | (Q(active=False) & ~Q(state__in=["queued", "confirmed", "checking", "writing"])),
                name="ledgers_active_says_so",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class RejectedLine(models.Model):
    """A row of an uploaded file that was rejected, as it stood there, with what is wrong with it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected_lines")
    position = models.PositiveIntegerField()
    ledger = models.CharField(max_length=40)
    file = models.CharField(max_length=300)
    number = models.PositiveIntegerField()
    header = ArrayField(models.TextField())
    cells = ArrayField(models.TextField())
    problems: Any = models.JSONField()  # [column, value, reason]

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "position"], name="ledgers_rejected_once")
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


class ExportRun(models.Model):
    """One download of ledgers: small ones are made at once, large ones by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        WORKING = "working", _("being made")
        DONE = "done", _("ready")
        BROKEN = "broken", _("broken off")
        FAILED = "failed", _("failed")

    class Form(models.TextChoices):
        CSV = "csv", _("CSV files in a zip")
        XLSX = "xlsx", _("Excel workbook")

    class Headers(models.TextChoices):
        KEYS = "keys", _("Column keys")
        LABELS = "labels", _("Chinese labels")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.PROTECT,
        related_name="export_runs",
    )
    asked_at = models.DateTimeField(_("asked for at"))
    language = models.CharField(max_length=10)
    ledgers = ArrayField(models.CharField(max_length=40))
    form = models.CharField(_("form"), max_length=4, choices=Form.choices)
    headers = models.CharField(_("header row"), max_length=6, choices=Headers.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    since_at = models.DateTimeField(_("in this state since"))
    rows = models.BigIntegerField(_("rows"), default=0)
    total_rows = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    stored_name = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(_("size"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("export of ledgers")
        verbose_name_plural = _("exports of ledgers")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return ", ".join(self.ledgers)
