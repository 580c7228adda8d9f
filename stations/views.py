"""Pages of stations and requests."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.cases import drafts, engine, standards
from portal.cases.access import may_file_at_desk
from portal.cases.declaration import flow_of
from portal.cases.errors import Invalid
from portal.cases.models import Case, Draft
from portal.cases.standards import PROMISE
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import chosen_enterprise, filing_token, search_enterprises
from portal.cases.views.uploads import with_uploads
from portal.composed import Composed
from portal.park.acting import Actor
from portal.park.models import Enterprise, Membership, Team
from portal.prepared import planned_reads
from portal.worktime.clock import Calendar
from portal.worktime.explain import limit_text, moment_text
from portal.worktime.now import now
from stations.forms import DeskFilingForm, FilingForm
from stations.models import Category, Grade
from stations.nearest import Nearby, stations_for

KIND = "stations.request"
# The schematic map: longitude and latitude to a drawing of 360 × 300.
MAP_WIDTH, MAP_HEIGHT, MAP_EDGE = 360, 300, 40


@require_safe
@refusals
def station_list(request: HttpRequest) -> HttpResponse:
    """The stations: where, who, until when; the nearest open one first."""
    actor, moment = actor_of(request), now()
    enterprise = Enterprise.objects.filter(pk=actor.enterprise_id or 0).first()
    nearby = stations_for(enterprise, moment, Calendar.current())
    stewards = Membership.objects.filter(team__kind=Team.Kind.STATION).select_related("user").order_by("id")
    by_team: dict[int, list[str]] = {}
    for found in stewards:
        by_team.setdefault(found.team_id, []).append(found.user.label)
    places = [(n, by_team.get(n.station.pk, [])[:3]) for n in nearby]
    return render(request, "stations/station_list.html", {"places": places, "dots": dots(nearby)})


def dots(nearby: list[Nearby]) -> list[dict[str, Any]]:
    """Where each station lies on the schematic map, by its short name."""
    if not nearby:
        return []
    lons = [float(n.station.longitude) for n in nearby]
    lats = [float(n.station.latitude) for n in nearby]
    wide, high = (max(lons) - min(lons)) or 1, (max(lats) - min(lats)) or 1
    across = [MAP_EDGE + (lon - min(lons)) / wide * (MAP_WIDTH - 2 * MAP_EDGE) for lon in lons]
    down = [MAP_EDGE + (max(lats) - lat) / high * (MAP_HEIGHT - 2 * MAP_EDGE) for lat in lats]
    placed = sorted(zip(across, down, nearby, strict=True), key=lambda found: found[0])
    # Neighbours have their names above and below by turns: they do not run into each other.
    return [_dot(near, round(x), round(y), place % 2) for place, (x, y, near) in enumerate(placed)]


def _dot(near: Nearby, x: int, y: int, above: int) -> dict[str, Any]:
    name = near.station.team.label.partition("（")[0].partition(" (")[0]
    return {"name": name, "x": x, "y": y, "name_y": y - 13 if above else y + 24, "is_open": near.is_open}


_ENTERPRISE = Composed(lambda pk: Enterprise.objects.filter(pk=pk))


@require_http_methods(["GET", "POST"])
@planned_reads
@refusals
def request_file(request: HttpRequest) -> HttpResponse:
    """File a request: saved while one types, sent once."""
    actor, moment = actor_of(request), now()
    enterprise = _ENTERPRISE.first(actor.enterprise_id or 0)
    if enterprise is None:
        raise Http404
    if not actor.may_act_for(enterprise.pk, KIND):
        raise PermissionDenied
    if request.method == "GET":
        draft = drafts.find(enterprise.pk, KIND)
        initial = _initial(draft, enterprise, actor, _asked_for(request))
        form = _bare(FilingForm, enterprise, actor, initial=initial)
        return _filing_page(request, form, enterprise, draft)
    token = filing_token(request)
    try:
        data = with_uploads(request, Case(kind=KIND, enterprise=enterprise), actor, FilingForm)
        case = engine.open_case(KIND, by=actor, enterprise=enterprise, data=data, now=moment, token=token)
    except Invalid as error:
        draft = drafts.find(enterprise.pk, KIND)
        return _filing_page(request, error.form, enterprise, draft, status=422, token=token)
    messages.success(request, _("Received. You can follow it here; we will tell you about every step."))
    return redirect("cases:case_view", pk=case.pk)


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """What a link into the form fills in: from the guide one begins with the matter."""
    category, title = request.GET.get("category", ""), request.GET.get("title", "")
    return {"category": category if category in Category.values else "", "title": title[:120]}


def _initial(
    draft: Draft | None, enterprise: Enterprise, actor: Actor, asked_for: dict[str, Any]
) -> dict[str, Any]:
    """What stands in the form before anything is typed; what was typed before comes first."""
    user = actor.user
    initial: dict[str, Any] = {"contact_name": user.display_name, "contact_phone": user.phone, **asked_for}
    nearby = stations_for(enterprise, now(), Calendar.current())
    if nearby:
        initial["station"] = nearby[0].station.pk
    if draft is not None:
        saved = dict(draft.data)
        if "documents" in saved:
            saved["documents"] = [pk for pk in str(saved["documents"]).split(",") if pk.isdecimal()]
        initial |= {name: value for name, value in saved.items() if value or not asked_for.get(name)}
    return initial


def _bare(form_type: type[FilingForm], enterprise: Enterprise, actor: Actor, **kwargs: Any) -> FilingForm:
    return form_type(case=Case(kind=KIND, enterprise=enterprise), actor=actor, bound=False, **kwargs)


def _filing_page(
    request: HttpRequest,
    form: Any,
    enterprise: Enterprise,
    draft: Draft | None,
    *,
    status: int = 200,
    token: UUID | None = None,
) -> HttpResponse:
    _show_choices(form, enterprise)
    context = {
        "form": form,
        "kind": KIND,
        "token": token or (draft.token if draft else uuid4()),
        "draft": draft,
    }
    return render(request, "stations/request_file.html", context, status=status)


def _show_choices(form: FilingForm, enterprise: Enterprise) -> None:
    calendar = Calendar.current()
    form.show(stations_for(enterprise, now(), calendar), promises(calendar))


def promises(calendar: Calendar) -> dict[str, str]:
    """For each grade: by when it would be done if it were accepted now."""
    rules = standards.standard(standards.current_id(KIND))
    out = {}
    for grade in Grade.values:
        limit = rules.limit(PROMISE, grade)
        if limit is not None:
            due = moment_text(calendar.due_at(now(), limit))
            out[grade] = _("%(limit)s, by %(due)s") % {"limit": limit_text(limit), "due": due}
    return out


@require_http_methods(["GET", "POST"])
@refusals
def desk_file(request: HttpRequest) -> HttpResponse:
    """A steward files for an enterprise that walks in or phones: search it, then the form."""
    actor = actor_of(request)
    if not may_file_at_desk(actor, flow_of(KIND)):
        raise PermissionDenied
    chosen = chosen_enterprise(request)
    if chosen is None:
        found = {"found": search_enterprises(request), "q": request.GET.get("q", "")}
        return render(request, "stations/desk_search.html", found)
    return _desk_form(request, actor, get_object_or_404(Enterprise, pk=chosen))


def _desk_form(request: HttpRequest, actor: Actor, enterprise: Enterprise) -> HttpResponse:
    form: Any = _bare(DeskFilingForm, enterprise, actor, initial={"station": _own_station(actor)})
    if request.method == "POST":
        try:
            data = with_uploads(request, Case(kind=KIND, enterprise=enterprise), actor, DeskFilingForm)
            case = engine.open_case(
                KIND,
                by=actor,
                enterprise=enterprise,
                data=data,
                now=now(),
                token=filing_token(request),
                form=DeskFilingForm,
            )
        except Invalid as error:
            form = error.form
        else:
            messages.success(request, _("Filed for %(name)s.") % {"name": enterprise.name})
            return redirect("cases:case_view", pk=case.pk)
    _show_choices(form, enterprise)
    shown = {"form": form, "enterprise": enterprise, "token": request.POST.get("token") or uuid4()}
    return render(request, "stations/desk_file.html", shown, status=422 if form.errors else 200)


def _own_station(actor: Actor) -> int | None:
    return next((seat.team_id for seat in actor.seats if seat.kind == Team.Kind.STATION), None)
