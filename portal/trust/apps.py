"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrustConfig(AppConfig):
    name = "portal.trust"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Agents and contact details")

    def ready(self) -> None:
        from portal.trust import notice_texts

        notice_texts.register_all()
