"""The catalogue and the windows in the register. What is no longer handled is switched off and stays."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from approvals.forms import MaterialForm, ReformForm
from approvals.models import (
    NAMES,
    ComprehensiveWindow,
    Intake,
    Material,
    Parcel,
    Part,
    Reform,
    ReformCase,
    ReviewRule,
    ServiceItem,
    StageName,
    UtilityRoute,
)
from portal import files
from portal.administration.registers import Administered, Kept, Register


class IntakeInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = Intake
    extra = 0
    verbose_name = _("Window")
    verbose_name_plural = _("Windows")


class MaterialInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = Material
    form = MaterialForm
    extra = 0
    fields = (
        ("position", "is_key", "kind", "copies"),
        ("name", "name_en"),
        ("hint", "hint_en"),
        "form",
    )


class PartInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = Part
    extra = 0


@admin.register(ServiceItem)
class ServiceItemAdmin(Kept):
    list_display = ("code", "name", "stage", "team", "is_delegated", "is_default", "active")
    list_filter = (
        "stage",
        "is_delegated",
        "is_default",
        "active",
        ("team", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("team",)
    search_fields = ("code", "name", "name_en", "certificate")
    actions = ("confirm",)
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    inlines = (MaterialInline, IntakeInline, PartInline)
    fieldsets = (
        (None, {"fields": ("code", "name", "name_en", "stage", "team", "active", "is_default")}),
        (
            _("Delegation"),
            {"fields": ("is_delegated", "mode", "source_authority", "taken_over_on", "legal_basis")},
        ),
        (
            _("Limits"),
            {
                "fields": (
                    "statutory_days",
                    "statutory_unit",
                    "promised_days",
                    "promised_unit",
                    "counts_in_total",
                    "ends_total",
                )
            },
        ),
        (
            _("Guide"),
            {
                "fields": (
                    "certificate",
                    "certificate_en",
                    "pledgeable",
                    "summary",
                    "summary_en",
                    "conditions",
                    "conditions_en",
                )
            },
        ),
    )

    @admin.action(description=_("Confirm: the park stands by these entries"))
    def confirm(self, request: HttpRequest, chosen: QuerySet[ServiceItem]) -> None:
        """What was filled in beforehand is the park's own from now on."""
        done = chosen.filter(is_default=True).update(is_default=False)
        said = ngettext("%(n)s item confirmed.", "%(n)s items confirmed.", done) % {"n": done}
        self.message_user(request, said, messages.SUCCESS)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Forms that were stored for a change that then fails are not left behind."""
        with files.atomic():
            return super().changeform_view(request, *args, **kwargs)


@admin.register(ComprehensiveWindow)
class ComprehensiveWindowAdmin(Kept):
    list_display = ("code", "name", "kind", "team", "place", "taken_in", "active")
    list_filter = ("kind", "active")
    list_select_related = ("team",)
    search_fields = ("code", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ComprehensiveWindow]:
        found: QuerySet[ComprehensiveWindow] = super().get_queryset(request).annotate(n=Count("intake"))
        return found

    @admin.display(description=_("items taken in"))
    def taken_in(self, window: Any) -> int:
        return int(window.n)


@admin.register(UtilityRoute)
class UtilityRouteAdmin(Register):
    list_display = ("kind", "team")
    list_select_related = ("team",)


@admin.register(StageName)
class StageNameAdmin(Kept):
    """The five stages are the park's reform: they are called otherwise here, not made or taken away."""

    list_display = ("name", "name_en", "is_default")
    readonly_fields = ("stage",)
    fields = ("stage", "name", "name_en", "is_default")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: StageName, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        NAMES.forget()


@admin.register(ReviewRule)
class ReviewRuleAdmin(Kept):
    """Rules by which a review has been opened stay as they are: others hold from another day on."""

    list_display = (
        "starts_on",
        "met_percent",
        "mostly_percent",
        "most_days_late",
        "months_after_completion",
        "is_default",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: ReviewRule | None = None) -> Any:
        if obj is None or not obj.reviews.exists():
            return super().get_readonly_fields(request, obj)
        return [field.name for field in obj._meta.fields if field.name not in ("id", "is_default")]


@admin.register(Parcel)
class ParcelAdmin(Kept):
    """What a recovery or a project writes is looked at here, and changed by them."""

    list_display = ("code", "name", "area_mu", "status", "holder", "delivered_on")
    list_filter = ("status",)
    list_select_related = ("holder",)
    search_fields = ("code", "name", "holder__name")
    raw_id_fields = ("holder",)  # thousands: looked up in a window of its own
    formfield_overrides: ClassVar = {models.JSONField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    fieldsets = (
        (None, {"fields": ("code", "name", "area_mu", "status", "holder")}),
        (_("Hand-over"), {"fields": ("planned_delivery_on", "delivered_on")}),
        (_("Recovery"), {"fields": ("recovered_on", "recovery_mode", "recovery_amount")}),
        (_("Project"), {"fields": ("assigned_number",)}),
        (_("Map"), {"fields": (("longitude", "latitude"), "outline")}),
    )


class ReformCaseInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = ReformCase
    extra = 0
    raw_id_fields = ("enterprise",)  # thousands: looked up in a window of its own
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    fields = (
        ("title", "title_en"),
        "text",
        "text_en",
        ("happened_on", "project_number"),
        "enterprise",
    )


@admin.register(Reform)
class ReformAdmin(Register):
    """Nothing refers to a reform: one that was entered by mistake can be deleted, with its cases."""

    form = ReformForm
    list_display = ("code", "name", "started_on", "has_plan", "told", "is_default", "active")
    list_filter = ("active", "is_default")
    search_fields = ("code", "name", "name_en")
    inlines = (ReformCaseInline,)
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reform]:
        found: QuerySet[Reform] = super().get_queryset(request).annotate(n=Count("cases"))
        return found

    @admin.display(description=_("plan"), boolean=True)
    def has_plan(self, reform: Reform) -> bool:
        return reform.has_plan

    @admin.display(description=_("cases of reforms"))
    def told(self, reform: Any) -> int:
        return int(reform.n)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A plan that was stored for a change that then fails is not left behind."""
        with files.atomic():
            return super().changeform_view(request, *args, **kwargs)
