"""Opening a case and performing its transitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import files as stored
from portal.cases import access, drafts, facts, search, standards
from portal.cases.declaration import Flow, Transition, flow_of
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.forms import ActionForm, ReasonForm
from portal.cases.models import Alert, Case, Signature, StepLog
from portal.cases.move import Move, participation, performers
from portal.cases.statements import Joined
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from portal.prepared import Prepared, run_together
from portal.worktime.clock import Calendar
from portal.worktime.now import now as present


def open_case(
    kind: str,
    *,
    by: Actor | None,
    enterprise: Enterprise | None = None,
    team: Team | None = None,
    parent: Case | None = None,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    token: UUID | None = None,
    inside: bool = False,
    form: type[ActionForm] | None = None,
) -> Case:
    """Open a case of a kind.

    `token` makes filing safe against a double click: the second call answers the case of the
    first. `form` is another form that the domain offers for the same opening (a steward's, say).
    `inside` says that the caller is another move (a child case), whose rights were checked.
    Raises NotAllowed, Invalid, Refused.
    """
    flow = flow_of(kind)
    with transaction.atomic():
        if token is not None and (earlier := _FILED.first(token, kind)):
            return earlier
        move = _new_move(flow, by=by, enterprise=enterprise, parent=parent, now=now, token=token)
        if not inside and not access.allows_opening(by, enterprise, flow):
            raise NotAllowed(_("This is not for you to file."))
        recorded = fill(move, form or flow.opening.form, data, files)
        _prepare(move, team)
        _register(move)
        if not move.insert():  # somebody was faster with this very form
            return Case.objects.get(filing_token=token)
        _begin(move, recorded)
    return move.case


def _new_move(
    flow: Flow,
    *,
    by: Actor | None,
    enterprise: Enterprise | None,
    parent: Case | None,
    now: datetime | None,
    token: UUID | None,
) -> Move:
    moment = now or present()
    case = Case(
        kind=flow.kind,
        step=flow.opening.step,
        enterprise=enterprise,
        parent=parent,
        opened_by=by.user if by else None,
        opened_at=moment,
        entered_at=moment,
        filing_token=token,
    )
    return Move(case, by=by, now=moment, calendar=Calendar.held(), stay=None)


def _prepare(move: Move, team: Team | None) -> None:
    case, opening = move.case, move.flow.opening
    case.grade = opening.grade(move.data) if opening.grade else ""
    case.title = (opening.title(move.data) if opening.title else str(move.flow.label))[:200]
    chosen = opening.team(move) if opening.team else team
    if chosen is None:
        raise Refused(_("No team is responsible for this: ask the administrator to name one."))
    case.team = chosen


def _register(move: Move) -> None:
    """Number and service standard of a new case; the draft that it was typed into is forgotten."""
    case, today = move.case, timezone.localdate(present())
    sent = {"kind": case.kind, "today": today, "enterprise": case.enterprise_id, "token": case.filing_token}
    with connection.cursor() as cursor:
        _REGISTER.run(cursor, sent)
        serial, standard = cursor.fetchone()
    case.standard_id = standard if standard is not None else standards.seed(move.flow).pk
    named = move.flow.opening.number
    case.number = (
        named(move) if named else f"{move.flow.prefix}{timezone.localtime(move.now):%Y%m%d}-{serial:06d}"
    )


def _begin(move: Move, recorded: Mapping[str, Any]) -> None:
    """The first step of a case that now has its row."""
    case, opening = move.case, move.flow.opening
    if opening.starts_clock:
        move.start_clock()
    if opening.create:
        opening.create(move)
    if opening.text and (text := opening.text(move.data)):
        move.write_along(search.keeping(case.pk, text))
    move.write_along(participation(case.pk, case.team_id))
    sign(move, first=move.flow.rules_begun_by("open"))
    if case.parent is not None:  # who leads the whole sees its parts
        move.write_along(participation(case.pk, case.parent.team_id))
    move.enter(move.flow.step(case.step), via="")
    case.alert_level = opening.level
    move.log("opened", step=case.step, team=case.team.code, **recorded)
    move.tell("case.opened", *opening.tells)
    move.save()
    if opening.level:
        _record_level(move)


def _record_level(move: Move) -> None:
    """A case that begins on a rung of the ladder has its alert like one that has climbed there."""
    case, stay = move.case, move.stay
    if stay is not None and case.due_at is not None:
        Alert.objects.create(case=case, stay=stay, level=case.alert_level, at=move.now, due_at=case.due_at)


def perform(
    case: Case | int,
    name: str,
    *,
    by: Actor | None,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    version: int | None = None,
) -> Case:
    """Perform a transition that the case's flow declares. `by` None is the portal itself.

    Raises Conflict (somebody was faster), NotAllowed, Invalid (form), Refused (guard).
    """
    with stored.atomic():  # an effect may store what it issues
        move = lock(case, by=by, now=now, version=version)
        transition = _declared(move.flow, name)
        if transition.ready or transition.guard or transition.effect:
            facts.read(move.case)
        _check_place(move.case, transition)
        check_allowed(move.case, transition, by)  # before `ready`, which tells of the case
        if transition.ready:
            transition.ready(move.case)
        recorded = fill(move, form_class(transition), data, files)
        if transition.guard:
            transition.guard(move.case, move)
        _apply(move, transition, recorded)
    return move.case


def _apply(move: Move, transition: Transition, recorded: Mapping[str, Any]) -> None:
    case, before = move.case, move.case.step
    team_before = case.team_id
    move.target = transition.target or before
    if transition.starts_clock:
        move.start_clock()
    sign(
        move,
        first=move.flow.rules_begun_by(transition.name),
        second=transition.name if transition.not_by else "",
    )
    if transition.effect:
        transition.effect(move)
    if not transition.keeps_assignee:
        case.assignee = None
    elif case.assignee_id is None and move.by and case.team_id in move.by.team_ids:
        case.assignee = move.by.user  # who acts on an unclaimed case has claimed it
    if move.target != before:
        move.enter(move.flow.step(move.target), via=transition.name)
    routed = {"team": case.team.code} if case.team_id != team_before else {}
    move.log(transition.name, **{"from": before, "to": case.step}, **routed, **recorded)
    move.tell("case.moved", *transition.tells, "watchers", transition=transition.name)
    move.save()
    if case.closed_at is not None:
        _after_closing(move)


def _after_closing(move: Move) -> None:
    """Recall what still runs below a closed case, and tell the flow of the case above."""
    case = move.case
    for child in case.children.open().order_by("id") if case.stay_seq else ():
        if any(t.name == "recall" for t in child.flow.leaving(child.step)):
            perform(child, "recall", by=None, now=move.now)
    if case.parent_id is not None:
        hook = flow_of(case.parent.kind).on_child_closed  # type: ignore[union-attr]  # it has a parent
        if hook is not None:
            above = lock(case.parent_id, by=move.by, now=move.now, inside=True)
            was_open = above.case.is_open
            hook(above, case)
            above.save()
            if was_open and not above.case.is_open:  # it ends with its child, and so does all beside it
                _after_closing(above)


def lock(
    case: Case | int,
    *,
    by: Actor | None,
    now: datetime | None,
    version: int | None = None,
    inside: bool = False,
) -> Move:
    """Lock a case (all cases above it first, from the top) and read what a move needs.

    Locking and reading are two statements: one that waited for a lock would join the fresh case to
    stale neighbours, and see an assignee that is not there. The calendar is held before the rows
    are locked (in the same statement), so that a move and a change of it cannot miss each other.
    Raises NotAllowed for a person who may only look (unless `inside` another move, whose rights
    were checked), and Conflict when `version` is not the present one.
    """
    pk = case if isinstance(case, int) else case.pk
    with connection.cursor() as cursor:
        has_above = isinstance(case, int) or case.parent_id is not None
        run_together(cursor, *([(_LOCK_ABOVE, [pk])] if has_above else []), (_LOCK, [pk]))
        held = cursor.fetchone()
    locked, stay = _read(pk)
    if by is not None and not inside:
        access.check_acts(by, locked)
    if version is not None and version != locked.version:
        raise Conflict(_faster(locked))
    calendar = Calendar.current(held[0] if held else None)
    return Move(locked, by=by, now=now or present(), calendar=calendar, stay=stay)


_LOCK = Prepared("lock_case", "SELECT worktime_hold() FROM cases_case WHERE id = %s FOR UPDATE")
# A case is younger than the one above it: the order of the keys is from the top, the same for everybody.
_LOCK_ABOVE = Prepared(
    "lock_cases_above",
    """
WITH RECURSIVE above(id) AS (
    SELECT parent_id FROM cases_case WHERE id = %s
    UNION ALL SELECT p.parent_id FROM above a JOIN cases_case p ON p.id = a.id
)
SELECT worktime_hold() FROM cases_case WHERE id IN (SELECT id FROM above) ORDER BY id FOR UPDATE
""",
)
_NEAR = ("team", "assignee", "enterprise", "parent", "parent__team")
_OPEN_STAY = Joined(
    StepLog, "case", *(f"case__{path}" for path in _NEAR), where="t0.case_id = %s AND t0.left_at IS NULL"
)
# The running number of a case may leave gaps; doubles it cannot give.
_REGISTER = Prepared(
    "register_case",
    f"""
WITH sent AS ({drafts.FORGET})
SELECT nextval('cases_number_seq'), ({standards.CURRENT})
""",  # both are constants
)
_FILED = Joined(Case, where="t0.filing_token = %s AND t0.kind = %s")
_CLOSED_CASE = Joined(Case, *_NEAR, where="t0.id = %s")


def _read(pk: int) -> tuple[Case, StepLog | None]:
    """A locked case with its open stay: one statement while it is open."""
    stay = _OPEN_STAY.first(pk)
    if stay is not None:
        return stay.case, stay
    case = _CLOSED_CASE.first(pk)
    if case is None:
        raise Case.DoesNotExist
    return case, None


def _declared(flow: Flow, name: str) -> Transition:
    try:
        return flow.transition(name)
    except KeyError as error:
        raise Refused(_("There is no such action for this case.")) from error


def check_step(case: Case, transition: Transition) -> None:
    """Whether it can be done where the case is now. Raises Conflict (no more), Refused (not yet)."""
    _check_place(case, transition)
    if transition.ready:
        transition.ready(case)


def _check_place(case: Case, transition: Transition) -> None:
    if case.step not in transition.source:
        raise Conflict(_faster(case))
    if case.paused_at is not None and not transition.while_paused:
        raise Refused(_("The clock is stopped. Resume the case first."))


_SIGN = Prepared(
    "sign",
    """
INSERT INTO cases_signature (case_id, rule, user_id, side, rounds, at)
SELECT %(case)s::bigint, g.rule, %(user)s::bigint, g.side,
       int4range(done.n + 1, CASE WHEN g.side = 2 THEN done.n + 2 END), %(at)s::timestamptz
FROM unnest(%(rules)s::text[], %(sides)s::int[]) AS g(rule, side), LATERAL (
    SELECT count(*)::int AS n FROM cases_signature s
    WHERE s.case_id = %(case)s AND s.rule = g.rule AND s.side = 2
) done
ON CONFLICT (case_id, rule, user_id, side, rounds) DO NOTHING
""",
)


def sign(move: Move, *, first: Sequence[str], second: str = "") -> None:
    """Keep on which side of which four-eyes rule the person stands. Raises NotAllowed for both.

    The portal itself signs nothing: what it does by lapse of time is nobody's decision.
    """
    sides = [(rule, Signature.Side.FIRST) for rule in first]
    if second:
        sides.append((second, Signature.Side.SECOND))
    if not sides or move.by is None:
        return
    given = {
        "case": move.case.pk,
        "user": move.user_id,
        "at": move.now,
        "rules": [rule for rule, _side in sides],
        "sides": [int(side) for _rule, side in sides],
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _SIGN.run(cursor, given)
    except IntegrityError as error:
        raise NotAllowed(_("You have handled this case yourself: somebody else has to do this.")) from error


def check_allowed(case: Case, transition: Transition, by: Actor | None) -> None:
    """Access words and four eyes. Raises NotAllowed."""
    if by is None:
        if "system" not in transition.who:
            raise NotAllowed(_("Only a person may do this."))
        return
    if not access.allows(by, case, transition.who):
        raise NotAllowed(_("This is not for you to do. It is for: %(who)s.") % {"who": who_may(transition)})
    if transition.not_by and by.user.pk in performers(case, transition):
        raise NotAllowed(_("You have handled this case yourself: somebody else has to do this."))


def who_may(transition: Transition) -> str:
    """The people whom a transition is for, in words."""
    return _(", ").join(str(access.RULES[word].label) for word in transition.who if word != "system")


def form_class(transition: Transition) -> type[ActionForm] | None:
    """The form of a transition; a plain reason where only that is asked for."""
    return transition.form or (ReasonForm if transition.reason_required else None)


def fill(
    move: Move,
    form_type: type[ActionForm] | None,
    data: Mapping[str, Any] | None,
    files: Mapping[str, Any] | None,
) -> dict[str, Any]:
    if form_type is None:
        return {}
    form = form_type(data, files, case=move.case, actor=move.by, now=move.now)
    if not form.is_valid():
        raise Invalid(form)
    move.data = form.cleaned_data
    return form.recorded()


def _faster(case: Case) -> str:
    """Who was faster, in a sentence."""
    last = case.stays.filter(left_at__isnull=False).select_related("left_by").order_by("-seq").first()
    step = case.step_declared.label
    if last is None:
        return _("The case has changed meanwhile. It is now at: %(step)s.") % {"step": step}
    who = str(last.left_by) if last.left_by else _("The portal")
    return _("%(who)s was faster, at %(time)s. The case is now at: %(step)s.") % {
        "who": who,
        "time": timezone.localtime(last.left_at).strftime("%m-%d %H:%M"),
        "step": step,
    }
