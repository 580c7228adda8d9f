"""Invitations of agents, offers of ownership, letters to people without an account, reads of contacts."""

from datetime import datetime
from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models import Case
from portal.park.models import Enterprise


class Answer(models.TextChoices):
    """What became of something that waits for another person's word."""

    PENDING = "pending", _("waiting for the answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Asked(models.Model):
    """What invitations and offers share: until when they hold, and the answer."""

    state = models.CharField(_("state"), max_length=10, choices=Answer.choices, default=Answer.PENDING)
    valid_until = models.DateTimeField(_("valid until"))
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        abstract = True

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.state == Answer.PENDING and now < self.valid_until

    def has_lapsed(self, now: datetime) -> bool:
        return self.state == Answer.PENDING and now >= self.valid_until


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["nonce"])
class Invitation(Asked):
    """An enterprise's owner invites somebody to act for it. The link is signed and works once."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    read_only = models.BooleanField(_("may look, not act"), default=False)
    kinds = ArrayField(
        models.CharField(max_length=40), verbose_name=_("only these services"), default=list, blank=True
    )
    expires_on = models.DateField(_("acts until"))
    nonce = models.CharField(max_length=32)  # a new one for every sending: the former link is void
    sendings = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)  # sign-in names tried in vain with this link
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited at"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["-invited_at", "-id"]

    def __str__(self) -> str:
        return f"{self.enterprise_id}: {self.name}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class OwnershipOffer(Asked):
    """The owner of an enterprise offers to hand it over to one of its agents, who has to agree."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="ownership_offers")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(_("offered at"))

    class Meta:
        verbose_name = _("offer of ownership")
        verbose_name_plural = _("offers of ownership")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(state="pending"), name="trust_one_offer_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id}: {self.to_user_id}"


class Letter(models.Model):
    """An invitation on its way by e-mail to somebody who may have no account, hence no notice."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="letters")
    sending = models.PositiveSmallIntegerField()  # a letter of an earlier sending is not sent any more
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invitation", "sending"], name="trust_letter_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="pending"), name="trust_letters_due")
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.state}"


class ContactRead(models.Model):
    """Somebody of the staff looked at contact details, or at a whole account number: who, whose, in which
    case, when. Append-only."""

    class What(models.TextChoices):
        CONTACT = "contact", _("contact details")
        ACCOUNT = "account", _("account number")

    what = models.CharField(_("what was read"), max_length=10, choices=What.choices, default=What.CONTACT)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contact_reads"
    )
    enterprise = models.ForeignKey(
        Enterprise, null=True, on_delete=models.PROTECT, related_name="contact_reads"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="contact_read_by"
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="contact_reads")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("read of contact details")
        verbose_name_plural = _("reads of contact details")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False) | Q(person__isnull=False), name="trust_read_of_somebody"
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.at}"
