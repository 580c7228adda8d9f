"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "portal.notices"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from portal.notices import own_texts

        own_texts.register_all()
