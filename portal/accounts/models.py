"""Users and their park-wide duties."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.addresses import device_words
from portal.names import local_name


class User(AbstractUser):
    """A person who signs in.

    What the person may do follows from memberships of teams, agencies for enterprises
    (`portal.park`) and the duties below; never from Django's groups.
    """

    first_name = None  # type: ignore[assignment]  # Chinese names are not in two parts: display_name
    last_name = None  # type: ignore[assignment]  # likewise
    display_name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    display_name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_demonstration = models.BooleanField(_("demonstration account"), default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language; the sign-in name of who has none."""
        return local_name(self.display_name, self.display_name_en) or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class Duty(models.TextChoices):
    """Duties that reach over the whole park (domain dossier, section 7)."""

    LEADER = "leader", _("park leader")
    SUPERVISOR = "supervisor", _("supervision office")
    DISCIPLINE = "discipline", _("discipline inspection")
    ADMINISTRATOR = "administrator", _("system administrator")
    AUDITOR = "auditor", _("auditor")


class DutyGrant(models.Model):
    """One person holds one park-wide duty."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="duty_grants")
    duty = models.CharField(_("duty"), max_length=20, choices=Duty.choices)
    granted_at = models.DateTimeField(_("granted at"), auto_now_add=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "duty"], name="accounts_duty_once"),
            models.CheckConstraint(condition=models.Q(duty__in=Duty.values), name="accounts_duty_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_duty_display()}"


class SecondFactor(models.Model):
    """The one-time codes (TOTP, RFC 6238) of one person. In force once `confirmed_at` is set."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="second_factor"
    )
    sealed_secret = models.CharField(max_length=300)  # encrypted, see portal.accounts.secrets
    recovery_salt = models.CharField(max_length=32)
    created_at = models.DateTimeField(_("created at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    last_step = models.BigIntegerField(
        default=0
    )  # 30-second step of the last code taken: none is taken twice
    failures = models.PositiveSmallIntegerField(default=0)  # wrong codes in a row, from whatever address
    blocked_until = models.DateTimeField(_("blocked until"), null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """One of the ten codes that stand in for a lost device; only its hash is kept."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "code_hash"], name="accounts_recovery_once")
        ]

    def __str__(self) -> str:
        return str(self.factor_id)


class Visit(models.Model):
    """A signed-in browser: what a person sees in the list of sessions.

    The session itself lives in Django's table; a visit whose session is gone means nothing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("device"), max_length=300, blank=True)
    began_at = models.DateTimeField(_("signed in at"))
    seen_at = models.DateTimeField(_("last seen at"))

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at}"

    @property
    def device(self) -> str:
        return device_words(self.agent)


class AccountEvent(models.Model):
    """What happened to an account: sign-ins that worked and failed, and changes of its safety."""

    class What(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        RECOVERY_USED = "recovery_used", _("signed in with a recovery code")
        WRONG_PASSWORD = "wrong_password", _("wrong password")
        WRONG_CODE = "wrong_code", _("wrong one-time code")
        LOCKED = "locked", _("refused: locked out")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        FACTOR_ON = "factor_on", _("second factor set up")
        FACTOR_OFF = "factor_off", _("second factor removed")
        FACTOR_RESET = "factor_reset", _("second factor reset by an administrator")
        CODES_RENEWED = "codes_renewed", _("new recovery codes made")
        SESSIONS_ENDED = "sessions_ended", _("other sessions signed out")

    # Sign-ins are forgotten after a year; changes of an account's safety are kept.
    PASSING = (
        What.SIGNED_IN,
        What.RECOVERY_USED,
        What.WRONG_PASSWORD,
        What.WRONG_CODE,
        What.LOCKED,
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account_events"
    )
    what = models.CharField(_("what"), max_length=20, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("device"), max_length=300, blank=True)
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-at", "-id"], name="accounts_history"),
            models.Index(fields=["at"], name="accounts_history_age"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.what}"

    @property
    def failed(self) -> bool:
        """Whether this was an attempt that did not get in."""
        return self.what in (self.What.WRONG_PASSWORD, self.What.WRONG_CODE, self.What.LOCKED)

    @property
    def device(self) -> str:
        return device_words(self.agent)
