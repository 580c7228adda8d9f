"""Personal tokens, and the answers that are kept for a second try."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a token may be used for. It never allows more than its owner may do."""

    READ = "read", _("read cases, papers, enterprises, teams, calendar and notices")
    FILE = "file", _("file cases and upload papers")
    WORK = "work", _("work on cases: steps, messages, hand-overs, clock")
    REPORTS = "reports", _("read figures")
    FEED = "feed", _("read the feed of events")


class Token(models.Model):
    """A personal token. Only its SHA-256 is stored: 256 random bits need no slower hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(
        models.CharField(max_length=10, choices=Scope.choices), verbose_name=_("what it may do")
    )
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("personal token")
        verbose_name_plural = _("personal tokens")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"], name="api_token_owner")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="api_token_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything: not revoked, not expired."""
        return self.revoked_at is None and now < self.expires_at

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(name).label) for name in self.scopes if name in Scope.values]


class KeptAnswer(models.Model):
    """What a request with an `Idempotency-Key` was answered. Unanswered while it is under way.

    The request under way holds a lock on its row: a row that is neither answered nor locked belongs
    to a request that died and wrote nothing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="api_key_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
