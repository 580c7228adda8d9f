"""App configuration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class StationsConfig(DomainConfig):
    name = "stations"
    default = True
    verbose_name = _("Stations")
    url_prefix = "stations/"
    enterprise_nav: ClassVar = [(_("Stations"), "stations:station_list")]
    staff_nav: ClassVar = [(_("Stations"), "stations:station_list")]
