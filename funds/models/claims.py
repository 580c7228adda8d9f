"""Claims: what an enterprise asks for under a policy, on what ground, what becomes of it. Money in yuan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds.models.budgets import Budget, money
from funds.models.policies import Policy, PolicyMaterial, PolicyVersion, tracked
from portal.accounts.models import User
from portal.cases.models import Case, Document
from portal.park.models import Enterprise


@tracked()
class BankAccount(models.Model):
    """对公账户 of an enterprise. The number is shown in full to whoever pays, and each reading is noted."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(_("account holder"), max_length=120)
    bank = models.CharField(_("bank and branch"), max_length=120)
    number = models.CharField(_("account number"), max_length=34)
    confirmed_by = models.ForeignKey(
        User, verbose_name=_("confirmed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(active=True), name="funds_one_account_in_use"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{8,34}$"),
                name="funds_account_number",
                violation_error_message=_("8 to 34 digits, nothing else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.masked}"

    @property
    def masked(self) -> str:
        """The number as everybody sees it: its last four digits."""
        return f"**** {self.number[-4:]}"


# The enterprise is locked: of two that exclude one another and come at once, one waits and sees the other.
_NO_EXCLUDED_POLICY = """
    PERFORM 1 FROM park_enterprise e WHERE e.id = NEW.enterprise_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM funds_claim c JOIN funds_exclusion x
            ON (x.policy_id, x.other_id) IN ((c.policy_id, NEW.policy_id), (NEW.policy_id, c.policy_id))
        WHERE c.enterprise_id = NEW.enterprise_id AND c.live AND c.case_id <> NEW.case_id
            AND c.period && NEW.period
    ) THEN
        RAISE EXCEPTION 'the enterprise has a claim that excludes this one'
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'funds_excluded_policy';
    END IF;
    RETURN NEW;
"""


class Claim(models.Model):
    """奖补申报: a case. The amount is reckoned by the version of the policy, and stays explained for ever."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="claim")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="claims")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="claims")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="claims")
    budget = models.ForeignKey(Budget, null=True, on_delete=models.PROTECT, related_name="claims")
    period = DateRangeField(_("period"))
    base_amount = money(_("base (yuan)"), null=True)
    claimed_amount = money(_("claimed (yuan)"))
    calculated_amount = money(_("reckoned (yuan)"), null=True)
    calculation = models.JSONField(default=list)  # lines: what was done, with what, what came out
    calculated_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed at"), null=True)
    bank_account = models.ForeignKey(BankAccount, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_on = models.DateField(_("submitted on"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(_("approved on"), null=True)
    minutes_number = models.CharField(_("minutes of the meeting, number"), max_length=60, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    opinion = models.TextField(_("opinion"), max_length=2000, blank=True)
    refusal = models.CharField(_("ground of the refusal"), max_length=20, blank=True)
    reasons = models.TextField(_("grounds of the decision"), max_length=2000, blank=True)
    remedies = models.TextField(_("how to appeal"), max_length=1000, blank=True)
    waits_since = models.DateTimeField(_("waits for the budget since"), null=True)
    public_from = models.DateField(_("public from"), null=True)
    public_until = models.DateField(_("public until"), null=True)
    live = models.BooleanField(default=True)  # neither refused nor withdrawn: what it stands on is taken
    use_of_funds = models.TextField(_("use of the money"), max_length=2000, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("noun", "claim")
        verbose_name_plural = pgettext_lazy("noun", "claims")
        indexes: ClassVar = [
            models.Index(fields=["policy", "approved_on"], name="funds_claim_policy"),
            models.Index(
                fields=["budget", "waits_since", "case"],
                condition=Q(waits_since__isnull=False),
                name="funds_claim_waits",
            ),
            models.Index(
                fields=["public_from"], condition=Q(public_from__isnull=False), name="funds_claim_public"
            ),
        ]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="funds_period_once",
                expressions=[
                    ("enterprise", RangeOperators.EQUAL),
                    ("policy", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
                violation_error_message=_("The enterprise has a claim for this period already."),
            ),
            models.CheckConstraint(condition=Q(claimed_amount__gt=0), name="funds_claimed_something"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | Q(accepted_by=None) | ~Q(reviewed_by=F("accepted_by")),
                name="funds_reviewer_not_acceptor",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (Q(accepted_by=None) | ~Q(approved_by=F("accepted_by")))
                & (Q(reviewed_by=None) | ~Q(approved_by=F("reviewed_by"))),
                name="funds_approver_is_another",
            ),
            models.CheckConstraint(
                condition=Q(public_from=None, public_until=None) | Q(public_until__gte=F("public_from")),
                name="funds_public_in_order",
            ),
        ]

        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="no_excluded_policy",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.live"),
                func=_NO_EXCLUDED_POLICY,
            )
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def last_day(self) -> date | None:
        """The last day of what it is for; None: without an end."""
        return self.period.upper - timedelta(days=1) if self.period.upper else None

    @property
    def numbered_grounds(self) -> models.QuerySet[Ground]:
        """What it stands on and has a number: not its papers, which are known by their bytes."""
        return self.grounds.exclude(kind=Ground.Kind.DOCUMENT)

    @property
    def place_in_line(self) -> int:
        """Which one it is among those that wait for the same budget."""
        before = Q(waits_since__lt=self.waits_since) | Q(waits_since=self.waits_since, pk__lt=self.pk)
        return Claim.objects.filter(before, budget=self.budget_id).count() + 1


class ClaimPaper(models.Model):
    """One material of a claim: the paper of the archive that was given."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="papers")
    material = models.ForeignKey(PolicyMaterial, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=64, blank=True, editable=False)  # of its bytes as they were sent

    class Meta:
        verbose_name = _("material of a claim")
        verbose_name_plural = _("materials of claims")
        ordering: ClassVar = ["claim", "material__position"]
        indexes: ClassVar = [models.Index(fields=["mark"], name="funds_claimpaper_mark")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "material"], name="funds_claim_material_once")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.material}"


def marks_of(document: Document) -> list[str]:
    """What a paper is known by, whoever sends it again: its bytes as sent, and as they are kept."""
    return list(dict.fromkeys(m.upper() for m in (document.sent_sha256, document.sha256) if m))


class Ground(models.Model):
    """What a claim stands on: an invoice, a piece of equipment, a project. Each is paid for once in the park,
    whatever the policy and its level (dossier, section 3, step 5)."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        EQUIPMENT = "equipment", _("equipment")
        PROJECT = "project", _("project")
        DOCUMENT = "document", _("document")  # by the hash of its bytes

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="grounds")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    mark = models.CharField(_("number"), max_length=80)  # upper case, without blanks
    amount = money(_("amount (yuan)"), null=True)
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("ground of a claim")
        verbose_name_plural = _("grounds of claims")
        ordering: ClassVar = ["claim", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "mark"],
                condition=Q(live=True),
                name="funds_ground_once",
                violation_error_message=_("This has been claimed for already."),
            ),
            models.CheckConstraint(condition=~Q(mark=""), name="funds_ground_mark"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="funds_ground_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark}"


@tracked()
class Bar(models.Model):
    """Why an enterprise gets nothing for a time: a false claim, tax arrears, a safety or environmental fine.

    失信, 欠税, 环保, 安全; dossier, section 3, steps 5 and 13.
    """

    class Kind(models.TextChoices):
        DISHONEST = "dishonest", _("on the list of dishonest debtors")
        TAX_ARREARS = "tax_arrears", _("tax arrears")
        ENVIRONMENT = "environment", _("environmental penalty")
        SAFETY = "safety", _("safety penalty")
        FALSE_CLAIM = "false_claim", _("false claim")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="bars")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    since_on = models.DateField(_("since"))
    until_on = models.DateField(_("until"), null=True, blank=True)  # the last day on which it holds
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("bar to payments")
        verbose_name_plural = _("bars to payments")
        ordering: ClassVar = ["enterprise", "-since_on"]
        indexes: ClassVar = [models.Index(fields=["enterprise", "until_on"], name="funds_bar_enterprise")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("since_on")), name="funds_bar_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.get_kind_display()}"


class Objection(models.Model):
    """What somebody says against a public line: it holds this line only (dossier, section 3, step 8)."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="objections")
    name = models.CharField(_("name"), max_length=80)
    contact = models.CharField(_("phone or mail"), max_length=120)
    text = models.TextField(_("objection"), max_length=2000)
    made_at = models.DateTimeField(_("made at"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    upheld = models.BooleanField(_("upheld"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("objection to a claim")
        verbose_name_plural = _("objections to claims")
        ordering: ClassVar = ["claim", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(upheld=None, answered_at=None, answer="")
                | Q(upheld__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="funds_objection_answered_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.made_at:%Y-%m-%d}"


class TaxRelief(models.Model):
    """减、退、抵税: a statistic of what the tax office has left to an enterprise; never a payout."""

    class Kind(models.TextChoices):
        REDUCTION = "reduction", _("reduction")
        REFUND = "refund", _("refund")
        CREDIT = "credit", _("credit")

    number = models.CharField(_("number"), max_length=40, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="tax_reliefs")
    month = models.DateField(_("month"))  # its first day
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = money(_("amount (yuan)"))

    class Meta:
        verbose_name = _("tax relief")
        verbose_name_plural = _("tax reliefs")
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [models.Index(fields=["month"], name="funds_relief_month")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_relief_amount"),
            models.CheckConstraint(condition=Q(month__day=1), name="funds_relief_month_first"),
        ]

    def __str__(self) -> str:
        return self.number
