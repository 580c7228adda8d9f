"""Procedures: which items a kind of project goes through, what waits for what, what runs side by side.

A procedure is edited as a draft and published as a version. What is published never changes: a project
that was opened under a version keeps it.
"""

from decimal import Decimal
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.catalogue import ServiceItem
from portal.accounts.models import User
from portal.names import local_name

MOST_DAYS = 999
MOST_PHASES = 3  # dossier, section 2: pit | basement | above ground


def _tracked() -> Any:
    """Who changed what, and when, row by row: what comes, what becomes of it, what goes."""
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


@_tracked()
class Procedure(models.Model):
    """办理流程: one kind of project."""

    class Mode(models.TextChoices):
        """As in the ledger of projects."""

        STANDARD = "standard", _("standard")
        LAND_TO_CONSTRUCTION = "land_to_construction", _("work begins with the land")
        EXPANSION = "expansion", _("expansion")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=Mode.choices)
    phases = models.PositiveSmallIntegerField(
        _("phases of the construction permit"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PHASES)],
    )
    promised_days = models.PositiveSmallIntegerField(
        _("promised for the whole"),
        null=True,
        blank=True,
        help_text=_("Working days; empty: nothing is promised."),
    )
    active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(_("not confirmed"), default=False)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering: ClassVar = ["mode", "phases", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(phases__gte=1, phases__lte=MOST_PHASES), name="approvals_procedure_phases"
            ),
            models.CheckConstraint(
                condition=Q(phases=1) | Q(mode="land_to_construction"),
                name="approvals_phases_of_early_work",
                violation_error_message=_("Only where work begins with the land are there several phases."),
            ),
            models.CheckConstraint(
                condition=Q(promised_days=None) | Q(promised_days__gte=1),
                name="approvals_procedure_promise",
                violation_error_message=_("At least one working day."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)


@_tracked()
class ProcedureVersion(models.Model):
    """One state of a procedure: the draft, or what was published."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    note = models.CharField(_("why it changed"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("last changed at"), null=True)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of a procedure")
        verbose_name_plural = _("versions of procedures")
        ordering: ClassVar = ["procedure", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "number"], name="approvals_version_once"),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(published_at=None), name="approvals_one_draft"
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
        return f"{self.procedure} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


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
                SELECT v.published_at FROM approvals_procedureversion v
                WHERE v.id IN (OLD.version_id, NEW.version_id) ORDER BY v.id FOR SHARE
            LOOP
                IF published IS NOT NULL THEN
                    RAISE EXCEPTION 'a published version of a procedure does not change'
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


@_tracked()
class ProcedureItem(models.Model):
    """One item in a version: in which phase, how long it may take, and for which projects it is needed.

    `days` are working days; empty for what is settled at once (a filing that is complete is filed).
    """

    class Fact(models.TextChoices):
        """What of a project may decide whether an item is needed (dossier, section 2, stage 3)."""

        ALWAYS = "", _("always")
        ENERGY = "energy_tce", _("energy use, tonnes of standard coal a year, from")
        FLOOR_AREA = "floor_area_m2", _("floor area in m², from")
        INVESTMENT = "investment_amount", _("investment in yuan, from")
        SPECIAL_FIRE = "special_fire", _("special works of fire protection")
        BASEMENT = "basement", _("a basement for civil defence")

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="items")
    key = models.SlugField(_("mark in the procedure"), max_length=40)
    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="+")
    phase = models.PositiveSmallIntegerField(
        _("phase"), default=0, help_text=_("0: not in phases."), validators=[MaxValueValidator(MOST_PHASES)]
    )
    days = models.PositiveSmallIntegerField(
        _("working days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    needed_if = models.CharField(_("needed if"), max_length=20, choices=Fact.choices, blank=True)
    at_least = models.DecimalField(_("at least"), max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("item of a procedure")
        verbose_name_plural = _("items of procedures")
        ordering: ClassVar = ["version", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "key"], name="approvals_step_once"),
            models.UniqueConstraint(fields=["version", "item", "phase"], name="approvals_step_item_once"),
            models.UniqueConstraint(fields=["id", "version"], name="approvals_step_version"),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=1, days__lte=MOST_DAYS),
                name="approvals_step_takes_time",
                violation_error_message=_("At least one working day, or empty for what is settled at once."),
            ),
            models.CheckConstraint(condition=Q(phase__lte=MOST_PHASES), name="approvals_step_phase"),
            models.CheckConstraint(
                condition=Q(at_least=None, needed_if__in=["", "special_fire", "basement"])
                | Q(at_least__gt=0, needed_if__in=["energy_tce", "floor_area_m2", "investment_amount"]),
                name="approvals_step_condition",
                violation_error_message=_("A measure has a threshold, anything else has none."),
            ),
        ]
        triggers: ClassVar = [_of_drafts_only("item_of_draft")]

    def __str__(self) -> str:
        return self.key

    @property
    def label(self) -> str:
        """The item as people call it, with its phase where it has several."""
        return f"{self.item.label} ({self.phase})" if self.phase else self.item.label

    def is_needed(self, facts: dict[str, Decimal | bool]) -> bool:
        """Whether a project of these facts needs it; what nobody has said counts as not there."""
        if not self.needed_if:
            return True
        value = facts.get(self.needed_if, False)
        return Decimal(value) >= self.at_least if self.at_least is not None else bool(value)


@_tracked()
class Prerequisite(models.Model):
    """An item of a version waits until another one is granted."""

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="prerequisites")
    item = models.ForeignKey(ProcedureItem, on_delete=models.CASCADE, related_name="awaits")
    awaited = models.ForeignKey(ProcedureItem, on_delete=models.CASCADE, related_name="awaited_by")

    class Meta:
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        ordering: ClassVar = ["version", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "awaited"], name="approvals_prerequisite_once"),
            models.CheckConstraint(
                condition=~Q(item=F("awaited")),
                name="approvals_prerequisite_of_itself",
                violation_error_message=_("An item cannot wait for itself."),
            ),
        ]
        triggers: ClassVar = [_of_drafts_only("prerequisite_of_draft")]

    def __str__(self) -> str:
        return f"{self.item_id} ← {self.awaited_id}"
