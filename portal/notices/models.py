"""Notices and their outbox."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something one person is told. The text is made when it is read, in the reader's language."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(_("kind of notice"), max_length=40)
    params = models.JSONField(default=dict)
    # The case told of. A plain number here, as cases stand above notices; the foreign key that
    # keeps it honest is made in the database by the migrations of portal.cases.
    case_id = models.BigIntegerField(null=True, db_index=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    created_at = models.DateTimeField(_("moment"))
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notices_centre"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.key}"


class Delivery(models.Model):
    """One notice on its way through one channel."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notices_delivery_once"),
            models.CheckConstraint(
                condition=Q(state="pending", next_try_at__isnull=False)
                | (~Q(state="pending") & Q(next_try_at=None)),
                name="notices_pending_has_a_next_try",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="pending"), name="notices_outbox")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.channel}"
