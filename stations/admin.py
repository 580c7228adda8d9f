"""Stations and category routes in the admin site."""

from django.contrib import admin

from portal.administration.registers import Administered, Kept
from stations.models import CategoryRoute, Station


@admin.register(Station)
class StationAdmin(Kept, admin.ModelAdmin):  # type: ignore[type-arg]  # no runtime generics
    list_display = ("team", "address", "phone", "opens_at", "closes_at")


@admin.register(CategoryRoute)
class CategoryRouteAdmin(Administered, admin.ModelAdmin):  # type: ignore[type-arg]  # no runtime generics
    list_display = ("category", "team")
