"""One action on many cases: checked row by row with the engine itself, shown, done, and undone.

The check is the deed, rolled back: what is left out in the preview is left out for the very reason
for which it would fail. Each case is a transaction of its own; two workers on one batch take
different cases, and one that is killed is carried on by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.cases import access, engine
from portal.cases.declaration import FLOWS
from portal.cases.errors import CaseError, Invalid
from portal.cases.models import Batch, BatchItem, Case
from portal.cases.move import within_batch
from portal.cases.statements import Joined, Written
from portal.park.acting import Actor
from portal.park.models import Team

MOST = 1000  # cases in one batch
AT_ONCE = 40  # so many are worked while the person waits
STUCK_AFTER = timedelta(minutes=1)
Call = Callable[[Case, Actor, Mapping[str, Any], datetime], object]
State, ItemState = Batch.State, BatchItem.State


@dataclass(frozen=True)
class BulkAction:
    """Something that can be done to many cases. `asks` names the form of the page."""

    name: str
    label: str | Promise
    call: Call
    asks: str = ""
    undoable: bool = False


_OWN = (
    BulkAction("claim", _("Claim"), lambda c, a, _d, n: engine.claim(c.pk, by=a, now=n), undoable=True),
    BulkAction(
        "assign",
        _("Assign to a colleague"),
        lambda c, a, d, n: engine.assign(c.pk, by=a, data=d, now=n),
        "assign",
        undoable=True,
    ),
    BulkAction(
        "transfer",
        _("Offer to another team"),
        lambda c, a, d, n: engine.transfer(c.pk, by=a, data=d, now=n),
        "transfer",
        undoable=True,
    ),
    BulkAction(
        "accept_transfer",
        _("Take over what is offered to us"),
        lambda c, a, d, n: engine.accept_transfer(c.pk, by=a, data=d, now=n),
    ),
    BulkAction("remind", _("Remind"), lambda c, a, d, n: engine.remind(c.pk, by=a, data=d, now=n), "remind"),
)


def actions() -> dict[str, BulkAction]:
    """The kernel's own, and every transition that its flow declares fit for many at once."""
    found = {action.name: action for action in _OWN}
    for kind, flow in FLOWS.items():
        for transition in flow.transitions:
            if transition.bulk:
                name = f"{kind}:{transition.name}"
                asks = "reason" if transition.reason_required else ""
                label = _("%(kind)s: %(action)s")
                found[name] = BulkAction(
                    name,
                    _Joined(label, kind=flow.label, action=transition.label),
                    _performing(kind, transition.name),
                    asks,
                )
    return found


@dataclass(frozen=True)
class _Joined(Promise):
    """A label of labels, put together in the reader's language."""

    text: str | Promise
    values: Mapping[str, Any]

    def __init__(self, text: str | Promise, **values: Any) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return str(self.text) % self.values


def _performing(kind: str, name: str) -> Call:
    def call(case: Case, actor: Actor, data: Mapping[str, Any], now: datetime) -> object:
        if case.kind != kind:
            raise _WrongKind(_("This action does not exist for a case of this kind."))
        return engine.perform(case.pk, name, by=actor, data=data, now=now)

    return call


class _WrongKind(CaseError):
    status = 422


class _TakenBack(Exception):
    """The check is over: nothing of it stays."""


def begin(actor: Actor, action: str, case_ids: Iterable[int], *, now: datetime, skipped: int = 0) -> Batch:
    """A new batch of those of the cases that exist for the person."""
    wanted = list(dict.fromkeys(case_ids))
    seen = access.visible_to(actor).filter(pk__in=wanted[:MOST]).order_by("pk").values_list("pk", flat=True)
    with transaction.atomic():
        batch = Batch.objects.create(
            action=action,
            by=actor.user,
            created_at=now,
            touched_at=now,
            skipped=skipped + max(0, len(wanted) - MOST),
        )
        BatchItem.objects.bulk_create([BatchItem(batch=batch, case_id=pk) for pk in seen], batch_size=500)
    return batch


STARTS = {State.CHECKING: State.CHECKED, State.RUNNING: State.DONE, State.UNDOING: State.UNDONE}
TAKES = {
    State.CHECKING: ItemState.WAITING,
    State.RUNNING: ItemState.ALLOWED,
    State.UNDOING: ItemState.DONE,
}


def start(batch: Batch, state: str, *, now: datetime, data: Mapping[str, Any] | None = None) -> bool:
    """Set the batch to work if it is ready for that; False when somebody has done so already."""
    ready = {
        State.CHECKING: (State.DRAFT, State.CHECKED),
        State.RUNNING: (State.CHECKED,),
        State.UNDOING: (State.DONE,),
    }[State(state)]
    changes: dict[str, Any] = {"state": state, "touched_at": now}
    if data is not None:
        changes["data"] = dict(data)
    with transaction.atomic():
        done = Batch.objects.filter(pk=batch.pk, state__in=ready).update(**changes)
        if done and state == State.CHECKING:
            batch.items.update(state=ItemState.WAITING, reason="")
    batch.refresh_from_db()
    return bool(done)


def work(batch_id: UUID, *, now: datetime) -> int:
    """Work a batch to the end of what it is at; the number of cases done here."""
    batch = Batch.objects.select_related("by").get(pk=batch_id)
    if batch.state not in STARTS:
        return 0
    actor, count = Actor(batch.by), 0
    with override(batch.by.language or get_language()), within_batch(batch.pk):
        while _work_one(batch, actor, now):
            count += 1
            if count % 50 == 0:
                Batch.objects.filter(pk=batch.pk).update(touched_at=now)
    if not batch.items.filter(state=TAKES[State(batch.state)]).exists():
        Batch.objects.filter(pk=batch.pk, state=batch.state).update(
            state=STARTS[State(batch.state)], touched_at=now
        )
    return count


_NEXT = Joined(
    BatchItem,
    "case",
    where="t0.batch_id = %s AND t0.state = %s ORDER BY t0.id LIMIT 1 FOR UPDATE OF t0 SKIP LOCKED",
)
_ITEMS = Written(BatchItem)


def _work_one(batch: Batch, actor: Actor, now: datetime) -> bool:
    """The next case of the batch; False when there is none left for this worker."""
    state = State(batch.state)
    with transaction.atomic():
        item = _NEXT.first(batch.pk, TAKES[state])
        if item is None:
            return False
        {State.CHECKING: _check, State.RUNNING: _do, State.UNDOING: _undo}[state](batch, item, actor, now)
        _ITEMS.save(item)
    return True


def _check(batch: Batch, item: BatchItem, actor: Actor, now: datetime) -> None:
    try:
        with transaction.atomic():
            actions()[batch.action].call(item.case, actor, batch.data, now)
            raise _TakenBack
    except _TakenBack:
        item.state, item.reason = ItemState.ALLOWED, ""
    except CaseError as error:
        item.state, item.reason = ItemState.EXCLUDED, _why(error)


def _do(batch: Batch, item: BatchItem, actor: Actor, now: datetime) -> None:
    before = {"team": item.case.team_id, "assignee": item.case.assignee_id}
    try:
        with transaction.atomic():
            actions()[batch.action].call(item.case, actor, batch.data, now)
    except CaseError as error:
        item.state, item.reason = ItemState.REFUSED, _why(error)
        return
    after = Case.objects.values_list("version", flat=True).get(pk=item.case_id)
    item.state, item.version_after = ItemState.DONE, after
    # Somebody came between reading and locking: then what was read is not what there was.
    item.before = before if after == item.case.version + 1 else {}


def _undo(_batch: Batch, item: BatchItem, actor: Actor, now: datetime) -> None:
    if not item.before:
        item.state, item.reason = ItemState.KEPT, _now("The case has changed meanwhile.")
        return
    assignee = User.objects.filter(pk=item.before["assignee"], is_active=True).first()
    try:
        with transaction.atomic():
            engine.restore(
                item.case_id,
                team=Team.objects.get(pk=item.before["team"]),
                assignee=assignee,
                by=actor,
                version=item.version_after or 0,
                now=now,
            )
    except CaseError as error:
        item.state, item.reason = ItemState.KEPT, _why(error)
    else:
        item.state = ItemState.UNDONE


def _why(error: CaseError) -> str:
    """The refusal in one line; of a form, its first complaint."""
    if isinstance(error, Invalid):
        for errors in error.form.errors.values():
            return str(errors[0])[:500]
        return _now("Please check the input.")
    return str(error)[:500]


def stuck(now: datetime) -> list[UUID]:
    """Batches that nobody has carried on for a while: their worker was killed, or never told."""
    waiting = Batch.objects.filter(state__in=list(STARTS), touched_at__lt=now - STUCK_AFTER)
    return list(waiting.values_list("pk", flat=True)[:20])
