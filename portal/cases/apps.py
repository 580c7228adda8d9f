"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "portal.cases"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from portal.cases import notice_texts, paper_texts, redate

        notice_texts.register_all()
        paper_texts.register_all()
        redate.register()
