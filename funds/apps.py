"""App configuration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class FundsConfig(DomainConfig):
    name = "funds"
    default = True
    verbose_name = _("Funds")
    url_prefix = "funds/"
    public_nav: ClassVar = [(_("Publicity"), "funds:publicity_list")]
    guides: ClassVar = [
        (_("Our account"), _("Where the park pays to, and who has read the number"), "funds:account_view")
    ]
    office_nav: ClassVar = {
        "finance_office": [(_("Payments"), "funds:plan_list"), (_("Budgets"), "funds:budget_list")],
        "policy_window": [(_("Bars to payments"), "funds:bar_list")],
    }
    overviews: ClassVar = [
        (_("Payment plans"), "funds:plan_list"),
        (_("Budgets"), "funds:budget_list"),
        (_("Bars to payments"), "funds:bar_list"),
    ]
