"""Users and their park-wide duties."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.names import local_name


class User(AbstractUser):
    """A person who signs in.

    What the person may do follows from memberships of teams, agencies for enterprises
    (`portal.park`) and the duties below; never from Django's groups.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("name"), max_length=60)
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
