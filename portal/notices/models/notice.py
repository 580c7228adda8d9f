"""Notices and their outbox."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.notices.models.choices import Kind
from portal.notices.models.endpoints import Endpoint


class Notice(models.Model):
    """Something one person, one group or one other system is told.

    The text is made when it is read or sent, in the reader's language.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    endpoint = models.ForeignKey(
        Endpoint, null=True, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    key = models.CharField(_("kind of notice"), max_length=40)
    kind = models.CharField(_("about"), max_length=10, choices=Kind.choices, default=Kind.PROGRESS)
    params = models.JSONField(default=dict)
    # The case told of. A plain number here, as cases stand above notices; the foreign key that
    # keeps it honest is made in the database by the migrations of portal.cases.
    case_id = models.BigIntegerField(null=True, db_index=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    # False: the reader wants this kind by other ways only, or it merely carries others (a daily mail).
    in_app = models.BooleanField(_("in the portal"), default=True)
    created_at = models.DateTimeField(_("moment"))
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, endpoint=None)
                | Q(recipient=None, endpoint__isnull=False),
                name="notices_one_addressee",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notices_centre"),
            models.Index(
                fields=["recipient"], condition=Q(read_at=None, in_app=True), name="notices_unread_shown"
            ),
            models.Index(
                fields=["endpoint", "created_at"],
                condition=Q(endpoint__isnull=False),
                name="notices_of_endpoint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id or self.endpoint_id}: {self.key}"


class Channel(models.TextChoices):
    """Every way out of the house."""

    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("webhook")
    WECOM = "wecom", _("WeCom group")
    DINGTALK = "dingtalk", _("DingTalk group")
    FEISHU = "feishu", _("Feishu group")


class Problem(models.TextChoices):
    """Why a try failed, in words that name no address."""

    UNREACHABLE = "unreachable", _("The server cannot be reached.")
    SLOW = "slow", _("The server did not answer in time.")
    BUSY = "busy", _("The server asks to wait.")
    FAULT = "fault", _("The server reports a fault of its own.")
    ADDRESS = "address", _("The address is refused for good.")
    NO_ADDRESS = "no_address", _("There is no address.")
    CLOSED = "closed", _("The account is closed.")
    REFUSED = "refused", _("The other side refuses the message.")
    REDIRECT = "redirect", _("The address leads elsewhere, which is not followed.")
    FORBIDDEN = "forbidden", _("The address lies in a network that is not allowed.")
    CERTIFICATE = "certificate", _("The certificate of the server is not valid.")
    TEXT = "text", _("The text could not be made.")
    SETUP = "setup", _("The portal's own mail server refuses the portal: check its settings.")


class Delivery(models.Model):
    """One notice on its way through one channel.

    `lane` names what must stay in order: one case on its way to one address. A delivery that has
    been gathered into another (the daily mail, a group's collected message) is *carried* by it and
    shares its fate. A worker that claims a row moves `next_try_at` into the future and counts the
    try; when the worker dies, the row becomes due again by itself.
    """

    Channel = Channel
    Problem = Problem

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        DIGEST = "digest", _("waiting for the daily mail")
        CARRIED = "carried", _("on its way with others")
        SENT = "sent", _("sent")
        DEAD = "dead", _("could not be delivered")
        GIVEN_UP = "given_up", _("given up")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    endpoint = models.ForeignKey(
        Endpoint, null=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    lane = models.CharField(max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    first_tried_at = models.DateTimeField(_("first tried at"), null=True)
    problem = models.CharField(_("problem"), max_length=12, choices=Problem.choices, blank=True)
    # What the other side said, for administrators: it may name an address.
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    carried_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="carries", db_index=False
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(_("sent again or given up at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notices_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "digest"], next_try_at__isnull=False)
                | (~Q(state__in=["pending", "digest"]) & Q(next_try_at=None)),
                name="notices_waiting_has_a_next_try",
            ),
            models.CheckConstraint(
                condition=~Q(state="carried") | Q(carried_by__isnull=False), name="notices_carried_by_one"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="pending"), name="notices_outbox"),
            models.Index(fields=["next_try_at"], condition=Q(state="digest"), name="notices_gathered"),
            models.Index(
                fields=["lane", "id"],
                condition=Q(state__in=["pending", "digest", "carried"]),
                name="notices_in_order",
            ),
            models.Index(
                fields=["id"], condition=Q(state__in=["dead", "given_up"]), name="notices_dead_letters"
            ),
            models.Index(
                fields=["carried_by"], condition=Q(carried_by__isnull=False), name="notices_carried"
            ),
            models.Index(
                fields=["endpoint", "id"], condition=Q(endpoint__isnull=False), name="notices_by_endpoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.channel}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in (self.State.SENT, self.State.DEAD, self.State.GIVEN_UP)
