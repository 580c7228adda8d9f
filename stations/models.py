"""Stations and the facts of a request."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, NamedTuple

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.cases import clock
from portal.cases.models import Case, Participant
from portal.park.models import Team
from portal.worktime.clock import Calendar, Limit, Span, Unit

# Dossier, section 4, closure: while it is handled, a progress note at least every three working days.
NOTED_STEP = "handling"
NOTE_WITHIN = Limit(Decimal(3), Unit.WORKING_DAY)


class Station(models.Model):
    """政务驿站: a service station close to the enterprises."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True, related_name="station")
    address = models.CharField(_("address"), max_length=200)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6)
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))
    phone = models.CharField(_("phone"), max_length=30)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering: ClassVar = ["team__code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")), name="stations_hours_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.team.label


class Category(models.TextChoices):
    """The 15 categories of requests, in the order of the domain dossier, section 4."""

    POLICY = "policy", _("Policies and payouts")
    PROCEDURES = "procedures", _("Approvals and procedures")
    LAND = "land", _("Land, plant, planning")
    UTILITIES = "utilities", _("Water, power, gas, network, roads")
    FINANCING = "financing", _("Financing")
    LABOUR = "labour", _("Labour, insurance, schooling, talent")
    MARKET = "market", _("Markets and trade-in")
    TECHNOLOGY = "technology", _("Technology, high-tech, universities")
    TAX = "tax", _("Taxes and fees")
    ENVIRONMENT_SAFETY = "environment_safety", _("Environment, safety, fire")
    ARREARS_LEGAL = "arrears_legal", _("Arrears and legal disputes")
    CONDUCT = "conduct", _("Complaint about enforcement or conduct")
    PROPERTY = "property", _("Property, traffic, security, commuting")
    COMPANY_START = "company_start", _("Starting or changing a company")
    LANDING_OTHER = "landing_other", _("Settling in, other")


class CategoryRoute(models.Model):
    """Which team leads a category: the suggestion at dispatch. Data, edited by administrators."""

    category = models.CharField(_("category"), max_length=20, choices=Category.choices, primary_key=True)
    team = models.ForeignKey(Team, verbose_name=_("leading team"), on_delete=models.PROTECT)

    class Meta:
        verbose_name = _("category route")
        verbose_name_plural = _("category routes")

    def __str__(self) -> str:
        return f"{self.get_category_display()}: {self.team}"


class Channel(models.TextChoices):
    """How a request came in."""

    STATION = "station", _("at the station")
    WEB = "web", _("online")
    PHONE = "phone", _("by phone")
    HOTLINE = "hotline", _("city hotline")
    VISIT = "visit", _("on a visit")


class Grade(models.TextChoices):
    """How heavy a request is; the time limits follow from it (domain dossier, section 4)."""

    CONSULT = "consult", _("question")
    NORMAL = "normal", _("normal")
    COMPLEX = "complex", _("complex")
    MAJOR = "major", _("major")
    URGENT = "urgent", _("urgent")


class Result(models.TextChoices):
    """What came of a request. Only the first two can close it."""

    RESOLVED = "resolved", _("resolved")
    EXPLAINED = "explained", _("explained")
    PLANNED = "planned", _("planned")


class RequestQuerySet(models.QuerySet["Request"]):
    def to_merge_into(self, case: Case) -> "RequestQuerySet":
        """The requests into which a newer one may be merged: open, older, of the same enterprise.

        Only those that the first taker's station has had in hand, so that its people see them; and no
        sealed complaint. Older only: two who merge at once cannot merge two requests into each other.
        """
        seen = Participant.objects.filter(case=OuterRef("pk"), team=case.request.first_team_id)
        return self.filter(
            Exists(seen),
            case__enterprise=case.enterprise_id,
            case__closed_at=None,
            case__sealed=False,
            pk__lt=case.pk,
        )


class Request(models.Model):
    """企业诉求: what an enterprise brings to a station. Its state lives in the case."""

    class ContactWay(models.TextChoices):
        PHONE = "phone", _("call me")
        PORTAL = "portal", _("write to me here")
        VISIT = "visit", _("come to us")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="request")
    first_team = models.ForeignKey(
        Team,
        verbose_name=_("first taker"),
        on_delete=models.PROTECT,
        related_name="requests_taken",
    )
    handling_team = models.ForeignKey(
        Team, verbose_name=_("handling team"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.WEB)
    description = models.TextField(_("what happened"), max_length=4000)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    contact_way = models.CharField(
        _("how to reach you"), max_length=10, choices=ContactWay.choices, default=ContactWay.PHONE
    )
    external_number = models.CharField(_("number elsewhere"), max_length=40, blank=True)
    accused_team = models.ForeignKey(
        Team, verbose_name=_("unit complained of"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    objected = models.BooleanField(_("routing objected to once"), default=False)
    # The enterprise was last told how it goes; the handler was last reminded that it should be.
    noted_at = models.DateTimeField(_("progress noted at"), null=True)
    reminded_at = models.DateTimeField(_("reminded of the progress note at"), null=True)
    plan = models.TextField(_("plan"), blank=True)
    planned_on = models.DateField(_("planned for"), null=True)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    result_text = models.TextField(_("answer"), blank=True)
    result_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    by_silence = models.BooleanField(_("confirmed by silence"), default=False)
    duplicate_of = models.ForeignKey(
        Case,
        verbose_name=_("merged into"),
        null=True,
        on_delete=models.PROTECT,
        related_name="merged_requests",
    )
    merged_count = models.PositiveSmallIntegerField(_("requests merged into this one"), default=0)
    # So that only who has milestones asks for them.
    milestone_count = models.PositiveSmallIntegerField(_("milestones of the plan"), default=0)
    reached_count = models.PositiveSmallIntegerField(_("milestones reached"), default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(accused_team=None) | ~Q(handling_team=models.F("accused_team")),
                name="stations_never_to_the_accused",
            ),
            models.CheckConstraint(
                condition=Q(accused_team=None) | ~Q(first_team=models.F("accused_team")),
                name="stations_never_first_to_the_accused",
            ),
            # Neither into itself nor in a circle.
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | Q(duplicate_of__lt=models.F("case")),
                name="stations_merged_into_an_earlier_one",
            ),
            models.CheckConstraint(
                condition=Q(reached_count__lte=models.F("milestone_count")),
                name="stations_reached_at_most_all",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["category"], name="stations_category")]

    def __str__(self) -> str:
        return str(self.case_id)

    def note_due_by(self, calendar: Calendar) -> datetime | None:
        """By when the enterprise has to hear how it goes; None outside handling or while the clock stands."""
        case = self.case
        if case.step != NOTED_STEP or case.paused_at is not None:
            return None
        since = max(filter(None, (self.noted_at, case.entered_at)))
        pauses = case.pauses.all() if case.pause_count else ()  # none runs: the clock does not stand
        return calendar.due_at(since, NOTE_WITHIN, [Span(p.from_at, p.to_at) for p in pauses])


class Stage(NamedTuple):
    """A milestone as planned: what is done by when."""

    due_on: date
    what: str


class Milestone(models.Model):
    """节点: one stage of the plan of a major request (dossier, section 4: "staged plan with milestones").

    Like the promise it counts in working days from acceptance: a stop of the clock moves it.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="milestones")
    seq = models.PositiveSmallIntegerField()
    what = models.CharField(_("what is done by then"), max_length=200)
    due_on = models.DateField(_("planned for"))
    days = models.PositiveSmallIntegerField(_("working days from acceptance"))
    reached_at = models.DateTimeField(_("reached at"), null=True)
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("note"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar = ["request", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "seq"], name="stations_milestone_once"),
            models.CheckConstraint(
                condition=Q(reached_at=None, reached_by=None)
                | Q(reached_at__isnull=False, reached_by__isnull=False),
                name="stations_milestone_reached_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d} {self.what}"

    def due_at(self, calendar: Calendar) -> datetime:
        """By when it has to be reached, with all that has stopped the clock of the case."""
        case = self.request.case
        pauses = case.pauses.all() if case.pause_count else ()
        limit = Limit(Decimal(self.days), Unit.WORKING_DAY)
        return calendar.due_at(case.clock_from_at or case.opened_at, limit, clock.spans(list(pauses)))


class EventKind(models.TextChoices):
    """The kinds of the ledger contract."""

    STATION_EVENT = "station_event", _("station event")
    SALON = "salon", _("salon")
    BANK_MATCHMAKING = "bank_matchmaking", _("bank and enterprise matchmaking")
    POLICY_TRAINING = "policy_training", _("policy training")
    LIVESTREAM = "livestream", _("livestream")


@pghistory.track()
class ServiceEvent(models.Model):
    """活动: an event that the park held for enterprises, at a station or elsewhere."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind.choices)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("held on"), db_index=True)
    station = models.ForeignKey(
        Station,
        verbose_name=_("station"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_events",
    )
    attendees = models.PositiveIntegerField(_("attendees"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar = ["-held_on", "number"]

    def __str__(self) -> str:
        return self.title
