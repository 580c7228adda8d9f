"""Stations and category routes in the admin site."""

from django.contrib import admin

from portal.administration.registers import Kept, Register
from stations.models import CategoryRoute, Station


@admin.register(Station)
class StationAdmin(Kept):
    list_display = ("team", "address", "phone", "opens_at", "closes_at")


@admin.register(CategoryRoute)
class CategoryRouteAdmin(Register):
    list_display = ("category", "team")
