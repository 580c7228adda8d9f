"""Groups and other systems that are told."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from portal.notices.models.choices import EndpointChannel, Kind
from portal.park.models import Team

# After a rotation the receiver has this long to take up the new secret: both sign meanwhile.
BOTH_SECRETS_FOR = timedelta(hours=24)


def fresh_salt() -> str:
    """What a webhook's secret is derived from."""
    return secrets.token_hex(16)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["address", "secret", "salt"])
class Endpoint(models.Model):
    """A group's robot, or another system's webhook: what it hears of, of which team, and where it lies.

    A webhook's secret is derived from the portal's own key and the salt, so that a copy of the
    database alone signs nothing; a robot's address and secret come from its platform and are kept.
    """

    name = models.CharField(_("name of the group or system"), max_length=80)
    channel = models.CharField(_("channel"), max_length=10, choices=EndpointChannel.choices)
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="endpoints",
        help_text=_("It hears of this team's cases. Empty: of all teams."),
    )
    kinds = ArrayField(
        models.CharField(max_length=10, choices=Kind.choices), verbose_name=_("hears of"), default=list
    )
    address = models.CharField(_("address"), max_length=600)
    secret = models.CharField(_("signing key of the robot"), max_length=200, blank=True)
    salt = models.CharField(max_length=32, default=fresh_salt, editable=False)
    former_salt = models.CharField(max_length=32, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    active = models.BooleanField(_("switched on"), default=True)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("group or system")
        verbose_name_plural = _("groups and systems")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(channel__in=EndpointChannel.values), name="notices_endpoint_channel"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_webhook(self) -> bool:
        return self.channel == EndpointChannel.WEBHOOK

    @property
    def masked(self) -> str:
        """The address without what would let its reader write to it."""
        head, _sep, rest = self.address.partition("://")
        host, _slash, path = rest.partition("/")
        return f"{head}://{host}/…{path[-4:] if len(path) > 16 else ''}"

    def signing_secret(self, salt: str = "") -> str:
        """A webhook's secret as its receiver needs it ("whsec_" and base64)."""
        material = salted_hmac("portal.notices.webhook", f"{self.pk}:{salt or self.salt}", algorithm="sha256")
        return "whsec_" + base64.b64encode(material.digest()).decode()

    def signing_secrets(self, now: datetime) -> list[str]:
        """The secrets that sign at this moment: after a rotation the former one too, for a day."""
        found = [self.signing_secret()]
        if self.former_salt and self.former_until is not None and now < self.former_until:
            found.append(self.signing_secret(self.former_salt))
        return found

    def rotate(self, now: datetime) -> str:
        """Make a new secret and answer it: it is not shown again."""
        self.former_salt, self.former_until = self.salt, now + BOTH_SECRETS_FOR
        self.salt = fresh_salt()
        self.save(update_fields=["salt", "former_salt", "former_until"])
        return self.signing_secret()

    @property
    def fingerprint(self) -> str:
        """Tells two secrets apart without showing either."""
        return hashlib.sha256(self.signing_secret().encode()).hexdigest()[:8]
