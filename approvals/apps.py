"""App configuration."""

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class ApprovalsConfig(DomainConfig):
    name = "approvals"
    default = True
    verbose_name = _("Approvals")
    url_prefix = "approvals/"
