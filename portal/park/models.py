"""Enterprises, teams, and who works in or acts for them."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.names import local_name


def validate_uscc(value: str) -> None:
    """Refuse a unified social credit code whose form or check digit is wrong (GB 32100)."""
    from stdnum.cn import uscc as uscc_number  # loaded where a code is typed, which is seldom
    from stdnum.exceptions import ValidationError as NumberError

    try:
        uscc_number.validate(value)
    except NumberError as error:
        raise ValidationError(
            _("%(value)s is not a valid unified social credit code: check all 18 characters."),
            code="uscc",
            params={"value": value},
        ) from error


@pghistory.track()
class Enterprise(models.Model):
    """A business entity (经营主体) of the park: the head of its file (一企一档)."""

    class Size(models.TextChoices):
        MICRO = "micro", _("micro")
        SMALL = "small", _("small")
        MEDIUM = "medium", _("medium")
        LARGE = "large", _("large")

    uscc = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, validators=[validate_uscc]
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    industry = models.CharField(_("industry"), max_length=60)
    size = models.CharField(_("size"), max_length=10, choices=Size.choices)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    settled_on = models.DateField(_("settled in the park on"), null=True, blank=True, db_index=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, null=True, blank=True)
    park_area = models.CharField(_("part of the park"), max_length=60, blank=True)
    is_high_tech = models.BooleanField(_("high-tech enterprise"), null=True, blank=True)
    is_above_scale = models.BooleanField(_("above designated size"), null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="park_enterprise_uscc_form"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)


@pghistory.track()
class Team(models.Model):
    """Who does the work: a station, task force, department, window, bank or office; also a queue."""

    class Kind(models.TextChoices):
        STATION = "station", _("service station")
        TASK_FORCE = "task_force", _("task force")
        DEPARTMENT = "department", _("department")
        WINDOW = "window", _("service window")
        BANK = "bank", _("bank")
        FINANCE = "finance", _("finance office")
        SUPERVISION = "supervision", _("supervision")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    active = models.BooleanField(_("active"), default=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("leader in charge"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="teams_in_charge",
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering: ClassVar = ["kind", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)


def office_roles() -> list[tuple[str, Promise | str]]:
    """The offices that the domains' rules know."""
    from portal.park.offices import ROLES

    return [(role.name, role.label) for role in ROLES.values()]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Office(models.Model):
    """职能归口: which team is the office that a rule speaks of. Without a row it is the usual one."""

    role = models.CharField(_("office"), max_length=40, choices=office_roles, primary_key=True)
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"active": True},
    )

    class Meta:
        verbose_name = _("office by role")
        verbose_name_plural = _("offices by role")
        ordering: ClassVar = ["role"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.team}"


class Membership(models.Model):
    """A person works in a team."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        SECTION_HEAD = "section_head", _("section head")
        HEAD = "head", _("head")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.MEMBER)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "team"], name="park_membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Agency(models.Model):
    """A person acts for an enterprise: as its owner (法人/管理员) or as an agent (经办人).

    An agent's scope: everything; only some kinds of services (`kinds`); or looking without acting
    (`read_only`). Who asks what an agent may do asks `Actor` (portal.park.acting), which asks this.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        AGENT = "agent", _("agent")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agencies")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="agencies")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.AGENT)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)  # the last day on which it holds
    read_only = models.BooleanField(_("may look, not act"), default=False)
    kinds = ArrayField(
        models.CharField(max_length=40), verbose_name=_("only these services"), default=list, blank=True
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("granted by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    granted_at = models.DateTimeField(_("granted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "enterprise"], name="park_agency_once"),
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(role="owner"), name="park_one_owner"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="owner") | models.Q(read_only=False, kinds=[]),
                name="park_owner_has_full_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"


@pghistory.track(
    pghistory.UpdateEvent("before_update", row=pghistory.Old), pghistory.DeleteEvent("before_delete")
)
class MonthlyIndicator(models.Model):
    """What an enterprise reports for one month (企业月报). Money in yuan; an empty figure is unknown.

    Only what was replaced is kept as history: the present row is the rest of it, and a park has
    millions of these.
    """

    enterprise = models.ForeignKey(
        Enterprise,
        verbose_name=_("enterprise"),
        on_delete=models.CASCADE,
        related_name="monthly_indicators",
        db_index=False,
    )
    month = models.DateField(_("month"))  # its first day
    output_amount = models.DecimalField(_("output value (yuan)"), max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(_("tax (yuan)"), max_digits=14, decimal_places=2)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    electricity_kwh = models.DecimalField(
        _("electricity (kWh)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    investment_amount = models.DecimalField(
        _("investment (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    rd_amount = models.DecimalField(
        _("research and development (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("monthly indicators")
        verbose_name_plural = _("monthly indicators")
        ordering: ClassVar = ["enterprise", "month"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enterprise", "month"], name="park_month_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="park_month_first_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["month"], name="park_month")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.month:%Y-%m}"
