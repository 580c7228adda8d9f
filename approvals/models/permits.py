"""Permits: one item of a project, or one of its phases, from filing to the certificate."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.catalogue import Material, ServiceItem
from approvals.models.procedures import ProcedureItem
from approvals.models.projects import Project
from portal.cases.models import Case, Document


class PermitQuerySet(models.QuerySet["Permit"]):
    def in_force(self) -> PermitQuerySet:
        """Granted, and not taken back."""
        return self.filter(decision=Permit.Decision.GRANTED, revoked_at=None)


class Permit(models.Model):
    """审批办件: a child case of its project, under the number <project>/<item>/<sequence>."""

    class Decision(models.TextChoices):
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="permit")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="permits")
    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="permits")
    # Where it stands in the project's procedure; empty for what came in by ledger.
    place = models.ForeignKey(ProcedureItem, null=True, on_delete=models.PROTECT, related_name="permits")
    sequence = models.PositiveSmallIntegerField(_("sequence"))
    phase_label = models.CharField(_("phase or part"), max_length=80, blank=True)
    by_commitment = models.BooleanField(_("on a commitment"), default=False)
    deemed_accepted = models.BooleanField(_("accepted by lapse of time"), default=False)
    # The days of the clock: the day of acceptance does not count, the day of the decision does.
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    opinion = models.TextField(_("opinion of the review"), max_length=2000, blank=True)
    grounds = models.TextField(_("grounds of the decision"), max_length=2000, blank=True)
    remedies = models.TextField(_("how to appeal"), max_length=1000, blank=True)
    certificate_token = models.UUIDField(null=True, unique=True)  # of the public page that verifies it
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_why = models.CharField(_("why it was revoked"), max_length=500, blank=True)
    # Once decided: its net working days, as the database counts them; empty until they are counted.
    held_days = models.PositiveIntegerField(null=True, editable=False)

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "item", "sequence"], name="approvals_permit_once"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="approvals_permit_sequence"),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(accepted_at__isnull=False, decided_at__gte=F("accepted_at")),
                name="approvals_decided_after_acceptance",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="") | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="approvals_decided_in_a_way",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(decided_at__isnull=False, revoked_at__gte=F("decided_at")),
                name="approvals_revoked_after_decision",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["item", "decided_at"], name="approvals_permit_decided"),
            models.Index(fields=["decided_at"], name="approvals_permit_decided_at"),
            models.Index(
                fields=["case"],
                condition=Q(held_days=None, decided_at__isnull=False),
                name="approvals_permit_to_count",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def is_in_force(self) -> bool:
        """Granted, and not taken back."""
        return self.decision == self.Decision.GRANTED and self.revoked_at is None


class PermitPaper(models.Model):
    """One material of a permit: the paper that was given, or the day by which it is pledged (容缺)."""

    permit = models.ForeignKey(Permit, on_delete=models.CASCADE, related_name="papers")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    pledged_on = models.DateField(_("pledged for"), null=True)

    class Meta:
        verbose_name = _("material of a permit")
        verbose_name_plural = _("materials of permits")
        ordering: ClassVar = ["permit", "material__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["permit", "material"], name="approvals_permit_material_once"),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | Q(pledged_on__isnull=False),
                name="approvals_paper_given_or_pledged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permit_id}: {self.material}"


class Pledge(models.Model):
    """容缺, 告知承诺: what was promised and is looked at later; a case with a clock of its own."""

    class Kind(models.TextChoices):
        PAPER = "paper", _("a paper that was pledged")
        COMMITMENT = "commitment", _("a commitment that is checked")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="pledge")
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="pledges")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    paper = models.OneToOneField(PermitPaper, null=True, on_delete=models.PROTECT, related_name="pledge")
    due_on = models.DateField(_("promised for"))
    finding = models.TextField(_("finding"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="paper", paper__isnull=False) | Q(kind="commitment", paper=None),
                name="approvals_pledge_of_a_paper",
            )
        ]

    def __str__(self) -> str:
        return str(self.case)


class Part(models.Model):
    """Who else answers for a part of an item (联合验收): asked by itself when it is accepted."""

    item = models.ForeignKey(ServiceItem, on_delete=models.CASCADE, related_name="parts")
    team = models.ForeignKey("park.Team", on_delete=models.PROTECT, related_name="+")
    ask = models.CharField(_("what is asked"), max_length=300)

    class Meta:
        verbose_name = _("part of another department")
        verbose_name_plural = _("parts of other departments")
        ordering: ClassVar = ["item", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "team", "ask"], name="approvals_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.ask}"
