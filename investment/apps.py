"""App configuration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class InvestmentConfig(DomainConfig):
    name = "investment"
    default = True
    verbose_name = _("Investment")
    url_prefix = "investment/"
    # 全员大招商: everybody in the park registers leads, its banks do not.
    team_nav: ClassVar = {
        **{
            kind: [(_("Register a lead"), "investment:lead_register")]
            for kind in ("station", "department", "window", "finance", "supervision")
        },
        "task_force": [
            (_("Leads"), "investment:lead_list"),
            (_("Activities"), "investment:activity_list"),
            (_("Park entry"), "investment:flow_chart"),
            (_("Scheduling"), "investment:bulletin_list"),
            (_("Commitments"), "investment:commitment_list"),
            (_("Ranking"), "investment:ranking_view"),
        ],
    }
    overviews: ClassVar = [
        (_("Lead table"), "investment:lead_list"),
        (_("Flow chart of park entry"), "investment:flow_chart"),
        (_("Weekly schedules and monthly bulletins"), "investment:bulletin_list"),
        (_("Ranking of the task forces"), "investment:ranking_view"),
        (_("Commitments of contracts"), "investment:commitment_list"),
    ]
    office_nav: ClassVar = {
        "investment_office": [
            (_("Leads"), "investment:lead_list"),
            (_("Activities"), "investment:activity_list"),
            (_("Park entry"), "investment:flow_chart"),
            (_("Scheduling"), "investment:bulletin_list"),
            (_("Commitments"), "investment:commitment_list"),
            (_("Ranking"), "investment:ranking_view"),
        ]
    }
