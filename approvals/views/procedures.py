"""Procedures in the guide: what a kind of project goes through, drawn, and narrowed to one's own project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import actions
from approvals.drawing import BOX_H, BOX_W, draw
from approvals.forms import FactsForm
from approvals.models import Procedure, ProcedureItem, ProcedureVersion
from approvals.networks import Place, Plan
from approvals.views.guide import actor_of_visitor
from portal.accounts.models import Duty

DAY = 10  # pixels of a working day in the bars


@dataclass(frozen=True)
class Row:
    """One item in the timetable, with its bar."""

    item: ProcedureItem
    place: Place
    awaits: str
    x: int
    width: int
    when: str


@require_safe
def procedure_list(request: HttpRequest) -> HttpResponse:
    """The kinds of projects."""
    newest = ProcedureVersion.objects.filter(procedure=OuterRef("pk"), published_at__isnull=False)
    procedures = Procedure.objects.filter(active=True).annotate(
        version=Subquery(newest.order_by("-number").values("pk")[:1])
    )
    return render(request, "approvals/procedure_list.html", {"procedures": procedures.filter(version__gt=0)})


@require_safe
def procedure_view(request: HttpRequest, code: str) -> HttpResponse:
    """One kind of project: its items in order, what runs side by side, and how long the whole takes."""
    procedure = get_object_or_404(Procedure, code=code, active=True)
    version = procedure.versions.filter(published_at__isnull=False).order_by("-number").first()
    if version is None:
        raise Http404
    form = FactsForm(request.GET or None, asked=_asked(version))
    facts = form.facts() if form.is_bound and form.is_valid() else None
    found = actions.timetable(version, facts)
    actor = actor_of_visitor(request)
    context: dict[str, Any] = {
        "procedure": procedure, "version": version, "form": form, "found": found,
        "may_edit": actor is not None and actor.holds(Duty.ADMINISTRATOR),
    }  # fmt: skip
    return render(request, "approvals/procedure_view.html", context | drawn(found))


def drawn(found: actions.Timetable) -> dict[str, Any]:
    """Picture and table of a version, for `_procedure_picture.html` and `_procedure_table.html`."""
    if found.plan is None:
        return {}
    return {
        "rows": _rows(found, found.plan),
        "picture": draw(found.items, found.awaits, found.plan),
        "left_out": _(", ").join(i.item.label for i in found.items if i.key not in found.plan.places),
        "axis": max(found.plan.days, 1) * DAY,
        "box": (BOX_W, BOX_H),
    }


def _asked(version: ProcedureVersion) -> set[str]:
    """What of a project decides something in this version."""
    return set(version.items.exclude(needed_if="").values_list("needed_if", flat=True))


def _rows(found: actions.Timetable, plan: Plan) -> list[Row]:
    """In the order in which they begin."""
    by_key = {item.key: item for item in found.items}
    order = sorted(plan.places, key=lambda key: (plan.places[key].start, plan.places[key].finish))
    return [_row(by_key[key], plan.places[key], found) for key in order]


def _row(item: ProcedureItem, place: Place, found: actions.Timetable) -> Row:
    plan = found.plan
    awaited = [a.item.label for a in found.awaits.get(item.pk, ()) if plan and a.key in plan.places]
    width = max((place.finish - place.start) * DAY, 3)
    return Row(item, place, _(", ").join(dict.fromkeys(awaited)), place.start * DAY, width, when_words(place))


def when_words(place: Place) -> str:
    """On which working days, counted from the start of the whole."""
    first, last = place.start + 1, place.finish
    if last < first:
        return _("after day %(n)s") % {"n": last} if last else _("at the start")
    if first == last:
        return _("day %(n)s") % {"n": first}
    return _("day %(first)s to %(last)s") % {"first": first, "last": last}
