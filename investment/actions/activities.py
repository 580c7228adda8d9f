"""招商活动: planned, held, reported within three working days of the return (dossier, section 5, step 4)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from investment.models import Activity, Call
from portal.cases import engine
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park.models import Team
from portal.worktime.clock import local

LOCK = 0x1ED72  # name space of advisory locks: the year of a batch
_PLANNED = ("kind", "begins_on", "ends_on", "leader", "place", "investor_name", "purpose")
_REPORTED = ("place", "summary", "cost", "leader_count", "latitude", "longitude")


def team_of(move: Move) -> Team:
    team: Team = move.data["task_force"]
    return team


def title_of(data: object) -> str:
    """What the case is called: what it is, where or with whom."""
    given: dict[str, object] = dict(data)  # type: ignore[call-overload]  # the data of the form
    kind = Activity.Kind(str(given["kind"])).label
    return f"{kind} · {given.get('investor_name') or given.get('place') or given.get('purpose')}"


def plan(move: Move) -> None:
    """A planned activity; a trip gets the next number of its year."""
    given = move.data
    activity = Activity(case=move.case, **{name: given[name] for name in _PLANNED})
    activity.batch = _next_batch(activity)
    activity.save(force_insert=True)
    activity.members.set(given["members"])


def change(move: Move) -> None:
    """The plan as it is now; a trip that moves to another year gets a number of that year."""
    activity: Activity = move.case.activity
    year = activity.begins_on.year
    for name in _PLANNED:
        setattr(activity, name, move.data[name])
    if activity.begins_on.year != year or (activity.kind == Activity.Kind.TRIP) != (
        activity.batch is not None
    ):
        activity.batch = _next_batch(activity)
    move.keep(activity)
    activity.members.set(move.data["members"])
    move.case.title = title_of(move.data)[:200]


def _next_batch(activity: Activity) -> int | None:
    if activity.kind != Activity.Kind.TRIP:
        return None
    year = activity.begins_on.year
    with connection.cursor() as cursor:  # two at once do not get one number
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, year])
    trips = Activity.objects.filter(kind=Activity.Kind.TRIP, begins_on__year=year).exclude(pk=activity.pk)
    # Trips of a ledger carry no number of their own, and are batches all the same.
    earlier = trips.aggregate(last=Max("batch", default=0), many=Count("pk"))
    return 1 + max(int(earlier["last"]), int(earlier["many"]))


def begun(case: Case, move: Move) -> None:
    """Raises Refused for the report of what lies ahead."""
    activity: Activity = case.activity
    if activity.begins_on > local(move.now).date():
        raise Refused(_("It has not taken place yet."))


def over(case: Case, move: Move) -> None:
    """Raises Refused while it goes on."""
    activity: Activity = case.activity
    if activity.ends_on > local(move.now).date():
        raise Refused(_("It has not taken place yet."))


def report(move: Move) -> None:
    """What came of it, and whom one called on. It counts as an action on every lead that it was about."""
    activity: Activity = move.case.activity
    for name in _REPORTED:
        setattr(activity, name, move.data[name])
    move.keep(activity)
    Call.objects.bulk_create(
        Call(activity=activity, company=company, outcome=outcome) for company, outcome in move.data["calls"]
    )
    activity.leads.add(*move.data["leads"])
    for lead in move.data["leads"]:
        _note_on(lead.pk, move)


def _note_on(lead_id: int, move: Move) -> None:
    data = {"activity": move.case.number}
    try:
        engine.perform(lead_id, "note_activity", by=None, data=data, now=move.now)
    except CaseError:
        return  # the lead has ended: its activity stays linked all the same


def hold(now: datetime) -> int:
    """What has taken place waits for its report from now on; how many these are."""
    done = 0
    over_now = Activity.objects.filter(case__step="planned", ends_on__lte=local(now).date())
    for pk in over_now.order_by("pk").values_list("pk", flat=True):
        try:
            engine.perform(pk, "hold", by=None, now=now)
        except CaseError:
            continue  # reported, moved or called off meanwhile
        done += 1
    return done
