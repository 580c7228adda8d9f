"""App configuration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from portal.apps import DomainConfig


class ApprovalsConfig(DomainConfig):
    name = "approvals"
    default = True
    verbose_name = _("Approvals")
    url_prefix = "approvals/"
    public_nav: ClassVar = [(_("Service guide"), "approvals:item_list")]
    enterprise_nav: ClassVar = [(_("Projects"), "approvals:project_list"), *public_nav]
    staff_nav: ClassVar = [*enterprise_nav, (_("Parcels"), "approvals:parcel_list")]
    guides: ClassVar = [
        (_("Service guide"), _("What you need, how long it takes, who handles it"), "approvals:item_list"),
        (_("Reforms"), _("What the park changes, each with its plan and its cases"), "approvals:reform_list"),
    ]
    overviews: ClassVar = [(_("Flow chart of construction"), "approvals:flow_chart")]
    administered: ClassVar = [
        (
            _("Procedure templates"),
            _("Items, prerequisites and promise of each kind of project, with history"),
            "approvals:procedure_overview",
        )
    ]
