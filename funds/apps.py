"""App configuration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class FundsConfig(DomainConfig):
    name = "funds"
    default = True
    verbose_name = _("Funds")
    url_prefix = "funds/"
    public_nav: ClassVar = [
        (_("Policies"), "funds:policy_list"),
        (_("Publicity"), "funds:publicity_list"),
    ]
    enterprise_nav: ClassVar = [(_("Money for us"), "funds:entitlements")]
    staff_nav: ClassVar = [*public_nav]
    administered: ClassVar = [
        (
            _("Policies"),
            _("What each gives, to whom, with drafts, simulation and history"),
            "funds:policy_desk",
        )
    ]
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
