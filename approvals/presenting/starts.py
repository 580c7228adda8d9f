"""“Begin now”: where a person begins with an item of the catalogue."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.access import PERMIT, PROJECT
from approvals.models import Permit, Procedure, Project, ServiceItem
from portal.cases.declaration import FLOWS
from portal.park.acting import Actor

# What is no item of a project is asked for at a station.
REQUEST = "stations.request"
REQUEST_CATEGORY = "procedures"


def start(item: ServiceItem, actor: Actor | None) -> str:
    """The sign-in for a visitor; for who acts for an enterprise its permit that can be filed now, else its
    project, else the form with the matter filled in; "" for who cannot file."""
    if actor is None:
        here = reverse("approvals:item_view", args=[item.pk])
        return f"{reverse('accounts:sign_in')}?{urlencode({'next': here})}"
    return _in_project(item, actor) or _by_request(item, actor)


def _in_project(item: ServiceItem, actor: Actor) -> str:
    """Where the item is part of what an enterprise builds."""
    enterprise = actor.enterprise_id
    if actor.may_act_for(enterprise, PERMIT):
        waiting = Permit.objects.filter(item=item, case__enterprise=enterprise, case__step="filing")
        if (permit := waiting.order_by("-pk").first()) is not None:
            return reverse("cases:case_perform", args=[permit.pk, "submit"])
    if not actor.may_act_for(enterprise, PROJECT):
        return ""
    led = Procedure.objects.filter(
        active=True, versions__items__item=item, versions__published_at__isnull=False
    )
    if not led.exists():
        return ""
    running = (
        Project.objects.filter(case__enterprise=enterprise, case__closed_at=None).order_by("-pk").first()
    )
    if running is not None:
        return reverse("approvals:project_view", args=[running.pk])
    return reverse("approvals:project_file")


def _by_request(item: ServiceItem, actor: Actor) -> str:
    flow = FLOWS.get(REQUEST)
    if flow is None or not actor.may_act_for(actor.enterprise_id, REQUEST):
        return ""
    title = _("To handle: %(item)s") % {"item": item.label}
    return f"{reverse(flow.file_page)}?{urlencode({'category': REQUEST_CATEGORY, 'title': title})}"
