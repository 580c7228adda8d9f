"""The declared flows: a list, and a page each with diagram, live counts, limits, transitions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.models import Duty
from portal.administration import diagram
from portal.administration.common import staff_side
from portal.cases import access, queue, standards
from portal.cases.declaration import FLOWS, Flow, Promised, Step, Transition, Unlimited
from portal.cases.models import Case, CaseQuerySet, Light, ServiceStandard
from portal.cases.presenting import rows
from portal.cases.views.common import actor_of
from portal.park.acting import Actor
from portal.worktime.clock import Calendar
from portal.worktime.explain import limit_text
from portal.worktime.now import now

SHOWN_LIGHTS = (Light.OK, Light.WARN, Light.LATE, Light.HOLD)
Counts = dict[str, dict[str, int]]


def counted(actor: Actor) -> CaseQuerySet:
    """The open cases in the counts: all for administrators, who see numbers only; else what one sees."""
    if actor.holds(Duty.ADMINISTRATOR):
        return Case.objects.open()
    cases: CaseQuerySet = access.visible_to(actor)
    return cases.open()


def counts(cases: CaseQuerySet, moment: datetime) -> dict[str, Counts]:
    """Open cases by kind, step and light, in one grouped statement."""
    out: dict[str, Counts] = {}
    lit: Any = cases.with_light(moment).order_by()
    for kind, step, light, n in lit.values_list("kind", "step", "light_key").annotate(n=Count("pk")):
        out.setdefault(kind, {}).setdefault(step, {})[light] = n
    return out


@require_safe
@staff_side
def flow_list(request: HttpRequest) -> HttpResponse:
    """Every kind of case that an app declares."""
    found = counts(counted(actor_of(request)), now())
    lines = [
        {
            "flow": flow,
            "steps": len(flow.steps),
            "open": sum(n for step in found.get(kind, {}).values() for n in step.values()),
            "late": sum(step.get(Light.LATE, 0) for step in found.get(kind, {}).values()),
        }
        for kind, flow in sorted(FLOWS.items())
    ]
    return render(request, "administration/flow_list.html", {"lines": lines})


@require_safe
@staff_side
def flow_view(request: HttpRequest, kind: str) -> HttpResponse:
    """One flow: its diagram with what lies where now, and everything that is declared, in tables."""
    flow, actor = _flow(kind), actor_of(request)
    found = counts(counted(actor).filter(kind=kind), now()).get(kind, {})
    drawn = diagram.draw(flow)
    context = {
        "flow": flow,
        "drawing": drawn,
        "boxes": [_box(flow, box, found, linked=_may_list(actor)) for box in drawn.boxes],
        "steps": _step_lines(flow, found, linked=_may_list(actor)),
        "transitions": [_transition(flow, t) for t in flow.transitions],
        "letters": [{"label": m.label, "who": _words(m.who), "tells": _words(m.tells)} for m in flow.letters],
        "opens": _words(flow.opening.who),
        "administers": actor.holds(Duty.ADMINISTRATOR),
    }
    return render(request, "administration/flow_view.html", context)


def _flow(kind: str) -> Flow:
    if kind not in FLOWS:
        raise Http404
    return FLOWS[kind]


def _may_list(actor: Actor) -> bool:
    return bool(actor.memberships) or actor.holds(*access.SEES_ALL, Duty.DISCIPLINE)


def _box(flow: Flow, box: diagram.Box, found: Counts, *, linked: bool) -> dict[str, Any]:
    lights = _lights(found.get(box.step.name, {}))
    return {
        "box": box,
        "href": _href(flow, box.step) if linked and not box.step.is_end else "",
        "lights": [{**light, "x": box.x + 14 + n * 46} for n, light in enumerate(lights)],
        "text_y": box.y + box.h // 2 + (-4 if lights else 5),
        "lights_y": box.y + box.h // 2 + 15,
        "says": _says(box.step, lights),
    }


def _href(flow: Flow, step: Step) -> str:
    return reverse("administration:flow_cases", args=[flow.kind, step.name])


def _lights(found: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"key": m.value, "label": m.label, "n": found[m.value]} for m in SHOWN_LIGHTS if found.get(m.value)
    ]


def _says(step: Step, lights: list[dict[str, Any]]) -> str:
    told = _(", ").join(f"{light['label']} {light['n']}" for light in lights)
    return f"{step.label}: {told}" if told else str(step.label)


def _step_lines(flow: Flow, found: Counts, *, linked: bool) -> list[dict[str, Any]]:
    row = ServiceStandard.objects.filter(kind=flow.kind).order_by("-version").first()
    limits = standards.standard(row.pk).limits if row else {}
    return [
        {
            "step": step,
            "lights": _lights(found.get(step.name, {})),
            "open": sum(found.get(step.name, {}).values()),
            "href": _href(flow, step) if linked and not step.is_end else "",
            "limits": _limits(flow, step, limits),
            "ways": [(label, flow.step(t).label) for s, t, label, _p in diagram.ways(flow) if s == step.name],
        }
        for step in flow.steps
    ]


def _limits(flow: Flow, step: Step, limits: dict[tuple[str, str], Any]) -> list[str]:
    """The limits of a step as they hold for new cases, in words."""
    own = [(grade, limit) for (name, grade), limit in sorted(limits.items()) if name == step.name]
    if own:
        return [
            f"{flow.grades.get(grade, grade)}: {limit_text(m)}" if grade else limit_text(m)
            for grade, m in own
        ]
    if step.is_end:
        return []
    if isinstance(step.limit, Unlimited):
        return [str(step.limit.why)]
    return [_("within the promise of the whole case")] if isinstance(step.limit, Promised) else []


def _transition(flow: Flow, t: Transition) -> dict[str, Any]:
    return {
        "label": t.label,
        "name": t.name,
        "source": _(", ").join(str(flow.step(s).label) for s in t.source),
        "target": _(" or ").join(str(flow.step(s).label) for s in (t.target, *t.may_lead_to) if s),
        "who": _words(t.who),
        "tells": _words(t.tells),
        "rules": _(", ").join(_rules(flow, t)),
    }


def _rules(flow: Flow, t: Transition) -> list[str]:
    found = []
    if t.reason_required:
        found.append(_("reason required"))
    if t.starts_clock:
        found.append(_("starts the clock"))
    if t.not_by:
        others = _(", ").join(str(flow.transition(name).label) for name in t.not_by)
        found.append(_("not by who did: %(what)s") % {"what": others})
    if t.while_paused:
        found.append(_("also while the clock is stopped"))
    return found


def _words(words: Any) -> str:
    return _(", ").join(str(access.RULES[word].label) for word in dict.fromkeys(words))


@require_safe
@staff_side
def flow_cases(request: HttpRequest, kind: str, step: str) -> HttpResponse:
    """The open cases in one step, as far as this person sees them."""
    flow, actor, moment = _flow(kind), actor_of(request), now()
    if step not in {s.name for s in flow.steps}:
        raise Http404
    cases: CaseQuerySet = access.visible_to(actor)
    found = queue.page(
        cases.open().filter(kind=kind, step=step),
        sort="due",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "flow": flow,
        "step": flow.step(step),
        "rows": rows.rows(found.rows, actor, moment, Calendar.current()),
        "earlier": found.earlier,
        "later": found.later,
    }
    return render(request, "administration/flow_cases.html", context)
