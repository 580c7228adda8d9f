"""The catalogue: service items with the materials that they need, and the comprehensive windows.

Procedure templates, projects, permits and certificates refer to `ServiceItem`; an item that the park
no longer handles is switched off and stays.
"""

import unicodedata
import uuid
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models.stages import stage_name
from portal.names import local_name
from portal.park.models import Team
from portal.worktime.clock import Limit, Unit
from portal.worktime.explain import limit_text

MOST_WORDS = 6
SEARCHED = ("code", "name", "name_en", "team__name", "team__name_en", "certificate", "certificate_en")
# Dossier, section 0.9: "日" is working days in one law and calendar days in the next.
DAY_UNITS = [(unit.value, unit.label) for unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY)]


def limit_words(days: int | None, unit: str) -> str:
    """A limit of so many days in words; empty where there is none."""
    if days is None:
        return ""
    return limit_text(Limit(Decimal(days), Unit(unit))) if days else gettext("on the spot")


class WindowQuerySet(models.QuerySet["ComprehensiveWindow"]):
    def staffed(self) -> "WindowQuerySet":
        """At work, with a team that somebody can send a case to, which is read along."""
        return self.filter(active=True, team__active=True).select_related("team")


@pghistory.track()
class ComprehensiveWindow(models.Model):
    """综合窗口: a counter that takes in the items of many departments."""

    class Kind(models.TextChoices):
        ENTERPRISE_START = "enterprise_start", _("starting an enterprise")
        PROJECT_ASSISTANCE = "project_assistance", _("assistance for projects")
        POLICY_DELIVERY = "policy_delivery", _("policy payouts")
        OTHER = "other", _("other matters")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="comprehensive_windows",
        limit_choices_to={"kind": Team.Kind.WINDOW},
        help_text=_("Who sits there: a team of the kind “service window”."),
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    hours = models.CharField(
        _("opening hours"),
        max_length=120,
        blank=True,
        help_text=_("Only where they differ from the service hours."),
    )
    active = models.BooleanField(_("active"), default=True)

    objects = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("comprehensive window")
        verbose_name_plural = _("comprehensive windows")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    def on_offer(self) -> "ServiceItemQuerySet":
        """What the park handles now."""
        return self.filter(active=True)

    def matching(self, text: str) -> "ServiceItemQuerySet":
        """Items in whose name, code, department or certificate every word of the text occurs."""
        found = self
        for word in unicodedata.normalize("NFKC", text).split()[:MOST_WORDS]:
            fits = Q()
            for place in SEARCHED:
                fits |= Q(**{f"{place}__icontains": word})
            found = found.filter(fits)
        return found

    def by_stage(self) -> "ServiceItemQuerySet":
        """In the order in which a project meets them."""
        stages = [When(stage=stage, then=Value(n)) for n, stage in enumerate(ServiceItem.Stage.values)]
        return self.order_by(Case(*stages, output_field=models.SmallIntegerField()), "code")


@pghistory.track()
class ServiceItem(models.Model):
    """事项: one kind of matter that the park, or a department in it, handles.

    A limit is in whole days of its unit; empty: none, or nobody has said; 0: at once.
    """

    class Stage(models.TextChoices):
        """The five of the reform, called as the register of stages says, and the rest."""

        NEGOTIATION = "negotiation", stage_name("negotiation")
        LAND = "land", stage_name("land")
        CONSTRUCTION = "construction", stage_name("construction")
        COMPLETION = "completion", stage_name("completion")
        CAPACITY_REVIEW = "capacity_review", stage_name("capacity_review")
        OTHER = "other", _("Other matters")

    class Mode(models.TextChoices):
        """How a power came to the park (dossier, section 1, row 24)."""

        GRANTED = "granted", _("granted to the park")
        ENTRUSTED = "entrusted", _("entrusted")
        DIRECT = "direct", _("direct channel")

    class Pledge(models.TextChoices):
        """What can stand for a missing material (dossier, section 2, "Clock rules")."""

        NONE = "none", _("nothing may be missing")
        LACKING = "lacking", _("accepted with gaps")
        COMMITMENT = "commitment", _("decided on a commitment")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    team = models.ForeignKey(
        Team, verbose_name=_("department in charge"), on_delete=models.PROTECT, related_name="service_items"
    )
    is_delegated = models.BooleanField(_("delegated to the park"), default=False)
    mode = models.CharField(_("way of delegation"), max_length=10, choices=Mode.choices, blank=True)
    source_authority = models.CharField(_("authority that it comes from"), max_length=120, blank=True)
    taken_over_on = models.DateField(_("taken over on"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    statutory_days = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(
        _("unit of the statutory limit"), max_length=2, choices=DAY_UNITS, default=Unit.WORKING_DAY.value
    )
    promised_days = models.PositiveSmallIntegerField(_("promised limit"), null=True, blank=True)
    promised_unit = models.CharField(
        _("unit of the promised limit"), max_length=2, choices=DAY_UNITS, default=Unit.WORKING_DAY.value
    )
    ends_total = models.BooleanField(
        _("the total time of a project is told when it is granted"),
        default=False,
        help_text=_("As a rule the construction permit; for an item in phases, its last one."),
    )
    counts_in_total = models.BooleanField(_("counts in the total time of a project"), default=True)
    certificate = models.CharField(_("certificate"), max_length=120, blank=True)
    certificate_en = models.CharField(_("certificate in English"), max_length=200, blank=True)
    pledgeable = models.CharField(
        _("when something is missing"), max_length=10, choices=Pledge.choices, default=Pledge.NONE
    )
    summary = models.TextField(_("what it is"), max_length=1000, blank=True)
    summary_en = models.TextField(_("what it is, in English"), max_length=2000, blank=True)
    conditions = models.TextField(_("who can apply, and when"), max_length=1000, blank=True)
    conditions_en = models.TextField(_("who can apply, in English"), max_length=2000, blank=True)
    active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(
        _("not confirmed"),
        default=False,
        help_text=_("Filled in beforehand; nobody of the park has confirmed it. The guide says so."),
    )

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_delegated=True) & ~Q(mode="") | Q(is_delegated=False, mode=""),
                name="approvals_delegated_in_a_way",
                violation_error_message=_("A delegated item has a way of delegation, another one has none."),
            ),
            models.CheckConstraint(
                condition=Q(taken_over_on=None) | Q(is_delegated=True),
                name="approvals_taken_over_if_delegated",
                violation_error_message=_("Only what is delegated has been taken over."),
            ),
            # Of unlike units neither is longer for sure: 7 calendar days may be 3 working days or 5.
            models.CheckConstraint(
                condition=Q(promised_days=None)
                | Q(statutory_days=None)
                | ~Q(promised_unit=F("statutory_unit"))
                | Q(promised_days__lte=F("statutory_days")),
                name="approvals_promise_within_the_law",
                violation_error_message=_("The promised limit is longer than the statutory one."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)

    @property
    def certificate_label(self) -> str:
        return local_name(self.certificate, self.certificate_en)

    @property
    def summary_text(self) -> str:
        return local_name(self.summary, self.summary_en)

    @property
    def conditions_text(self) -> str:
        return local_name(self.conditions, self.conditions_en)

    @property
    def statutory_words(self) -> str:
        """The statutory limit in words; empty where there is none."""
        return limit_words(self.statutory_days, self.statutory_unit)

    @property
    def promised_words(self) -> str:
        """The promised limit in words; empty where nothing is promised."""
        return limit_words(self.promised_days, self.promised_unit)


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class Intake(models.Model):
    """A window takes in an item."""

    window = models.ForeignKey(
        ComprehensiveWindow,
        verbose_name=_("comprehensive window"),
        on_delete=models.CASCADE,
        related_name="intake",
    )
    item = models.ForeignKey(
        ServiceItem, verbose_name=_("service item"), on_delete=models.CASCADE, related_name="intake"
    )

    class Meta:
        verbose_name = _("item taken in")
        verbose_name_plural = _("items taken in")
        ordering: ClassVar = ["window__code", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["window", "item"], name="approvals_intake_once")
        ]

    def __str__(self) -> str:
        return f"{self.window_id}: {self.item_id}"


def form_path(material: "Material", filename: str) -> str:
    """Where a blank form lies: by a name of its own, so that nothing of the given one reaches the disk.

    A form that was replaced stays: the history of the register names it.
    """
    mark = uuid.uuid4().hex
    return f"forms/{mark[:2]}/{mark}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Material(models.Model):
    """申请材料: one paper that an item needs, perhaps with a blank form to fill in."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("original")
        COPY = "copy", _("copy")
        ELECTRONIC = "electronic", _("electronic")

    item = models.ForeignKey(ServiceItem, on_delete=models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    is_key = models.BooleanField(
        _("key material"), default=True, help_text=_("Without it the item is not taken in.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ELECTRONIC)
    copies = models.PositiveSmallIntegerField(_("copies"), default=1)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    hint_en = models.CharField(_("hint in English"), max_length=400, blank=True)
    form = models.FileField(_("blank form"), upload_to=form_path, max_length=100, blank=True)
    form_type = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering: ClassVar = ["item", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "position"],
                name="approvals_material_position",
                violation_error_message=_("Another material of the item has this position."),
            ),
            models.CheckConstraint(
                condition=Q(copies__gte=1),
                name="approvals_material_at_least_once",
                violation_error_message=_("At least one copy."),
            ),
            models.CheckConstraint(
                condition=Q(form="", form_type="") | ~Q(form="") & ~Q(form_type=""),
                name="approvals_form_of_a_type",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local_name(self.name, self.name_en)

    @property
    def hint_text(self) -> str:
        return local_name(self.hint, self.hint_en)
