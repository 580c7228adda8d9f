"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.api import converters


class ApiConfig(AppConfig):
    name = "portal.api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Interface for programs")

    def ready(self) -> None:
        converters.register()
