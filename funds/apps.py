"""App configuration."""

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class FundsConfig(DomainConfig):
    name = "funds"
    default = True
    verbose_name = _("Funds")
    url_prefix = "funds/"
