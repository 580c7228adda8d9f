"""What is missing in a case (补正), as JSON: item by item, where it stands and how it is supplied."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.cases.api import shapes
from portal.cases.api.paper_rows import document_body
from portal.cases.models import Case, MissingItem
from portal.cases.presenting.papers import Wanted


def missing_bodies(case: Case, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that was ever asked for, the oldest first. `shown` is what the page of the case shows."""
    if not case.pause_count:
        return []
    open_now = {want.item.pk: want for want in supplyable(shown)}
    items = MissingItem.objects.filter(pause__case=case).select_related("pause", "document")
    return [_body(case, i, open_now.get(i.pk)) for i in items.order_by("pause__from_at", "position")]


def supplyable(shown: dict[str, Any]) -> list[Wanted]:
    """What still waits for this reader's answer."""
    return [want for want in shown["wanted"] if shown["may_supply"] and want.item.supplied_at is None]


def _body(case: Case, item: MissingItem, wanted: Wanted | None) -> dict[str, Any]:
    fits = wanted.fits if wanted else None
    return {
        "id": item.pk,
        "name": item.name,
        "hint": item.hint,
        "state": _state(item),
        "asked_at": item.pause.from_at,
        "supplied_at": item.supplied_at,
        "answer": item.answer,
        "document": document_body(item.document) if item.document else None,
        "fits": {"id": fits.pk, "name": fits.title} if fits else None,
        "href": _address(case, item) if wanted else None,
    }


def _state(item: MissingItem) -> str:
    if item.supplied_at is not None:
        return "supplied"
    return "missing" if item.pause.to_at is None else "dropped"


def _address(case: Case, item: MissingItem) -> str:
    return reverse("api:case_supply", args=[case.pk, item.pk])


def supply_actions(case: Case, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Supplying an item is an action by itself: each has an address of its own."""
    return [
        {
            "name": "supply",
            "sort": "supply",
            "label": _("Supply: %(item)s") % {"item": want.item.name},
            "says": want.item.hint,
            "primary": False,
            "grave": False,
            "blocked": "",
            "needs_version": False,
            "href": _address(case, want.item),
            "schema": shapes.SUPPLYING,
        }
        for want in supplyable(shown)
    ]
