"""The case itself (办件): state, owner team, deadline, history in one row."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case as Choose
from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _

from portal.cases.models.standards import ServiceStandard
from portal.park.models import Enterprise, Team
from portal.worktime.clock import Unit

if TYPE_CHECKING:
    from portal.cases.declaration import Flow, Step


class Holder(models.TextChoices):
    """Whose turn it is: who holds the ball."""

    DEPARTMENT = "department", _("department")
    ENTERPRISE = "enterprise", _("enterprise")
    THIRD_PARTY = "third_party", _("third party")


class Light(models.TextChoices):
    """The lights of the domain dossier, section 4: a function of the moment, never stored."""

    OK = "ok", _("on time")
    WARN = "warn", _("due soon")
    LATE = "late", _("overdue")
    HOLD = "hold", _("waiting")
    DONE = "done", _("done")


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> CaseQuerySet:
        return self.filter(closed_at=None)

    def with_light(self, now: datetime) -> CaseQuerySet:
        """Annotate `light_key` with the same rule as `Case.light`."""
        return self.annotate(
            light_key=Choose(
                When(closed_at__isnull=False, then=Value(Light.DONE.value)),
                When(Q(paused_at__isnull=False) | ~Q(holder=Holder.DEPARTMENT), then=Value(Light.HOLD.value)),
                When(due_at__lt=now, then=Value(Light.LATE.value)),
                When(warn_at__lte=now, then=Value(Light.WARN.value)),
                default=Value(Light.OK.value),
                output_field=models.CharField(),
            )
        )

    def having_light(self, light: str, now: datetime) -> CaseQuerySet:
        return self.with_light(now).filter(models.Q(("light_key", light)))


class Case(models.Model):
    """Anything with a state, an owner team, a deadline and a history. Never deleted.

    A domain model hangs its own facts on a case by `OneToOneField(Case, primary_key=True)`.
    """

    number = models.CharField(_("number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=40)
    step = models.CharField(_("step"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    sealed = models.BooleanField(_("sealed"), default=False)
    # Known to the people of its circle only, whatever team or duty others have.
    confidential = models.BooleanField(_("confidential"), default=False, db_default=False)
    holder = models.CharField(
        _("whose turn"), max_length=12, choices=Holder.choices, default=Holder.DEPARTMENT
    )
    enterprise = models.ForeignKey(
        Enterprise, verbose_name=_("enterprise"), null=True, on_delete=models.PROTECT, related_name="cases"
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("parent case"), null=True, on_delete=models.PROTECT, related_name="children"
    )
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="cases")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handler"),
        null=True,
        on_delete=models.PROTECT,
        related_name="assigned_cases",
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("opened by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="opened_cases",
    )
    standard = models.ForeignKey(
        ServiceStandard, verbose_name=_("service standard"), on_delete=models.PROTECT, related_name="cases"
    )

    opened_at = models.DateTimeField(_("opened at"))
    entered_at = models.DateTimeField(_("entered the step at"))
    clock_from_at = models.DateTimeField(_("clock counts from"), null=True)
    promise_amount = models.DecimalField(_("promised time"), max_digits=7, decimal_places=2, null=True)
    promise_unit = models.CharField(max_length=2, choices=Unit.choices, default=Unit.WORKING_DAY)
    promise_due_at = models.DateTimeField(_("promised for"), null=True)
    warn_at = models.DateTimeField(_("due soon from"), null=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    next_alert_at = models.DateTimeField(_("next alert at"), null=True)
    alert_level = models.PositiveSmallIntegerField(_("alert level"), default=0)
    lapses_at = models.DateTimeField(_("goes on by itself at"), null=True)
    paused_at = models.DateTimeField(_("paused at"), null=True)
    pause_count = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    used_days = models.DecimalField(_("net working days used"), max_digits=8, decimal_places=2, null=True)
    elapsed_days = models.PositiveIntegerField(_("calendar days elapsed"), null=True)

    stay_seq = models.PositiveIntegerField(default=0)
    event_seq = models.PositiveIntegerField(default=0)
    event_hash = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    filing_token = models.UUIDField(null=True, unique=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="cases_number_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(next_alert_at=None, lapses_at=None, paused_at=None),
                name="cases_closed_is_quiet",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(next_alert_at=None), name="cases_paused_is_quiet"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("opened_at")),
                name="cases_closed_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(outcome=""), name="cases_closed_has_outcome"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(outcome=""), name="cases_open_has_no_outcome"
            ),
            models.CheckConstraint(condition=Q(holder__in=Holder.values), name="cases_holder_known"),
        ]
        indexes: ClassVar = [
            # The queue: keyset paging of a team's open cases, and its lights by index only.
            models.Index(
                fields=["team", "due_at", "id"],
                include=["warn_at", "paused_at", "holder", "assignee", "confidential"],
                condition=Q(closed_at=None),
                name="cases_queue",
            ),
            models.Index(fields=["assignee", "due_at", "id"], condition=Q(closed_at=None), name="cases_mine"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(closed_at=None, alert_level__gte=2),
                name="cases_escalated",
            ),
            # Lists of those who see many teams, and of programs: open ones by deadline, all by either moment.
            models.Index(fields=["due_at", "id"], condition=Q(closed_at=None), name="cases_open"),
            models.Index(fields=["due_at", "id"], name="cases_due"),
            models.Index(fields=["opened_at", "id"], name="cases_opened"),
            models.Index(fields=["enterprise", "-opened_at", "-id"], name="cases_enterprise"),
            models.Index(fields=["kind", "closed_at"], name="cases_kind_closed"),
            # Lists of one kind, newest first: all, what is open (in one step), what has ended (in
            # one way).
            models.Index(fields=["kind", "opened_at", "id"], name="cases_kind_opened"),
            models.Index(
                fields=["kind", "opened_at", "id"], condition=Q(closed_at=None), name="cases_kind_open"
            ),
            models.Index(
                fields=["kind", "step", "opened_at", "id"],
                condition=Q(closed_at=None),
                name="cases_kind_step",
            ),
            models.Index(
                fields=["kind", "opened_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="cases_kind_ended",
            ),
            models.Index(
                fields=["kind", "outcome", "opened_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="cases_kind_outcome",
            ),
            models.Index(
                fields=["id"], condition=Q(sealed=True) | Q(confidential=True), name="cases_withheld"
            ),
            # The sweep: what is due for an alert, by day and (urgent only) by night.
            models.Index(
                fields=["next_alert_at"],
                condition=Q(next_alert_at__isnull=False, urgent=False),
                name="cases_sweep",
            ),
            models.Index(
                fields=["next_alert_at"],
                condition=Q(next_alert_at__isnull=False, urgent=True),
                name="cases_sweep_urgent",
            ),
            models.Index(fields=["lapses_at"], condition=Q(lapses_at__isnull=False), name="cases_lapse"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def flow(self) -> Flow:
        from portal.cases.declaration import flow_of

        return flow_of(self.kind)

    @property
    def step_declared(self) -> Step:
        return self.flow.step(self.step)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def light(self, now: datetime) -> Light:
        """The light at `now`: blue done, grey waiting, red overdue, yellow due soon, green on time."""
        if self.closed_at is not None:
            return Light.DONE
        if self.paused_at is not None or self.holder != Holder.DEPARTMENT:
            return Light.HOLD
        if self.due_at is not None and self.due_at < now:
            return Light.LATE
        if self.warn_at is not None and self.warn_at <= now:
            return Light.WARN
        return Light.OK


class Participant(models.Model):
    """A team through whose hands a case has gone: it keeps sight of the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participants")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="participations")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "team"], name="cases_participant_once")
        ]
        indexes: ClassVar = [models.Index(fields=["team", "case"], name="cases_participant_team")]

    def __str__(self) -> str:
        return f"{self.team_id} in {self.case_id}"


class CircleMember(models.Model):
    """Somebody who may know of a confidential case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="circle")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="circles")
    added_at = models.DateTimeField(_("since"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], name="cases_circle_member_once")
        ]
        indexes: ClassVar = [models.Index(fields=["user", "case"], name="cases_circle_user")]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.case_id}"
