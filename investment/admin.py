"""Envoys, agents, targets, awards, partnerships and the scoring sheet in the admin site."""

from django.contrib import admin

from investment.models import Agent, Award, Criterion, Envoy, Partnership, Target
from portal.administration.registers import Kept, Register


@admin.register(Envoy)
class EnvoyAdmin(Kept):
    list_display = ("number", "name", "kind", "field", "appointed_on", "ends_on")
    list_filter = ("kind",)
    search_fields = ("number", "name", "field")


@admin.register(Agent)
class AgentAdmin(Kept):
    list_display = ("number", "name", "contract_number", "starts_on", "ends_on")
    search_fields = ("number", "name", "contract_number")


@admin.register(Target)
class TargetAdmin(Register):
    list_display = ("year", "quarter", "team", "signed_amount", "projects", "trips", "visits")
    list_filter = ("year", "quarter")
    list_select_related = ("team",)


@admin.register(Award)
class AwardAdmin(Register):
    list_display = ("number", "name", "quarter", "team")
    list_filter = ("quarter",)
    list_select_related = ("team",)


@admin.register(Partnership)
class PartnershipAdmin(Register):
    list_display = ("number", "university", "enterprise", "topic", "signed_on")
    list_filter = ("university",)
    list_select_related = ("enterprise",)
    raw_id_fields = ("enterprise",)  # thousands: looked up in a window of its own
    search_fields = ("number", "university", "topic")


@admin.register(Criterion)
class CriterionAdmin(Kept):
    """The lines in use have to come to 100 points; a panel is convened only then."""

    list_display = ("position", "code", "name", "points", "is_veto", "active")
    list_filter = ("is_veto", "active")
    search_fields = ("code", "name")
