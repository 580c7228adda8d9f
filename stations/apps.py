"""App configuration."""

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class StationsConfig(DomainConfig):
    name = "stations"
    verbose_name = _("Stations")
    url_prefix = "stations/"
