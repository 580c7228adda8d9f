"""Many cases at once: choose, see what is left out and why, do, undo."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import Duty, User
from portal.cases import bulk, queue
from portal.cases.models import Batch, BatchItem
from portal.cases.tasks import set_to_work
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.park.models import Team
from portal.worktime.now import now

UNDER_WAY = (Batch.State.CHECKING, Batch.State.RUNNING, Batch.State.UNDOING)
OUT = (BatchItem.State.EXCLUDED, BatchItem.State.REFUSED, BatchItem.State.KEPT)
LIGHTS = {
    BatchItem.State.ALLOWED: "ok",
    BatchItem.State.DONE: "ok",
    BatchItem.State.EXCLUDED: "late",
    BatchItem.State.REFUSED: "late",
    BatchItem.State.KEPT: "warn",
}
PAGE = 100
REMINDERS = (Duty.LEADER, Duty.SUPERVISOR)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RemindForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What to remind of"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Handler"), queryset=User.objects.none(), empty_label=gettext_lazy("Please choose")
    )


class TransferForm(ReasonForm):
    to_team = forms.ModelChoiceField(
        label=gettext_lazy("To team"), queryset=Team.objects.none(), empty_label=gettext_lazy("Please choose")
    )
    field_order = ("to_team", "reason")


def _form(batch: Batch, actor: Actor, data: QueryDict | None = None) -> forms.Form | None:
    """What the action asks for; each case checks it once more by its own rules."""
    asks = bulk.actions()[batch.action].asks
    if asks == "assign":
        form: forms.Form = AssignForm(data)
        people = User.objects.filter(is_active=True, memberships__team__in=actor.headed_team_ids)
        form.fields["assignee"].queryset = people.distinct().order_by("display_name", "id")  # type: ignore[attr-defined]  # a model choice
        return form
    if asks == "transfer":
        form = TransferForm(data)
        form.fields["to_team"].queryset = Team.objects.filter(active=True)  # type: ignore[attr-defined]  # a model choice
        return form
    kinds: dict[str, type[forms.Form]] = {"remind": RemindForm, "reason": ReasonForm}
    return kinds[asks](data) if asks else None


def offered(actor: Actor) -> list[tuple[str, Any]]:
    """The actions that the person may try on many cases."""
    leads = bool(actor.headed_team_ids)
    hidden = set() if leads else {"assign"}
    if not leads and not actor.holds(*REMINDERS):
        hidden.add("remind")
    return [(name, action.label) for name, action in bulk.actions().items() if name not in hidden]


@require_http_methods(["GET", "POST"])
@refusals
def batches(request: HttpRequest) -> HttpResponse:
    """GET: one's own batches. POST: begin one with the chosen cases."""
    actor, moment = actor_of(request), now()
    if not actor.is_staff_side:
        raise PermissionDenied
    if request.method == "GET":
        mine = Batch.objects.filter(by=actor.user).order_by("-created_at")[:50]
        counted = mine.annotate(n=Count("items"))
        known = bulk.actions()
        lines = [{"batch": b, "label": known[b.action].label} for b in counted if b.action in known]
        return render(request, "cases/bulk_list.html", {"lines": lines})
    action = request.POST.get("action", "")
    if action not in dict(offered(actor)):
        messages.error(request, _("Choose what is to be done."))
        return redirect("cases:queue")
    chosen, skipped = _chosen(request, actor)
    if not chosen:
        messages.error(request, _("Choose at least one case."))
        return redirect("cases:queue")
    batch = bulk.begin(actor, action, chosen, now=moment, skipped=skipped)
    if _form(batch, actor) is None:
        _set_off(batch, Batch.State.CHECKING)
    return redirect("cases:batch", pk=batch.pk)


def _chosen(request: HttpRequest, actor: Actor) -> tuple[list[int], int]:
    """The cases that were ticked, or all of the list with its filters; and how many were too many."""
    if request.POST.get("all"):
        form = queue.FilterForm(QueryDict(request.POST.get("query", "")), actor=actor)
        ids = queue.select(form, actor, now()).order_by("due_at", "id").values_list("pk", flat=True)
        return list(ids[: bulk.MOST]), max(0, ids.count() - bulk.MOST)
    ticked = [pk for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 18]
    return [int(pk) for pk in ticked], 0


def _own(request: HttpRequest, pk: UUID) -> Batch:
    return get_object_or_404(Batch, pk=pk, by=actor_of(request).user, action__in=bulk.actions())


@require_safe
@refusals
def batch_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the batch stands."""
    return _page(request, _own(request, pk))


def _page(request: HttpRequest, batch: Batch, form: forms.Form | None = None) -> HttpResponse:
    status = 422 if form is not None else 200
    counts = dict(batch.items.order_by().values_list("state").annotate(n=Count("pk")))
    total = sum(counts.values())
    waiting = counts.get(bulk.TAKES[Batch.State(batch.state)], 0) if batch.state in bulk.STARTS else 0
    action = bulk.actions()[batch.action]
    actor, draft = actor_of(request), batch.state == Batch.State.DRAFT
    if form is None and batch.state in (Batch.State.DRAFT, Batch.State.CHECKED):
        form = _form(batch, actor, QueryDict(urlencode(batch.data)) if batch.data else None)
    context = {
        "batch": batch,
        "action": action,
        "form": form,
        "said": _said(batch, actor),
        "total": total,
        "done": total - waiting,
        "counts": counts,
        "allowed": counts.get(BatchItem.State.ALLOWED, 0),
        "out": sum(counts.get(state, 0) for state in OUT),
        "under_way": batch.state in UNDER_WAY,
        "may_undo": action.undoable and batch.state == Batch.State.DONE and counts.get("done"),
        **({} if draft or batch.state in UNDER_WAY else _lines(request, batch)),
    }
    htmx = getattr(request, "htmx", False)
    return render(request, "cases/_bulk.html" if htmx else "cases/bulk.html", context, status=status)


def _lines(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """One page of the cases of a batch: those left out first, with the reason, then the others."""
    asked = request.GET.get("page", "")
    number = min(int(asked), bulk.MOST) if asked.isdecimal() and len(asked) < 5 else 1
    first = (max(number, 1) - 1) * PAGE  # a batch is small and does not change any more
    ranked = batch.items.annotate(rank=Case(When(state__in=OUT, then=0), default=1))
    found = ranked.select_related("case__enterprise").order_by("rank", "reason", "id")
    items = list(found[first : first + PAGE + 1])
    for item in items:
        item.light = LIGHTS.get(BatchItem.State(item.state), "hold")  # type: ignore[attr-defined]  # for the template
    return {
        "lines": items[:PAGE],
        "earlier": f"?page={number - 1}" if first else "",
        "later": f"?page={number + 1}" if len(items) > PAGE else "",
    }


def _said(batch: Batch, actor: Actor) -> list[tuple[str, str]]:
    """What was filled in, as the preview and the result repeat it."""
    form = _form(batch, actor, QueryDict(urlencode(batch.data)))
    if not batch.data or form is None or not form.is_valid():
        return []
    given = form.cleaned_data.items()
    return [(str(form.fields[name].label), str(getattr(value, "label", value))) for name, value in given]


@require_POST
@refusals
def batch_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take what the action asks for and check every case."""
    batch = _own(request, pk)
    form = _form(batch, actor_of(request), request.POST)
    if form is not None and not form.is_valid():
        return _page(request, batch, form)
    data = {name: request.POST.get(name, "") for name in form.fields} if form else {}
    _set_off(batch, Batch.State.CHECKING, data)
    return redirect("cases:batch", pk=pk)


@require_POST
@refusals
def batch_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Do it for every case that the check has passed."""
    _set_off(_own(request, pk), Batch.State.RUNNING)
    return redirect("cases:batch", pk=pk)


@require_POST
@refusals
def batch_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back where nothing has happened since."""
    batch = _own(request, pk)
    if bulk.actions()[batch.action].undoable:
        _set_off(batch, Batch.State.UNDOING)
    return redirect("cases:batch", pk=pk)


def _set_off(batch: Batch, state: str, data: dict[str, str] | None = None) -> None:
    """A small batch at once; a large one by a worker, with progress. A second click changes nothing."""
    if not bulk.start(batch, state, now=now(), data=data):
        return
    if batch.items.count() <= bulk.AT_ONCE:
        bulk.work(batch.pk, now=now())
    else:
        set_to_work(batch.pk)
