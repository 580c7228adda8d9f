"""Template context of every page: navigation, unread notices, look."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty
from portal.apps import domains
from portal.notices.queries import unread_count
from portal.park import offices
from portal.park.acting import Actor
from portal.park.models import Enterprise

ENTERPRISE = (
    (_("Home"), "home"),
    (_("My cases"), "cases:case_list"),
    (_("My papers"), "cases:document_list"),
)
OWNER = ((_("Who acts for us"), "trust:people"),)
READS = ((_("Contact reads"), "administration:contact_reads"),)
STAFF = ((_("Work"), "cases:queue"),)
LEADS = ((_("Team"), "cases:team_board"), (_("Escalations"), "cases:escalations"))
REPORTS = ((_("Reports"), "reports:indicator_list"),)
AUDIT = ((_("Audit search"), "administration:audit"),)
ADMINISTRATION = ((_("Administration"), "administration:home"),)
OVERSEERS = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)


@dataclass(frozen=True)
class NavItem:
    label: str
    href: str
    current: bool


def _entries(actor: Actor | None) -> list[tuple[Any, str]]:
    public = [entry for d in domains() for entry in d.public_nav]
    if actor is None:
        return public
    entries: list[tuple[Any, str]] = _own_entries(actor)
    oversees = actor.holds(*OVERSEERS)
    if actor.memberships:
        entries += STAFF
    if (actor.memberships or oversees) and not actor.agencies:
        entries += [entry for d in domains() for entry in d.staff_nav]
        entries += _team_entries(actor)
        entries += _office_entries(actor)
    if actor.headed_team_ids or oversees:
        entries += (*LEADS, *REPORTS)
    if actor.holds(Duty.AUDITOR, Duty.DISCIPLINE):
        entries += AUDIT
    if actor.holds(Duty.AUDITOR):
        entries += READS
    if actor.holds(Duty.ADMINISTRATOR):
        entries += ADMINISTRATION
    if not (actor.agencies or actor.memberships or oversees):
        entries += public
    return entries


def _team_entries(actor: Actor) -> list[tuple[Any, str]]:
    """What the people of such teams find besides; once, however many teams they work in."""
    kinds = {seat.kind for seat in actor.seats}
    found = (entry for d in domains() for kind, own in d.team_nav.items() if kind in kinds for entry in own)
    return list({name: (label, name) for label, name in found}.values())


def _office_entries(actor: Actor) -> list[tuple[Any, str]]:
    """What the people of an office find besides."""
    named = [(offices.ROLES[name], entries) for d in domains() for name, entries in d.office_nav.items()]
    return [entry for role, entries in named if offices.sits_in(actor, role) for entry in entries]


def _own_entries(actor: Actor) -> list[tuple[Any, str]]:
    """What whoever acts for an enterprise finds."""
    if not actor.agencies:
        return []
    own = [*ENTERPRISE, *(entry for d in domains() for entry in d.enterprise_nav)]
    return [*own, *OWNER] if actor.owns(actor.enterprise_id) else own


def _nav(request: HttpRequest, actor: Actor | None) -> list[NavItem]:
    """The entries; of those that lie above the page shown, the nearest is the current one.

    What administrators look after in a domain lies below its address, and is administration all the same.
    """
    found: list[tuple[str, str, str]] = []
    for label, name in _entries(actor):
        with suppress(NoReverseMatch):
            found.append((str(label), name, reverse(name)))
    office = "/administration/" in request.path[1:]
    above = [href for _label, _name, href in found if _lies_below(request.path, href)]
    here = max(above, key=len, default="")
    return [
        NavItem(label, href, name == "administration:home" if office else href == here)
        for label, name, href in found
    ]


def _lies_below(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href))


def _frame(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    base = {"theme": request.COOKIES.get("theme", ""), "demonstration": settings.DEMONSTRATION}
    if base["theme"] not in ("light", "dark"):
        base["theme"] = ""
    if actor is None:
        return {**base, "nav": _nav(request, None)}
    name, others = _acting(actor)
    return {
        **base,
        "nav": _nav(request, actor),
        "unread": unread_count(actor.user.pk),
        "acting_name": name,
        "others": others,
    }


def _acting(actor: Actor) -> tuple[str, list[Enterprise]]:
    """For whom the person acts now, and the other enterprises to switch to."""
    if actor.agencies:
        mine = {
            e.pk: e for e in Enterprise.objects.filter(pk__in=actor.agencies).only("pk", "name", "name_en")
        }
        now = mine.pop(actor.enterprise_id or 0, None)
        return (now.label if now else actor.user.label), list(mine.values())
    return (actor.seats[0].team_label if actor.seats else actor.user.label), []


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame` for base.html; computed only when a template asks."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}
