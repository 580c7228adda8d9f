"""What the admin site keeps."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty, DutyGrant, User
from portal.administration.register_versions import Versioned
from portal.park import offices
from portal.park.models import Agency, Enterprise, Membership, Office, Team


class Administered:
    """Every administrator may see and change these."""

    def _may(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and actor.holds(Duty.ADMINISTRATOR)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


class DutyInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = DutyGrant
    extra = 0


class MembershipInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = Membership
    extra = 0


class AgencyInline(Administered, admin.StackedInline):  # type: ignore[type-arg]  # no runtime generics
    model = Agency
    fk_name = "user"
    extra = 0
    readonly_fields = ("granted_by", "granted_at")
    raw_id_fields = ("enterprise",)  # thousands: looked up in a window of its own


class Register(Administered, Versioned):
    """A register: administrators change it, and none unseen what another has changed."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a row is known by stays: saved under another one it would be a second row."""
        found, key = super().get_readonly_fields(request, obj), self.opts.pk
        return found if obj is None or key.auto_created else (*found, key.name)


class Kept(Register):
    """What cases refer to is switched off, not deleted: asking for it would list those cases, and
    administrators read no case content."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PeopleAdmin(Kept, UserAdmin):  # type: ignore[type-arg]  # no runtime generics
    list_display = ("username", "display_name", "is_active", "last_login")
    list_filter = ("is_active", "duty_grants__duty")
    search_fields = ("username", "display_name", "phone")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "display_name_en", "email", "phone", "language")}),
        (_("Account"), {"fields": ("is_active", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login",)
    inlines = (DutyInline, MembershipInline, AgencyInline)


@admin.register(Team)
class TeamAdmin(Kept):
    list_display = ("code", "name", "kind", "leader", "active")
    list_filter = ("kind", "active")
    search_fields = ("code", "name")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only people with the duty of a park leader can be in charge of a team."""
        if db_field.name == "leader":
            kwargs["queryset"] = User.objects.filter(duty_grants__duty=Duty.LEADER, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Office)
class OfficeAdmin(Register):
    """Without a row the team of the usual code is the office."""

    list_display = ("role", "team")
    list_select_related = ("team",)

    def save_model(self, request: HttpRequest, obj: Office, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        offices.OFFICES.forget()

    def delete_model(self, request: HttpRequest, obj: Office) -> None:
        super().delete_model(request, obj)
        offices.OFFICES.forget()


@admin.register(Enterprise)
class EnterpriseAdmin(Kept):
    list_display = ("uscc", "name", "industry", "size", "settled_on")
    list_filter = ("size", "is_high_tech")
    search_fields = ("uscc", "name")
    show_full_result_count = False
