"""The record of a case: the timeline that nobody can change, the talk, the rating."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case


class Event(models.Model):
    """One line of the timeline. Append-only; each row carries the hash of the row before it.

    No business rule reads this table. `manage.py verify_events` proves the chains.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    verb = models.CharField(_("what happened"), max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(_("moment"))
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    # The transaction that wrote it: ids are given out before others commit, so that only this says
    # what a reader of the feed cannot have missed (portal.cases.api.feed).
    xact = models.BigIntegerField(db_default=Func(function="txid_current"), editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar = ["case", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "seq"], name="cases_event_once")]
        indexes: ClassVar = [
            models.Index(fields=["xact", "id"], name="cases_event_feed"),
            # The audit search: newest first, of all, of one person, of one verb.
            models.Index(fields=["-at", "-id"], name="cases_event_at"),
            models.Index(
                fields=["actor", "-at", "-id"], condition=Q(actor__isnull=False), name="cases_event_actor"
            ),
            models.Index(fields=["verb", "-at", "-id"], name="cases_event_verb"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                # The test database is emptied between tests; it says so in its connection options.
                func=(
                    "IF current_setting('portal.test_database', true) IS DISTINCT FROM 'on' THEN"
                    " RAISE EXCEPTION 'cases_event is append-only'; END IF; RETURN NULL;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.verb}"


class Signature(models.Model):
    """Four eyes: who stood on which side of a rule that wants two people.

    A rule is named after the transition it guards; whoever did what came before stands on the first
    side, whoever does the guarded thing on the second. The database lets nobody stand on both: who
    once stood on the first side never comes to the second; who stood on the second may be on the
    first in a later round (the guarded thing ends a round).
    """

    class Side(models.IntegerChoices):
        FIRST = 1
        SECOND = 2

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signatures")
    rule = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.SmallIntegerField(choices=Side.choices)
    rounds = IntegerRangeField()  # from its round on, or (second side) that round alone
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "rule", "user", "side", "rounds"], name="cases_signature_once"
            ),
            ExclusionConstraint(
                name="cases_four_eyes",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    ("rule", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    ("rounds", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rule}: {self.user_id} ({self.side})"


class AuditExport(models.Model):
    """Who took what out of the record, when: an export of the audit search. Append-only."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("moment"))
    filters = models.JSONField(_("filters"), default=dict)
    form = models.CharField(_("form"), max_length=4)
    rows = models.PositiveIntegerField(_("rows"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("export of the record")
        verbose_name_plural = _("exports of the record")
        ordering: ClassVar = ["-at", "-id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="export_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.at:%Y-%m-%d} {self.rows}"


class Comment(models.Model):
    """A line of talk: internal (staff only), or between the enterprise and the staff."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("text"), max_length=4000)
    internal = models.BooleanField(_("internal"), default=False)
    from_enterprise = models.BooleanField(default=False)
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="cases_talk")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(internal=True, from_enterprise=True), name="cases_comment_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.body[:40]}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def counted(self) -> "RatingQuerySet":
        """Those that figures and ledgers count: all but what a review has set aside."""
        return self.filter(set_aside_at=None)


class Rating(models.Model):
    """好差评: one case, one rating, five levels; the two low ones open a follow-up case.

    A mistaken or malicious one is set aside by a review: it stays on record with the reason and
    counts nowhere.
    """

    class Level(models.IntegerChoices):
        VERY_SATISFIED = 5, _("very satisfied")
        SATISFIED = 4, _("satisfied")
        FAIRLY_SATISFIED = 3, _("fairly satisfied")
        DISSATISFIED = 2, _("dissatisfied")
        VERY_DISSATISFIED = 1, _("very dissatisfied")

    BAD_UP_TO = 2

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="rating", primary_key=True)
    level = models.PositiveSmallIntegerField(
        _("level"), choices=Level.choices, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rated_at = models.DateTimeField(_("rated at"))
    set_aside_at = models.DateTimeField(_("not counted since"), null=True)
    set_aside_why = models.CharField(_("not counted because"), max_length=500, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="cases_rating_range"),
            models.CheckConstraint(
                condition=Q(set_aside_at=None, set_aside_why="")
                | (Q(set_aside_at__isnull=False) & ~Q(set_aside_why="")),
                name="cases_rating_set_aside_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_level_display())

    @property
    def is_bad(self) -> bool:
        return self.level <= self.BAD_UP_TO

    @property
    def counts(self) -> bool:
        return self.set_aside_at is None
