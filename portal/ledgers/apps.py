"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    name = "portal.ledgers"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Ledgers")
