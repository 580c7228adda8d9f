"""What readers choose for themselves, and what administrators choose for all."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a notice is about. Choices are made per kind; every key of a notice belongs to one."""

    DEADLINE = "deadline", _("Deadlines")
    WORK = "work", _("Work for you")
    PROGRESS = "progress", _("Progress of a case")
    MESSAGE = "message", _("Messages and papers")


class Mail(models.TextChoices):
    """When a kind of notice comes by e-mail."""

    NOW = "now", _("at once")
    DIGEST = "digest", _("in the daily mail")
    OFF = "off", _("not at all")


class EndpointChannel(models.TextChoices):
    """Ways to groups and other systems, as opposed to one person."""

    WEBHOOK = "webhook", _("webhook")
    WECOM = "wecom", _("WeCom group")
    DINGTALK = "dingtalk", _("DingTalk group")
    FEISHU = "feishu", _("Feishu group")


class Preference(models.Model):
    """How one person wants to be told of one kind. Without a row: in the portal and by e-mail at once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences"
    )
    kind = models.CharField(_("kind of notice"), max_length=10, choices=Kind.choices)
    in_app = models.BooleanField(_("in the portal"), default=True)
    email = models.CharField(_("by e-mail"), max_length=10, choices=Mail.choices, default=Mail.NOW)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="notices_preference_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notices_preference_kind"),
            models.CheckConstraint(condition=Q(email__in=Mail.values), name="notices_preference_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


@pghistory.track()
class Hours(models.Model):
    """One row: the nights in which only what is urgent goes out, and the time of the daily mail.

    The SQL functions `notices_held_until` and `notices_digest_at` read it, with the same defaults
    when there is no row yet.
    """

    quiet_from = models.TimeField(_("quiet from"), default=time(22, 0))
    quiet_until = models.TimeField(_("quiet until"), default=time(7, 0))
    digest_at = models.TimeField(_("daily mail at"), default=time(8, 0))

    class Meta:
        verbose_name = _("hours of notices")
        verbose_name_plural = _("hours of notices")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="notices_one_hours")]

    def __str__(self) -> str:
        return f"{self.quiet_from}–{self.quiet_until}, {self.digest_at}"

    @classmethod
    def current(cls) -> Hours:
        """The hours in force."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_quiet(self, here: time) -> bool:
        """Whether a local time of day lies in the night. From = until means: no quiet hours."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= here < self.quiet_until
        return here >= self.quiet_from or here < self.quiet_until


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Wording(models.Model):
    """A text of a notice that the administration has rewritten, in one language.

    No row: the original holds. `placeholders` stand in braces: "{number}".
    """

    name = models.CharField(_("text"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("text of a notice")
        verbose_name_plural = _("texts of notices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "language"], name="notices_wording_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
