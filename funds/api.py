"""The library of policies for programs: the same as the pages, for whoever is signed in or has a token."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from funds import matching
from funds.forms.library import Asked
from funds.models import Criterion, Policy, PolicyMaterial, PolicyVersion, Tier
from portal.api import paging
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.worktime.clock import local
from portal.worktime.now import now


class PolicyListForm(paging.PageForm):
    """What policies can be filtered by."""

    q = forms.CharField(label=_("Title, code, summary or document number"), max_length=60, required=False)
    level = forms.ChoiceField(label=_("Level"), choices=[("", ""), *Policy.Level.choices], required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", ""), *Policy.Kind.choices], required=False)
    delivery = forms.ChoiceField(
        label=_("Way of delivery"), choices=[("", ""), *Policy.Delivery.choices], required=False
    )
    industry = forms.CharField(
        label=_("An industry that no condition shuts out"), max_length=60, required=False
    )
    open = forms.ChoiceField(
        label=_("Open now"), choices=[("", ""), ("true", _("taking claims today"))], required=False
    )


class PolicyRowSerializer(serializers.ModelSerializer[PolicyVersion]):
    """A policy as it holds now. Days as YYYY-MM-DD; `closes_on` null: without an end."""

    id = serializers.IntegerField(source="policy_id")
    code = serializers.CharField(source="policy.code")
    title = serializers.CharField(source="policy.title")
    title_en = serializers.CharField(source="policy.title_en", allow_blank=True)
    level = serializers.ChoiceField(source="policy.level", choices=Policy.Level.choices)
    kind = serializers.ChoiceField(source="policy.kind", choices=Policy.Kind.choices)
    delivery = serializers.ChoiceField(source="policy.delivery", choices=Policy.Delivery.choices)
    team = serializers.CharField(source="policy.team.name", allow_null=True, default=None)
    version = serializers.IntegerField(source="number")

    class Meta:
        model = PolicyVersion
        fields = (
            "id", "code", "title", "title_en", "level", "kind", "delivery", "team", "version", "summary",
            "summary_en", "opens_on", "closes_on", "published_at",
        )  # fmt: skip


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    """A condition: all must be met, of those in one group above 0 one."""

    values = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Criterion
        fields = ("position", "group", "fact", "operator", "values", "hint", "hint_en")


class TierSerializer(serializers.ModelSerializer[Tier]):
    """From which base on a share (0.1 is 10 %) or an amount in yuan holds."""

    class Meta:
        model = Tier
        fields = ("from_amount", "rate", "amount")


class PolicyMaterialSerializer(serializers.ModelSerializer[PolicyMaterial]):
    """A paper that a claim needs."""

    class Meta:
        model = PolicyMaterial
        fields = ("position", "name", "name_en", "is_required", "used_once")


class PolicySerializer(PolicyRowSerializer):
    """A policy with all that it says. Amounts in yuan, shares as 0.1 for 10 %."""

    criteria = CriterionSerializer(many=True)
    tiers = TierSerializer(many=True)
    materials = PolicyMaterialSerializer(many=True)
    excludes = serializers.SerializerMethodField()

    class Meta(PolicyRowSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of them than a row has
            *PolicyRowSerializer.Meta.fields, "text", "source", "period", "method", "base", "rate",
            "fixed_amount", "cap_amount", "lifetime_cap_amount", "instalments", "criteria", "tiers",
            "materials", "excludes",
        )  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_excludes(self, version: PolicyVersion) -> list[int]:
        return sorted(version.policy.excludes())


class PolicyList(ApiView):
    """The policies in force."""

    @extend_schema(
        operation_id="policy_list",
        summary=_("Policies in force"),
        tags=["funds"],
        parameters=parameters(PolicyListForm),
        responses=page_of(PolicyRowSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, PolicyListForm)
        found = _narrowed(form).order_by("policy_id")
        mark = paging.id_mark(form.cursor)
        rows = list(found.filter(Q(policy_id__gt=mark) if mark else Q())[: form.size + 1])
        shown, more = rows[: form.size], len(rows) > form.size
        cursor = paging.encode(shown[-1].policy_id) if more else ""
        return paging.page_answer(request, list(PolicyRowSerializer(shown, many=True).data), cursor)


def _narrowed(form: PolicyListForm) -> QuerySet[PolicyVersion]:
    names = ("q", "level", "kind", "delivery", "industry", "open")
    wanted = Asked(**{name: form.cleaned_data[name] for name in names})
    return wanted.narrow(matching.current_versions(), local(now()).date())


class PolicyRead(ApiView):
    """One policy, with conditions, tiers and papers."""

    @extend_schema(
        operation_id="policy_read", summary=_("One policy"), tags=["funds"], responses=PolicySerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        found = matching.current_versions().prefetch_related("criteria", "tiers", "materials")
        version: Any = get_object_or_404(found, policy=pk)
        return Response(PolicySerializer(version).data)


urlpatterns = [
    path("policies/", PolicyList.as_view(), name="policy_list"),
    path("policies/<id:pk>/", PolicyRead.as_view(), name="policy_read"),
]
