"""Many cases at once: choose, see what is left out and why, do, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
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
    assignee = forms.ModelChoiceField(label=gettext_lazy("Handler"), queryset=User.objects.none())


class TransferForm(ReasonForm):
    to_team = forms.ModelChoiceField(label=gettext_lazy("To team"), queryset=Team.objects.none())
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
    counts = dict(batch.items.order_by().values_list("state").annotate(n=Count("pk")))
    total = sum(counts.values())
    waiting = counts.get(bulk.TAKES[Batch.State(batch.state)], 0) if batch.state in bulk.STARTS else 0
    out = batch.items.filter(state__in=("excluded", "refused", "kept")).select_related("case__enterprise")
    ins = batch.items.filter(state__in=("allowed", "done", "undone")).select_related("case__enterprise")
    action = bulk.actions()[batch.action]
    context = {
        "batch": batch,
        "action": action,
        "form": form or (_form(batch, actor_of(request)) if batch.state == Batch.State.DRAFT else None),
        "total": total,
        "done": total - waiting,
        "counts": counts,
        "allowed": counts.get(BatchItem.State.ALLOWED, 0),
        "under_way": batch.state in UNDER_WAY,
        "out": list(out.order_by("reason", "id")),
        "ins": list(ins.order_by("id")[:100]),
        "ins_count": total - len(out),
        "may_undo": action.undoable and batch.state == Batch.State.DONE and counts.get("done"),
    }
    htmx = getattr(request, "htmx", False)
    status = 422 if form is not None else 200
    return render(request, "cases/_bulk.html" if htmx else "cases/bulk.html", context, status=status)


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
