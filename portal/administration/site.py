"""The admin site of registers: people, teams, enterprises, stations. No case content."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest
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
