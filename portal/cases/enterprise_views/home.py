"""The enterprise's first page and its list of cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.apps import domains
from portal.cases.access import agency_scope, own_papers
from portal.cases.declaration import FLOWS, Flow
from portal.cases.models import Case, Document, Draft, Holder
from portal.cases.presenting.papers import ASKED, paper
from portal.cases.presenting.rows import Row, rows
from portal.cases.presenting.words import short_moment
from portal.cases.queue import overdue
from portal.cases.views.common import actor_of, refusals
from portal.notices.queries import centre
from portal.notices.texts import render as text_of
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, local
from portal.worktime.now import now

RATE_WITHIN = timedelta(days=30)
PAGE = 30
WHOLES = 3


def own_cases(actor: Actor) -> QuerySet[Case]:
    """The cases of the enterprise that the person acts for now."""
    mine = Case.objects.filter(agency_scope(actor), enterprise=actor.enterprise_id)
    return mine.select_related("enterprise", "assignee", "team").annotate(is_asked=ASKED)


def _turn_first() -> Choose:
    """What waits for the enterprise comes first, however many cases are open."""
    waits = Q(holder=Holder.ENTERPRISE) | Q(is_asked=True)
    return Choose(When(waits, then=0), default=1, output_field=IntegerField())


def _on_first_page(moment: datetime) -> Q:
    """Of a whole that is open only what waits for the enterprise, or is late: a dozen permits of one project
    would hide everything else."""
    above = Q(parent=None) | Q(parent__closed_at__isnull=False)
    return above | Q(holder=Holder.ENTERPRISE) | Q(is_asked=True) | overdue(moment)


@refusals
def home(request: HttpRequest) -> HttpResponse:
    """What needs me now; what is under way; what I can start."""
    actor, moment = actor_of(request), now()
    calendar = Calendar.current()
    mine = own_cases(actor)
    shown = mine.filter(_on_first_page(moment), closed_at=None).exclude(kind__in=_whole_kinds())
    cases = list(shown.order_by(_turn_first(), "due_at", "id")[:PAGE])
    open_rows = rows(cases, actor, moment, calendar, inside=False)
    wholes = _wholes(mine, list(zip(cases, open_rows, strict=True)))
    under_way = [row for row in open_rows if not row.mine]
    context: dict[str, Any] = {
        "wholes": wholes,
        "todo": [row for row in open_rows if row.mine],
        "under_way": under_way,
        "handled": len(under_way) + len(wholes),
        "late": sum(1 for r in open_rows if r.light == "late"),
        "to_rate": _asked_to_rate(actor, moment, calendar),
        "drafts": _drafts(actor),
        "starts": starts(actor),
        "guides": [(title, line, reverse(name)) for d in domains() for title, line, name in d.guides],
        "may_act": actor.may_act_for(actor.enterprise_id),
        "papers": [paper(document, local(moment).date()) for document in _papers(actor)[:4]],
        "notices": _notices(actor),
    }
    return render(request, "enterprise/home.html", context)


def _whole_kinds() -> list[str]:
    """Kinds with a page for the whole: everything that waits belongs to one of their cases."""
    return [kind for kind, flow in FLOWS.items() if flow.whole_page]


def _wholes(mine: QuerySet[Case], waiting: list[tuple[Case, Row]]) -> list[tuple[Case, str, list[str]]]:
    """The newest wholes that are open, each with its page and what waits for the enterprise in it."""
    found = mine.filter(kind__in=_whole_kinds(), closed_at=None).order_by("-opened_at", "-id")[:WHOLES]
    return [
        (
            whole,
            reverse(whole.flow.whole_page, args=[whole.pk]),
            [_name(case, whole) for case, row in waiting if case.parent_id == whole.pk and row.mine],
        )
        for whole in found
    ]


def _name(case: Case, whole: Case) -> str:
    return str(case.flow.label) if case.title == whole.title else case.title


def _asked_to_rate(actor: Actor, moment: datetime, calendar: Calendar) -> list[tuple[Row, Any]]:
    """What was closed of late and is not rated yet, each with the question."""
    if not actor.may_act_for(actor.enterprise_id):
        return []
    ratable = Q(pk__in=[])
    for kind, flow in FLOWS.items():
        if flow.ratable:
            ratable |= Q(kind=kind) & ~Q(outcome__in=flow.unrated_outcomes)
    fresh = own_cases(actor).filter(ratable, closed_at__gte=moment - RATE_WITHIN, rating=None)
    found = list(fresh.order_by("-closed_at")[:5])
    shown = rows(found, actor, moment, calendar, inside=False)
    return [(row, case.flow.rating_words.asks) for row, case in zip(shown, found, strict=True)]


def starts(actor: Actor) -> list[tuple[Any, Any, str]]:
    """What the person can begin for the enterprise: title, one line, address."""
    return [
        (*flow.invitation, reverse(flow.file_page))
        for flow in FLOWS.values()
        if flow.file_page and actor.may_act_for(actor.enterprise_id, flow.kind)
    ]


def _drafts(actor: Actor) -> list[tuple[Any, str, str]]:
    """What was begun: label, when it was saved, where to go on."""
    found = Draft.objects.filter(enterprise=actor.enterprise_id, version__gt=1).order_by("-saved_at")
    mine = [d for d in found if d.kind in FLOWS and actor.may_act_for(actor.enterprise_id, d.kind)]
    told = []
    for kind in dict.fromkeys(draft.kind for draft in mine):
        told += _drafts_of(FLOWS[kind], [draft for draft in mine if draft.kind == kind])
    return [(label, short_moment(draft.saved_at), href) for label, draft, href in told]


def _drafts_of(flow: Flow, found: list[Draft]) -> list[tuple[Any, Draft, str]]:
    if flow.drafts_by is None:
        return [(flow.label, d, reverse(flow.file_page)) for d in found if flow.file_page and not d.subject]
    labels, page = flow.drafts_by.labels([draft.subject for draft in found]), reverse(flow.drafts_by.page)
    return [
        (labels[d.subject], d, f"{page}?{urlencode({'subject': d.subject})}")
        for d in found
        if d.subject in labels
    ]


def _papers(actor: Actor) -> QuerySet[Document]:
    own = Document.objects.filter(own_papers(actor), enterprise=actor.enterprise_id)
    return own.order_by("valid_until_on", "-id")


def _notices(actor: Actor) -> list[tuple[Any, str, bool]]:
    found = centre(actor.user.pk).order_by("-created_at", "-id")[:4]
    return [
        (text_of(n.key, n.params, n.case_id), short_moment(n.created_at), n.read_at is None) for n in found
    ]


@require_safe
@refusals
def case_list(request: HttpRequest) -> HttpResponse:
    """All cases of the enterprise: open ones by deadline, closed ones by date."""
    actor, moment = actor_of(request), now()
    if not actor.agencies:
        raise PermissionDenied
    calendar = Calendar.current()
    open_cases = own_cases(actor).filter(closed_at=None).order_by(_turn_first(), "due_at", "id")[: 2 * PAGE]
    open_rows = rows(open_cases, actor, moment, calendar, inside=False)
    closed = own_cases(actor).filter(closed_at__isnull=False)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        closed = closed.filter(pk__lt=int(before))
    closed_rows = list(closed.order_by("-pk")[: PAGE + 1])
    context: dict[str, Any] = {
        "starts": starts(actor),
        "open_rows": [] if before else open_rows,
        "closed_rows": rows(closed_rows[:PAGE], actor, moment, calendar, inside=False),
        "later": str(closed_rows[PAGE - 1].pk) if len(closed_rows) > PAGE else "",
    }
    return render(request, "enterprise/case_list.html", context)


@refusals
def nothing_yet(request: HttpRequest) -> HttpResponse:
    """A person whom nobody has given anything to do yet."""
    return render(request, "enterprise/nothing_yet.html")
