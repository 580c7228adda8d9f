"""App configuration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class InvestmentConfig(DomainConfig):
    name = "investment"
    default = True
    verbose_name = _("Investment")
    url_prefix = "investment/"
    staff_nav: ClassVar = [(_("Register a lead"), "investment:lead_register")]
