"""Policies for enterprises (惠企政策): words, conditions that a machine can read, how an amount is reckoned.

A policy is edited as a draft and published as a version by somebody else; what is published never changes,
and a claim keeps the version under which it was filed. Source: dossier, section 3, steps 1 and 2.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import User
from portal.names import local_name
from portal.park.models import Team


def tracked() -> Any:
    """Who changed what, and when, row by row."""
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


def _amount(label: object, **options: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(label, max_digits=16, decimal_places=2, **options)  # type: ignore[arg-type]


@tracked()
class Policy(models.Model):
    """惠企政策: what does not change from version to version."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("national")
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        PARK = "park", _("park")

    class Kind(models.TextChoices):
        REWARD = "reward", _("reward")
        SUBSIDY = "subsidy", _("subsidy")
        INTEREST_DISCOUNT = "interest_discount", _("interest discount")
        OTHER = "other", _("other")

    class Delivery(models.TextChoices):
        """Dossier, section 3, "Delivery modes"."""

        AUTOMATIC = "automatic", _("without application")
        IMMEDIATE = "immediate", _("paid as soon as applied for")
        PLEDGED = "pledged", _("on a pledge, checked later")
        REVIEWED = "reviewed", _("after an expert review")

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=240, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    delivery = models.CharField(
        _("way of delivery"), max_length=10, choices=Delivery.choices, default=Delivery.REVIEWED
    )
    team = models.ForeignKey(
        Team,
        verbose_name=_("policy department"),
        null=True,
        on_delete=models.PROTECT,
        related_name="policies",
    )
    budget = models.ForeignKey(
        "funds.Budget",
        verbose_name=_("budget"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="policies",
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The title in the reader's language."""
        return local_name(self.title, self.title_en)

    def excludes(self) -> set[int]:
        """The policies that an enterprise cannot have beside this one, for the same period."""
        pairs = Exclusion.objects.filter(Q(policy=self.pk) | Q(other=self.pk)).values_list("policy", "other")
        return {pk for pair in pairs for pk in pair} - {self.pk}

    def version_on(self, day: date) -> PolicyVersion | None:
        """What is published and rules on a day: the latest whose window has opened, or the first to come."""
        published = self.versions.filter(published_at__isnull=False)
        opened = published.filter(opens_on__lte=day).order_by("-number").first()
        return opened or published.order_by("number").first()


@tracked()
class PolicyVersion(models.Model):
    """One state of a policy: the draft, or what was published. Money in yuan, shares as 0.15 for 15 %."""

    class Method(models.TextChoices):
        FIXED = "fixed", _("a fixed amount")
        RATE = "rate", _("a share of the base")
        TIERS = "tiers", _("shares by tiers: each applies to what lies in it")
        STEPS = "steps", _("an amount by the step that is reached")
        DECIDED = "decided", _("as decided case by case")

    class Period(models.TextChoices):
        """What one claim is for; two of the same policy and enterprise never overlap."""

        ONCE = "once", _("once and for all")
        YEAR = "year", _("a calendar year")
        SPAN = "span", _("a span of days that is stated")

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    summary = models.TextField(_("in plain words"), max_length=2000, blank=True)
    summary_en = models.TextField(_("in plain words, in English"), max_length=3000, blank=True)
    text = models.TextField(_("text of the policy"), max_length=20_000, blank=True)
    source = models.CharField(_("issued by and document number"), max_length=200, blank=True)
    opens_on = models.DateField(_("applications from"))
    closes_on = models.DateField(_("applications until"), null=True, blank=True)
    method = models.CharField(_("way of reckoning"), max_length=10, choices=Method.choices)
    base = models.CharField(
        _("base"), max_length=40, blank=True
    )  # a fact of `funds.matching.facts`, or `claimed`
    rate = models.DecimalField(_("share"), max_digits=9, decimal_places=6, null=True, blank=True)
    fixed_amount = _amount(_("fixed amount (yuan)"), null=True, blank=True)
    cap_amount = _amount(_("cap of one claim (yuan)"), null=True, blank=True)
    lifetime_cap_amount = _amount(_("cap of all claims of an enterprise (yuan)"), null=True, blank=True)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices, default=Period.YEAR)
    instalments = models.PositiveSmallIntegerField(
        _("instalments"), default=1, validators=[MinValueValidator(1)]
    )
    # What the policy itself will say from the day on which this version is published.
    delivery = models.CharField(
        _("way of delivery"), max_length=10, choices=Policy.Delivery.choices, blank=True
    )
    budget = models.ForeignKey(
        "funds.Budget",
        verbose_name=_("budget"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    excluded = ArrayField(
        models.BigIntegerField(), verbose_name=_("not together with"), default=list, blank=True
    )
    # It came by ledger, which tells no conditions: they stand in its text, and whom it fits is not known.
    is_unwritten = models.BooleanField(default=False, editable=False)
    note = models.CharField(_("why it changed"), max_length=300, blank=True)
    # Everybody who has written in it: none of them publishes it.
    writers = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("last changed at"), null=True)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        ordering: ClassVar = ["policy", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="funds_version_once"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(published_at=None), name="funds_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="funds_window_in_order",
                violation_error_message=_("It cannot close before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(method="fixed", fixed_amount__gt=0, base="", rate=None)
                | Q(method="rate", fixed_amount=None, rate__gt=0, rate__lte=1) & ~Q(base="")
                | Q(method__in=["tiers", "steps"], fixed_amount=None, rate=None) & ~Q(base="")
                | Q(method="decided", fixed_amount=None, rate=None, base="claimed"),
                name="funds_method_whole",
                violation_error_message=_(
                    "A fixed amount, or a base with a share above 0 and up to 100 %, or a base with tiers."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(cap_amount=None) | Q(cap_amount__gt=0))
                & (Q(lifetime_cap_amount=None) | Q(lifetime_cap_amount__gt=0)),
                name="funds_cap_above_zero",
                violation_error_message=_("A cap is above 0, or there is none."),
            ),
            models.CheckConstraint(
                condition=Q(instalments__gte=1, instalments__lte=12), name="funds_version_instalments"
            ),
            models.CheckConstraint(
                condition=Q(published_by=None)
                | (Q(changed_by=None) | ~Q(published_by=F("changed_by")))
                & (Q(made_by=None) | ~Q(published_by=F("made_by"))),
                name="funds_version_four_eyes",
                violation_error_message=_("Whoever wrote it does not publish it."),
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(writers__contains=[F("published_by")]),
                name="funds_version_not_by_writers",
                violation_error_message=_("Whoever wrote it does not publish it."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def plain(self) -> str:
        """The summary in the reader's language."""
        return local_name(self.summary, self.summary_en)


def _of_drafts_only(name: str) -> pgtrigger.Trigger:
    """Rows of a published version are not added, changed or taken away."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("published", "timestamptz")],
        # Locked: whoever publishes at this moment is waited for, and then seen.
        func="""
            FOR published IN
                SELECT v.published_at FROM funds_policyversion v
                WHERE v.id IN (OLD.version_id, NEW.version_id) ORDER BY v.id FOR SHARE
            LOOP
                IF published IS NOT NULL THEN
                    RAISE EXCEPTION 'a published version of a policy does not change'
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


@tracked()
class Criterion(models.Model):
    """A condition over the facts of an enterprise. All must be met; of those in one group, one.

    `values`: what the fact is compared with, as JSON: texts, numbers as texts, days as YYYY-MM-DD.
    """

    class Operator(models.TextChoices):
        IS = "is", _("is")
        IN = "in", _("is one of")
        NOT_IN = "not_in", _("is none of")
        AT_LEAST = "at_least", pgettext_lazy("a comparison", "at least")
        AT_MOST = "at_most", _("at most")
        SINCE = "since", _("on or after")
        BEFORE = "before", _("before")
        HAS_ANY = "has_any", _("has one of")
        HAS_NONE = "has_none", _("has none of")

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(_("position"))
    group = models.PositiveSmallIntegerField(
        _("alternative group"), default=0, help_text=_("0: must be met by itself.")
    )
    fact = models.CharField(_("fact"), max_length=40)
    operator = models.CharField(_("comparison"), max_length=10, choices=Operator.choices)
    values = models.JSONField(_("values"), default=list)
    hint = models.CharField(_("what to do if it is not met"), max_length=300, blank=True)
    hint_en = models.CharField(_("the same in English"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("condition of a policy")
        verbose_name_plural = _("conditions of policies")
        ordering: ClassVar = ["version", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="funds_criterion_position")
        ]
        triggers: ClassVar = [_of_drafts_only("criterion_of_draft")]

    def __str__(self) -> str:
        return f"{self.fact} {self.operator}"


@tracked()
class Tier(models.Model):
    """From which base on which share applies to what lies above it, or which amount is reached."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="tiers")
    from_amount = _amount(_("from (base)"))
    rate = models.DecimalField(_("share"), max_digits=9, decimal_places=6, null=True, blank=True)
    amount = _amount(_("amount (yuan)"), null=True, blank=True)

    class Meta:
        verbose_name = _("tier of a policy")
        verbose_name_plural = _("tiers of policies")
        ordering: ClassVar = ["version", "from_amount"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "from_amount"], name="funds_tier_once"),
            models.CheckConstraint(
                condition=Q(from_amount__gte=0)
                & (Q(rate__gte=0, rate__lte=1, amount=None) | Q(rate=None, amount__gte=0)),
                name="funds_tier_whole",
                violation_error_message=_("A tier has either a share of 0 to 100 % or an amount."),
            ),
        ]
        triggers: ClassVar = [_of_drafts_only("tier_of_draft")]

    def __str__(self) -> str:
        return f"{self.from_amount}"


@tracked()
class PolicyMaterial(models.Model):
    """A paper that a claim needs."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    # 不重复享受 (dossier, section 3, step 5): an invoice proves one expense, a licence serves many.
    used_once = models.BooleanField(_("evidence: serves one claim only"), default=False)

    class Meta:
        verbose_name = _("material of a policy")
        verbose_name_plural = _("materials of policies")
        ordering: ClassVar = ["version", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="funds_material_position")
        ]
        triggers: ClassVar = [_of_drafts_only("material_of_draft")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)


@tracked()
class Exclusion(models.Model):
    """Two policies of which an enterprise has only one for the same period (不重复享受)."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="exclusions")
    other = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="excluded_by")

    class Meta:
        verbose_name = _("policies that exclude one another")
        verbose_name_plural = _("policies that exclude one another")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "other"], name="funds_exclusion_once"),
            models.CheckConstraint(
                condition=Q(policy__lt=F("other")),
                name="funds_exclusion_ordered",
                violation_error_message=_("A pair stands once, the smaller number first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} / {self.other}"


def rate_words(rate: Decimal) -> str:
    """A share in percent: 15 %, 1.5 %."""
    return f"{(rate * 100).normalize():f} %"
