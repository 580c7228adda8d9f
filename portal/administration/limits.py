"""Limits and ladders: their versions, a new one, and two side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.administration.common import administrators
from portal.administration.limit_forms import StandardForm, limit_names
from portal.cases import standards
from portal.cases.access import RULES
from portal.cases.declaration import FLOWS
from portal.cases.models import Case, Holder, ServiceStandard, StandardRung, Trigger
from portal.cases.views.common import actor_of
from portal.worktime.clock import Limit, Unit
from portal.worktime.explain import limit_text
from portal.worktime.now import now

OVERTAKEN = gettext_lazy(
    "Somebody has made version %(n)s meanwhile; nothing was saved. Yours is below, theirs among the versions "
    "beside it. Sent once more, yours comes after theirs."
)


@require_safe
@administrators
def standard_list(request: HttpRequest) -> HttpResponse:
    """Limits and ladders of every kind of case."""
    standards.seed_all()
    newest = ServiceStandard.objects.order_by("kind", "-version").distinct("kind")
    rows = [
        {"row": row, "label": FLOWS[row.kind].label}
        for row in newest.select_related("created_by")
        if row.kind in FLOWS
    ]
    return render(request, "administration/standard_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@administrators
@transaction.atomic
def standard_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """A new version for new cases; open cases keep theirs."""
    if request.method == "POST":  # nobody makes another one until this one is made
        list(ServiceStandard.objects.select_for_update().filter(kind=kind))
    versions = _versions(kind)
    form = StandardForm(request.POST if request.method == "POST" else None, row=versions[0]["row"])
    newest = versions[0]["row"].version
    seen = request.POST.get("version", "") if request.method == "POST" else str(newest)
    overtaken = seen != str(newest)
    if overtaken:
        form.is_valid()
        form.add_error(None, OVERTAKEN % {"n": newest})
    if request.method == "POST" and form.is_valid():
        made = standards.change(
            kind,
            form.chosen_limits(),
            form.chosen_rungs(),
            note=form.cleaned_data["note"],
            by=actor_of(request).user,
            starts_on=form.cleaned_data["starts_on"],
        )
        messages.success(request, _("Version %(n)s holds for new cases.") % {"n": made.version})
        return redirect("administration:standard_edit", kind=kind)
    context = {"form": form, "flow": FLOWS[kind], "versions": versions, "newest": newest}
    status = 409 if overtaken else 422 if form.errors else 200
    return render(request, "administration/standard_edit.html", context, status=status)


def _versions(kind: str) -> list[dict[str, Any]]:
    """The history: who, when, why, from which day, and how many open cases keep each version."""
    if kind not in FLOWS:
        raise Http404
    found = list(ServiceStandard.objects.filter(kind=kind).select_related("created_by"))
    kept = Case.objects.open().filter(kind=kind).order_by().values("standard").annotate(n=Count("pk"))
    open_cases = {row["standard"]: row["n"] for row in kept}
    today = timezone.localdate(now())
    begun = [row.pk for row in found if row.starts_on is None or row.starts_on <= today]
    return [
        {
            "row": row,
            "open": open_cases.get(row.pk, 0),
            "state": "now" if begun and row.pk == begun[0] else "past" if row.pk in begun else "ahead",
            "before": row.version - 1,
        }
        for row in found
    ]


@require_safe
@administrators
def standard_compare(request: HttpRequest, kind: str) -> HttpResponse:
    """Two versions side by side; what differs is marked in words."""
    known = {line["row"].version: line["row"] for line in _versions(kind)}
    old, new = (known.get(_number(request, name)) for name in ("old", "new"))
    if old is None or new is None:
        raise Http404
    context = {
        "flow": FLOWS[kind],
        "old": old,
        "new": new,
        "limits": _side_by_side(_limits(old), _limits(new)),
        "rungs": _side_by_side(_rungs(old), _rungs(new)),
        "versions": sorted(known),
    }
    return render(request, "administration/standard_compare.html", context)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdigit() and len(text) < 6 else 0


def _limits(row: ServiceStandard) -> dict[tuple[str, ...], str]:
    out: dict[tuple[str, ...], str] = {}
    for m in row.limits.order_by("step", "grade"):
        names = limit_names(row.kind, m)
        out[str(names["step"]), str(names["grade"])] = limit_text(Limit(m.amount, Unit(m.unit)))
    return out


def _rungs(row: ServiceStandard) -> dict[tuple[str, ...], str]:
    found = row.rungs.order_by("holder", "level")
    return {(str(Holder(r.holder).label), str(r.level)): rung_text(r) for r in found}


def rung_text(rung: StandardRung) -> str:
    """A rung in words."""
    when = str(Trigger(rung.trigger).label)
    if rung.offset_days:
        days = ngettext("%(n)s working day", "%(n)s working days", rung.offset_days) % {"n": rung.offset_days}
        when = _("%(days)s after it was due") % {"days": days}
    told = _(", ").join(str(RULES[word].label) for word in rung.tells if word in RULES)
    text = _("%(when)s: tells %(who)s") % {"when": when, "who": told}
    return _("%(text)s; issues a supervision order") % {"text": text} if rung.opens_supervision else text


def _side_by_side(old: dict[tuple[str, ...], str], new: dict[tuple[str, ...], str]) -> list[dict[str, Any]]:
    keys = [*old, *(key for key in new if key not in old)]
    return [
        {
            "names": key,
            "old": old.get(key, "—"),
            "new": new.get(key, "—"),
            "differs": old.get(key) != new.get(key),
        }
        for key in keys
    ]
