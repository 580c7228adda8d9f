"""Indicators of the catalogue, and of where it is taken in."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from approvals.models import ComprehensiveWindow, ServiceItem
from portal.reports.declaration import Breakdown, Indicator, RowColumn, register

register(
    Indicator(
        key="approvals.delegated_items",
        label=_("Delegated items"),
        unit="items",
        definition=_("Service items of the catalogue that are handled now and were delegated to the park."),
        rows=lambda _p: ServiceItem.objects.on_offer().filter(is_delegated=True).select_related("team"),
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Code"), lambda i: i.code),
            RowColumn(_("Item"), lambda i: i.label),
            RowColumn(_("Department"), lambda i: i.team.label),
            RowColumn(_("Delegation"), lambda i: str(i.get_mode_display())),
            RowColumn(_("Comes from"), lambda i: i.source_authority),
            RowColumn(_("Taken over on"), lambda i: i.taken_over_on),
        ),
        breakdowns={
            "team": Breakdown(_("By team"), "team__name", named=True),
            "stage": Breakdown(_("By stage"), "stage", dict(ServiceItem.Stage.choices)),
            "mode": Breakdown(_("By way of delegation"), "mode", dict(ServiceItem.Mode.choices)),
        },
        team_path="team",
        dated=False,
    )
)
register(
    Indicator(
        key="approvals.comprehensive_windows",
        label=_("Comprehensive windows"),
        unit="windows",
        definition=_("Comprehensive windows that are at work."),
        rows=lambda _p: ComprehensiveWindow.objects.filter(active=True),
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Window"), lambda w: w.label),
            RowColumn(_("Kind"), lambda w: str(w.get_kind_display())),
            RowColumn(_("Place"), lambda w: w.place),
        ),
        breakdowns={"kind": Breakdown(_("By kind"), "kind", dict(ComprehensiveWindow.Kind.choices))},
        dated=False,
    )
)
