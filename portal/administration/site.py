"""The admin site of registers: people, teams, enterprises, stations. No case content."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty


class RegisterSite(AdminSite):
    """Open to the duty of system administrator; Django's own staff flag means nothing here."""

    site_header = _("Registers")
    site_title = _("Registers")
    index_title = _("People, teams, enterprises")
    site_url = "/administration/"

    def has_permission(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and request.user.is_active and actor.holds(Duty.ADMINISTRATOR)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The portal's own sign-in: Django's second form asks for a flag that nobody here has."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(reverse("admin:index"), reverse("accounts:sign_in"))
