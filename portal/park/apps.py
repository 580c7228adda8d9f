"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from pghistory import runtime

# Statements that change no register: those that the engine has planned (`portal.prepared`), and marks
# inside a transaction. They go without the name of the person, which else comes before every statement.
OF_NO_REGISTER = ("execute ", "savepoint ", "release ")


class ParkConfig(AppConfig):
    name = "portal.park"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Park")

    def ready(self) -> None:
        runtime.IGNORED_SQL_PREFIXES += OF_NO_REGISTER
