"""The guide: what the park handles, and where. Anybody may read it, signed in or not."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.forms import FORM_TYPES, Asked, GuideForm
from approvals.models import ComprehensiveWindow, Intake, Material, ServiceItem, ServiceItemQuerySet
from approvals.presenting.starts import start
from portal.accounts.models import Duty
from portal.cases import papers
from portal.cases.views.papers import hardened
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, local
from portal.worktime.now import now

PAGE = 30
Stage = ServiceItem.Stage


@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """The catalogue, to be searched and narrowed; three statements however much there is."""
    windows = list(ComprehensiveWindow.objects.filter(active=True))
    asked = GuideForm(request.GET).asked({window.code for window in windows})
    first = replace(asked, page=1)
    counts = _counts(asked)
    total = sum(n for (stage, own), n in counts.items() if _fits(asked, stage, own))
    page = min(asked.page, max(1, -(-total // PAGE)))
    found = _narrowed(asked).filter(**_facets(asked)).by_stage().select_related("team")
    items = list(found[(page - 1) * PAGE : page * PAGE])
    context = {
        "asked": asked,
        "kept": [(k, v) for k, v in asdict(replace(first, q="")).items() if v and k != "page"],
        "items": items,
        "unconfirmed": any(item.is_default for item in items),
        "filtered": first != Asked(),
        "stages": _stage_chips(first, counts),
        "others": [_delegated_chip(first, counts), *(_window_chip(first, window) for window in windows)],
        "earlier": replace(asked, page=page - 1).link() if page > 1 else "",
        "later": replace(asked, page=page + 1).link() if page * PAGE < total else "",
    }
    return render(request, "approvals/item_list.html", context)


Counts = Counter[tuple[str, bool]]


def _narrowed(asked: Asked) -> ServiceItemQuerySet:
    """The items that words and window leave; the chips count among these."""
    found = ServiceItem.objects.on_offer().matching(asked.q)
    return found.filter(intake__window__code=asked.window) if asked.window else found


def _facets(asked: Asked) -> dict[str, Any]:
    wanted = {"stage": asked.stage, "is_delegated": bool(asked.delegated)}
    return {name: value for name, value in wanted.items() if value}


def _counts(asked: Asked) -> Counts:
    """How many items of each stage are delegated, and how many are not."""
    groups = _narrowed(asked).values_list("stage", "is_delegated").annotate(n=Count("pk")).order_by()
    return Counter({(stage, own): n for stage, own, n in groups})


def _fits(asked: Asked, stage: str, own: bool) -> bool:
    return (not asked.stage or stage == asked.stage) and (own or not asked.delegated)


def _chip(label: Any, asked: Asked, chosen: Asked, counts: Counts | None = None) -> dict[str, Any]:
    """A filter to choose; `chosen` is what one sees then."""
    count = counts and sum(n for key, n in counts.items() if _fits(chosen, *key))
    return {"label": label, "href": chosen.link(), "current": asked == chosen, "count": count}


def _stage_chips(asked: Asked, counts: Counts) -> list[dict[str, Any]]:
    chips = [_chip(_("All stages"), asked, replace(asked, stage=""), counts)]
    chips += [_chip(stage.label, asked, replace(asked, stage=stage.value), counts) for stage in Stage]
    return [chip for chip in chips if chip["count"] or chip["current"]]


def _delegated_chip(asked: Asked, counts: Counts) -> dict[str, Any]:
    chosen = replace(asked, delegated="1")
    chip = _chip(_("Delegated items"), asked, chosen, counts)
    return {**chip, "href": replace(asked, delegated="").link()} if chip["current"] else chip


def _window_chip(asked: Asked, window: ComprehensiveWindow) -> dict[str, Any]:
    chip = _chip(window.label, asked, replace(asked, window=window.code))
    return {**chip, "href": replace(asked, window="").link()} if chip["current"] else chip


@require_safe
def item_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: what one needs, how long it takes, who handles it, what one gets."""
    item = get_object_or_404(ServiceItem.objects.on_offer().select_related("team"), pk=pk)
    actor = actor_of_visitor(request)
    places = ComprehensiveWindow.objects.filter(active=True, intake__item=item)
    context = {
        "item": item,
        "materials": [(m, papers.TYPES.get(m.form_type, "")) for m in item.materials.all()],
        "places": _places(places),
        "start": start(item, actor),
        "visitor": actor is None,
        "may_edit": actor is not None and actor.holds(Duty.ADMINISTRATOR),
    }
    return render(request, "approvals/item_view.html", context)


def actor_of_visitor(request: HttpRequest) -> Actor | None:
    """Who looks; nobody has to be signed in."""
    return cast("Actor | None", request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


@dataclass(frozen=True)
class Place:
    """A window with its hours. `is_open` None: it has hours of its own, which nobody can compute."""

    window: ComprehensiveWindow
    hours: str
    is_open: bool | None
    taken: list[dict[str, Any]]


def _places(
    windows: QuerySet[ComprehensiveWindow], taken: dict[int, list[dict[str, Any]]] | None = None
) -> list[Place]:
    """Windows as they stand at this moment. `taken`: what each takes in, by its pk."""
    calendar, here = Calendar.current(), local(now())
    hours = calendar.hours
    at_work = calendar.is_working(here.date()) and hours.opens_at <= here.time() < hours.closes_at
    usual = _("working days, %(from)s–%(to)s") % {
        "from": f"{hours.opens_at:%H:%M}",
        "to": f"{hours.closes_at:%H:%M}",
    }
    return [
        Place(w, w.hours or usual, None if w.hours else at_work, (taken or {}).get(w.pk, [])) for w in windows
    ]


@require_safe
def window_list(request: HttpRequest) -> HttpResponse:
    """The comprehensive windows: where, when, and what is taken in there, by stage."""
    groups = Intake.objects.filter(item__active=True).values_list("window", "window__code", "item__stage")
    taken: dict[int, list[dict[str, Any]]] = {}
    counted = {(pk, stage): (code, n) for pk, code, stage, n in groups.annotate(n=Count("pk")).order_by()}
    for stage in Stage:
        for (pk, found), (code, n) in counted.items():
            if found == stage:
                href = Asked(window=code, stage=stage.value).link()
                taken.setdefault(pk, []).append({"label": stage.label, "count": n, "href": href})
    places = _places(ComprehensiveWindow.objects.filter(active=True), taken)
    return render(request, "approvals/window_list.html", {"places": places})


@require_safe
def form_download(request: HttpRequest, pk: int) -> HttpResponse:
    """A blank form, always as a file to save: nothing of it runs in a browser."""
    forms = Material.objects.exclude(form="").filter(item__active=True)
    material = get_object_or_404(forms, pk=pk)
    name = papers.clean_name(f"{material.label.replace('/', '／')}.{FORM_TYPES[material.form_type]}")
    answer = FileResponse(
        material.form.open("rb"), content_type=material.form_type, as_attachment=True, filename=name
    )
    return hardened(cast("HttpResponse", answer))
