"""What the clock of a case is made of: stays, pauses, extensions, hand-overs."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case, Holder
from portal.park.models import Team
from portal.worktime.clock import Unit


class StepLog(models.Model):
    """One stay of a case in one step. Reports read this table, never the timeline."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stays")
    seq = models.PositiveIntegerField()
    step = models.CharField(_("step"), max_length=40)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="stays")
    holder = models.CharField(_("whose turn"), max_length=12, choices=Holder.choices)
    entered_at = models.DateTimeField(_("entered at"))
    left_at = models.DateTimeField(_("left at"), null=True)
    left_via = models.CharField(max_length=40, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    limit_amount = models.DecimalField(_("limit"), max_digits=7, decimal_places=2, null=True)
    limit_unit = models.CharField(max_length=2, choices=Unit.choices, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    used_days = models.DecimalField(_("net working days used"), max_digits=8, decimal_places=2, null=True)
    met = models.BooleanField(_("limit met"), null=True)

    class Meta:
        verbose_name = _("stay in a step")
        verbose_name_plural = _("stays in steps")
        ordering: ClassVar = ["case", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="cases_stay_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(left_at=None), name="cases_one_open_stay"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="cases_stay_in_order"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["step", "left_at"], name="cases_stay_report")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.step}"


class Pause(models.Model):
    """A segment of time that does not count. Half-open: [from_at, to_at). No two may overlap."""

    class Reason(models.TextChoices):
        SUPPLEMENT = "supplement", _("waiting for supplements")
        SPECIAL_PROCEDURE = "special_procedure", _("special procedure")
        FORCE_MAJEURE = "force_majeure", _("force majeure")
        # Set by the engine itself while a step waits for the enterprise; not offered to people.
        TURN = "turn", _("waiting for the enterprise")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    notice = models.TextField(_("notice to the enterprise"), blank=True)
    planned_days = models.PositiveSmallIntegerField(_("planned working days"), null=True)
    planned_until_at = models.DateTimeField(_("planned until"), null=True)
    alarmed_at = models.DateTimeField(_("overrun told at"), null=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True)
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"), null=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering: ClassVar = ["case", "from_at"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="cases_pauses_apart",
                expressions=[
                    # First: the pauses of a case are read by this index, too.
                    ("case", RangeOperators.EQUAL),
                    (
                        Func(
                            F("from_at"), F("to_at"), function="tstzrange", output_field=DateTimeRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="cases_pause_in_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["planned_until_at"], condition=Q(to_at=None), name="cases_pause_running")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.reason} {self.from_at:%Y-%m-%d}"


class Extension(models.Model):
    """More time, once, asked for before expiry, with a reason that the enterprise can read."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("working days"))
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    granted = models.BooleanField(_("granted"), null=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(granted=False), name="cases_extension_once"
            ),
            models.CheckConstraint(condition=Q(days__gt=0), name="cases_extension_positive"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="cases_extension_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: +{self.days}"


class Handover(models.Model):
    """A transfer to another team: the case stays where it is until the other team accepts."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="handovers_in")
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="pending"), name="cases_one_pending_handover"
            ),
            models.CheckConstraint(condition=~Q(from_team=F("to_team")), name="cases_handover_to_another"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["to_team"], condition=Q(state="pending"), name="cases_handover_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_team_id} → {self.to_team_id}"
