"""The catalogue and the windows for programs.

The pages of the guide are open to anybody, this is not: like the whole API it asks for a sign-in or a
token, by whose owner requests are counted and limited. Programs have no reading room of their own, and
what is public is on the pages.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import BEFOREHAND, ComprehensiveWindow, Intake, Material, ServiceItem
from portal.api import paging
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked

# What programs are told does not change with the names on the pages.
STAGES = [*BEFOREHAND.items(), (ServiceItem.Stage.OTHER.value, ServiceItem.Stage.OTHER.label)]
# Name of the order → column, descending.
SORTS = {"code": ("code", False), "-code": ("code", True), "name": ("name", False), "-name": ("name", True)}


class ItemListForm(paging.PageForm):
    """What items can be filtered by and in which order they come."""

    q = forms.CharField(label=_("Name, code, department or certificate"), max_length=60, required=False)
    code = forms.CharField(label=_("Code"), max_length=40, required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=[("", ""), *STAGES], required=False)
    window = forms.CharField(label=_("Code of a window"), max_length=40, required=False)
    team = forms.IntegerField(label=_("Team"), min_value=1, max_value=paging.LARGEST_ID, required=False)
    delegated = forms.ChoiceField(
        label=_("Delegated to the park, or not"),
        choices=[("", ""), ("true", _("Delegated items")), ("false", _("Other items"))],
        required=False,
    )
    sort = forms.ChoiceField(label=_("Order"), choices=[("", ""), *((s, s) for s in SORTS)], required=False)


class NamedSerializer(serializers.Serializer[Any]):
    """Something with a code and a name."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)


class ItemRowSerializer(serializers.ModelSerializer[ServiceItem]):
    """An item of the catalogue. Limits are whole days of their unit; null: none, or not said; 0: at once."""

    team = NamedSerializer()

    class Meta:
        model = ServiceItem
        fields = (
            "id", "code", "name", "name_en", "stage", "team", "is_delegated", "mode", "statutory_days",
            "statutory_unit", "promised_days", "promised_unit", "counts_in_total", "certificate",
            "certificate_en", "pledgeable", "is_default",
        )  # fmt: skip


class MaterialSerializer(serializers.ModelSerializer[Material]):
    """A material; `form` is the address of its blank form, null where there is none."""

    form = serializers.SerializerMethodField()

    class Meta:
        model = Material
        fields = (
            "position", "name", "name_en", "is_key", "kind", "copies", "hint", "hint_en", "form",
        )  # fmt: skip

    def get_form(self, material: Material) -> str | None:
        return reverse("approvals:form_download", args=[material.pk]) if material.form else None


class ItemSerializer(ItemRowSerializer):
    """An item with all that the guide says of it."""

    materials = MaterialSerializer(many=True)
    windows = serializers.SerializerMethodField()

    class Meta(ItemRowSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of them than a row has
            *ItemRowSerializer.Meta.fields, "source_authority", "taken_over_on", "legal_basis", "summary",
            "summary_en", "conditions", "conditions_en", "materials", "windows",
        )  # fmt: skip

    @extend_schema_field(NamedSerializer(many=True))
    def get_windows(self, item: ServiceItem) -> Any:
        return NamedSerializer([line.window for line in item.intake.all()], many=True).data


class WindowSerializer(serializers.ModelSerializer[ComprehensiveWindow]):
    """A window. `hours` is empty where the park's service hours hold."""

    class Meta:
        model = ComprehensiveWindow
        fields = ("id", "code", "name", "name_en", "kind", "team_id", "place", "phone", "hours")


class ItemList(ApiView):
    """The items that the park handles."""

    @extend_schema(
        operation_id="service_item_list",
        summary=_("Service items of the catalogue"),
        tags=["approvals"],
        parameters=parameters(ItemListForm),
        responses=page_of(ItemRowSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, ItemListForm)
        order = form.cleaned_data["sort"] or "code"
        column, descending = SORTS[order]
        found = _selected(form).filter(_beyond(form.cursor, order))
        sign = "-" if descending else ""
        rows = list(found.order_by(f"{sign}{column}", f"{sign}id").select_related("team")[: form.size + 1])
        shown, more = rows[: form.size], len(rows) > form.size
        cursor = paging.encode(order, getattr(shown[-1], column), shown[-1].pk) if more else ""
        return paging.page_answer(request, list(ItemRowSerializer(shown, many=True).data), cursor)


def _selected(form: ItemListForm) -> QuerySet[ServiceItem]:
    """The items that the filters leave."""
    given = form.cleaned_data
    found = ServiceItem.objects.on_offer().matching(given["q"])
    for name, place in (
        ("code", "code"),
        ("stage", "stage"),
        ("team", "team"),
        ("window", "intake__window__code"),
    ):
        if given[name]:
            found = found.filter(**{place: given[name]})
    return found.filter(is_delegated=given["delegated"] == "true") if given["delegated"] else found


def _beyond(cursor: list[Any], order: str) -> Q:
    """The rows after a cursor that was made for this order. Raises Problem for any other."""
    mark = paging.text_mark(cursor, order)
    if mark is None:
        return Q()
    (column, descending), (value, pk) = SORTS[order], mark
    way = "lt" if descending else "gt"
    return Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"id__{way}": pk})


class ItemRead(ApiView):
    """One item, with materials and windows."""

    @extend_schema(
        operation_id="service_item_read",
        summary=_("One service item"),
        tags=["approvals"],
        responses=ItemSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        at_work = Intake.objects.filter(window__active=True).select_related("window")
        found = ServiceItem.objects.on_offer().select_related("team")
        item = get_object_or_404(found.prefetch_related("materials", Prefetch("intake", at_work)), pk=pk)
        return Response(ItemSerializer(item).data)


class WindowList(ApiView):
    """The comprehensive windows at work."""

    @extend_schema(
        operation_id="window_list",
        summary=_("Comprehensive windows at work"),
        tags=["approvals"],
        parameters=parameters(paging.PageForm),
        responses=page_of(WindowSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, paging.PageForm)
        found = ComprehensiveWindow.objects.filter(active=True, pk__gt=paging.id_mark(form.cursor) or 0)
        rows = list(found.order_by("pk")[: form.size + 1])
        shown = rows[: form.size]
        cursor = paging.encode(shown[-1].pk) if len(rows) > form.size else ""
        return paging.page_answer(request, list(WindowSerializer(shown, many=True).data), cursor)


urlpatterns = [
    path("service-items/", ItemList.as_view(), name="service_item_list"),
    path("service-items/<id:pk>/", ItemRead.as_view(), name="service_item_read"),
    path("windows/", WindowList.as_view(), name="window_list"),
]
