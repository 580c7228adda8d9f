"""A case as JSON: where it is, who has it, until when, why then, and what the caller may do now."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import paging, versions
from portal.api.fields import form_schema
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.cases import access
from portal.cases.api import shapes
from portal.cases.api.common import find
from portal.cases.api.missing_rows import missing_bodies, supply_actions
from portal.cases.api.paper_rows import document_body
from portal.cases.engine import form_class
from portal.cases.forms import ActionForm, CommentForm, RatingForm
from portal.cases.models import Attachment, Case, Comment, Event, Light
from portal.cases.presenting import page, timeline
from portal.cases.presenting.actions import Offer
from portal.cases.presenting.actions import transitions as offered_transitions
from portal.cases.presenting.words import outcome_label
from portal.cases.views.operations import OPERATIONS
from portal.park.acting import Actor
from portal.park.api import actor_of
from portal.worktime.api import explanation
from portal.worktime.now import now


def named(row: Any) -> dict[str, Any] | None:
    """A person, team or enterprise by id and name."""
    return None if row is None else {"id": row.pk, "name": row.label}


def state_of(case: Case, actor: Actor, moment: datetime) -> dict[str, Any]:
    """Where a case is, in short: as a row of the list."""
    inside = access.is_staff_for(actor, case)
    step = case.step_declared
    return {
        "id": case.pk,
        "number": case.number,
        "kind": case.kind,
        "kind_label": str(case.flow.label),
        "step": case.step,
        "step_label": str(step.label if inside else (step.plain or step.label)),
        "title": case.title,
        "grade": case.grade,
        "urgent": case.urgent,
        "sealed": case.sealed,
        "confidential": case.confidential,
        "holder": case.holder,
        "outcome": case.outcome,
        "light": case.light(moment).value,
        "version": case.version,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
        "parent_id": case.parent_id,
        "enterprise": named(case.enterprise),
        "team": named(case.team),
        "assignee": named(case.assignee),
    }


def case_body(case: Case, actor: Actor, moment: datetime) -> dict[str, Any]:
    """Everything that the page of a case shows, as JSON."""
    shown = page.context(case, actor, moment)
    inside: bool = shown["inside"]
    return {
        **state_of(case, actor, moment),
        "light_label": str(Light(shown["light"]).label),
        "holder_label": str(case.get_holder_display()),
        "grade_label": str(case.flow.grades.get(case.grade, case.grade)),
        "outcome_label": outcome_label(case) if case.outcome else "",
        "entered_at": case.entered_at,
        "inside": inside,
        "clock": _clock(case, shown),
        "steps": [{"label": step.label, "state": step.state} for step in shown["rail"]],
        "facts": facts_of(case, shown["facts"], inside=inside),
        "actions": actions_of(case, actor, shown),
        "timeline": [event_body(e, case, inside=inside) for e in _events(case, inside=inside)],
        "talk": [comment_body(comment) for comment in shown["talk"]],
        "papers": [attachment_body(attachment) for attachment in shown["papers"]],
        "missing": missing_bodies(case, shown),
        "children": [_child(child, moment) for child in shown["children"]],
        "handover": _handover(shown["handover"]),
        "extension": _extension(shown["extension"]),
        "rating": rating_body(shown["rating"]),
    }


def _clock(case: Case, shown: dict[str, Any]) -> dict[str, Any]:
    return {
        "headline": str(shown["headline"]),
        "left": str(shown["left"]),
        "due_at": case.due_at,
        "promise_due_at": case.promise_due_at,
        "warn_at": case.warn_at,
        "paused_at": case.paused_at,
        "working_days_used": shown["net_days"],
        "days_elapsed": shown["elapsed"],
        "explanations": [{"what": str(what), **explanation(why)} for what, why in shown["reasons"]],
        "shares": [
            {"holder": share.holder, "label": share.label, "working_days": share.days}
            for share in shown["shares"]
        ],
    }


def facts_of(case: Case, facts: Model | None, *, inside: bool) -> list[dict[str, Any]]:
    """The domain's own facts, as far as its flow declares them for this reader."""
    if facts is None:
        return []
    flow = case.flow
    names = [*flow.facts_public, *(flow.facts_internal if inside else ())]
    return [_fact(facts, name) for name in names]


def _fact(facts: Model, name: str) -> dict[str, Any]:
    field: Any = facts._meta.get_field(name)
    value = getattr(facts, name)
    text = getattr(facts, f"get_{name}_display", lambda: value)()
    if isinstance(value, Model):
        text, value = str(value), value.pk
    return {
        "name": name,
        "label": capfirst(str(field.verbose_name)),
        "value": value if isinstance(value, (bool, int, str)) or value is None else _plain(value),
        "text": "" if text is None else str(text),
    }


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# Actions ------------------------------------------------------------------------------------------


def actions_of(case: Case, actor: Actor, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """What the caller may do now, each with the address and the fields that it takes."""
    found = [transition_body(case, actor, offer) for offer in offered_transitions(case, actor)]
    for offer in shown["operations"]:
        operation = OPERATIONS[offer.name]
        shape = _action(case, actor, offer, "operation", "api:case_operate", operation.form)
        found.append({**shape, "needs_version": not operation.anytime})
    for name, may, form in (
        ("comment", True, CommentForm),
        ("rate", shown["can_rate"], RatingForm),
    ):
        if may:
            found.append(_own_action(case, actor, name, form))
    if shown["may_attach"]:
        found.append({**_own_action(case, actor, "attach", None), "schema": shapes.ATTACHING})
    return found + supply_actions(case, shown)


def transition_body(case: Case, actor: Actor, offer: Offer) -> dict[str, Any]:
    form = form_class(case.flow.transition(offer.name))
    return _action(case, actor, offer, "transition", "api:case_perform", form)


def _action(
    case: Case, actor: Actor, offer: Offer, sort: str, route: str, form: type[ActionForm] | None
) -> dict[str, Any]:
    return {
        "name": offer.name,
        "sort": sort,
        "label": str(offer.label),
        "says": str(offer.says),
        "primary": offer.primary,
        "grave": offer.grave,
        "blocked": str(offer.blocked),
        "needs_version": True,
        "href": reverse(route, args=[case.pk, offer.name]),
        "schema": form_schema(form(case=case, actor=actor, bound=False) if form else None),
    }


_OWN = {"comment": "api:case_comment", "rate": "api:case_rate", "attach": "api:case_attach"}


def _own_action(case: Case, actor: Actor, name: str, form: type[ActionForm] | None) -> dict[str, Any]:
    return {
        "name": name,
        "sort": name,
        "label": str(case.flow.rating_words.label if name == "rate" else shapes.OWN_LABELS[name]),
        "says": "",
        "primary": False,
        "grave": False,
        "blocked": "",
        "needs_version": False,
        "href": reverse(_OWN[name], args=[case.pk]),
        "schema": form_schema(form(case=case, actor=actor, bound=False) if form else None),
    }


# Rows of a case -----------------------------------------------------------------------------------


def _events(case: Case, *, inside: bool) -> list[Event]:
    events = timeline.for_reader(case.events.select_related("actor").order_by("-seq"), inside=inside)
    return list(events[: paging.PAGE])


def event_body(event: Event, case: Case, *, inside: bool) -> dict[str, Any]:
    """One event, as this side may read it."""
    data = event.data
    return {
        "id": event.pk,
        "seq": event.seq,
        "verb": event.verb,
        "what": timeline.words_of(event, case.flow),
        "actor": named(event.actor),
        "at": event.at,
        "from_step": data.get("from"),
        "to_step": data.get("to"),
        "data": data.get("public", {}),
        "internal": data.get("internal", {}) if inside else None,
    }


def comment_body(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.pk,
        "author": named(comment.author),
        "body": comment.body,
        "internal": comment.internal,
        "from_enterprise": comment.from_enterprise,
        "at": comment.at,
    }


def attachment_body(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.pk,
        "internal": attachment.internal,
        "attached_at": attachment.attached_at,
        "document": document_body(attachment.document),
    }


def _child(child: Case, moment: datetime) -> dict[str, Any]:
    return {
        "id": child.pk,
        "number": child.number,
        "kind": child.kind,
        "kind_label": str(child.flow.label),
        "step": child.step,
        "team": named(child.team),
        "light": child.light(moment).value,
    }


def _handover(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"to_team": named(found.to_team), "reason": found.reason, "asked_at": found.asked_at}


def _extension(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"days": found.days, "reason": found.reason, "asked_at": found.asked_at}


def rating_body(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "level": found.level,
        "comment": found.comment,
        "rated_at": found.rated_at,
        "counts": found.counts,
        "set_aside_why": found.set_aside_why,
    }


def answer(case: Case, actor: Actor, status: int = 200) -> Response:
    """A case with its ETag."""
    body = case_body(case, actor, now())
    return Response(body, status=status, headers={"ETag": versions.etag(case.version)})


class CaseRead(ApiView):
    """One case."""

    problems = (409,)

    @extend_schema(
        operation_id="case_read",
        summary=gettext_lazy("One case: clock, facts, talk, actions"),
        tags=["cases"],
        responses=shapes.CaseSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        return answer(find(request, ref), actor_of(request))


class CaseTimeline(ApiView):
    """All events of a case, newest first, as far as they concern the caller."""

    problems = (409,)

    @extend_schema(
        operation_id="case_timeline",
        summary=gettext_lazy("All events of a case"),
        tags=["cases"],
        parameters=parameters(paging.PageForm),
        responses=page_of(shapes.EventSerializer),
    )
    def get(self, request: Request, ref: str) -> Response:
        case, actor = find(request, ref), actor_of(request)
        inside = access.is_staff_for(actor, case)
        form = asked(request, paging.PageForm)
        events = timeline.for_reader(case.events.select_related("actor"), inside=inside)
        mark = paging.id_mark(form.cursor)
        if mark is not None:
            events = events.filter(seq__lt=mark)
        found = list(events.order_by("-seq")[: form.size + 1])
        more = len(found) > form.size
        found = found[: form.size]
        cursor = paging.encode(found[-1].seq) if more else ""
        return paging.page_answer(request, [event_body(e, case, inside=inside) for e in found], cursor)
