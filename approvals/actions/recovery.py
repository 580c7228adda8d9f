"""腾笼换鸟: two tracks side by side; the one that ends with the land recalls the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from approvals.access import RECOVERY_AGREEMENT, RECOVERY_COMPULSORY
from approvals.actions.days import allow_until
from approvals.actions.land import hold_parcel
from approvals.actions.reviews import years_later
from approvals.models import (
    YEARS_UNTIL_FEE,
    YEARS_UNTIL_TAKEN,
    Fixture,
    Parcel,
    Recovery,
    RecoveryTrack,
)
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.worktime.clock import local

MODES = {
    RECOVERY_AGREEMENT: Parcel.RecoveryMode.AGREEMENT,
    RECOVERY_COMPULSORY: Parcel.RecoveryMode.COMPULSORY,
}


def create_recovery(move: Move) -> None:
    """Raises Refused when nobody holds the parcel, or when it is being recovered already."""
    parcel = hold_parcel(move.data["parcel"])
    if parcel.status not in (Parcel.Status.IN_USE, Parcel.Status.IDLE):
        told = {"parcel": parcel, "status": parcel.get_status_display()}
        raise Refused(_("%(parcel)s cannot be recovered: %(status)s.") % told)
    if parcel.holder_id is None or parcel.holder_id != move.case.enterprise_id:
        raise Refused(_("Land is recovered from the holder of its right, and from nobody else."))
    if Recovery.objects.filter(parcel=parcel, under_way=True).exists():
        raise Refused(_("%(parcel)s is being recovered already.") % {"parcel": parcel})
    names = ("cause", "reason", "idle_since", "land_price_amount", "planned_delivery_on")
    recovery = Recovery.objects.create(
        case=move.case,
        parcel=parcel,
        status_before=parcel.status,
        **{name: move.data[name] for name in names},
    )
    _list(recovery, move.data["fixtures"])
    parcel.status = Parcel.Status.RECOVERING
    parcel.planned_delivery_on, parcel.delivered_on = recovery.planned_delivery_on, None
    parcel.save(update_fields=["status", "planned_delivery_on", "delivered_on"])
    move.case.title = _("Recovery of %(parcel)s") % {"parcel": parcel.name}


def _list(recovery: Recovery, fixtures: list[tuple[str, Decimal]]) -> None:
    Fixture.objects.filter(recovery=recovery).delete()
    Fixture.objects.bulk_create(
        Fixture(recovery=recovery, what=what, amount=amount) for what, amount in fixtures
    )


def list_fixtures(move: Move) -> None:
    """构筑物、附着物: the whole list anew, each with its amount."""
    _list(move.case.recovery, move.data["fixtures"])


def may_agree(case: Case) -> None:
    _one_track(case, Parcel.RecoveryMode.AGREEMENT)


def may_compel(case: Case) -> None:
    """Raises Refused for idleness that the government has caused (dossier, section 2, stage 5 [G])."""
    if case.recovery.cause == Recovery.Cause.GOVERNMENT:
        raise Refused(
            _("The government has caused it: more time, an exchange or an agreed return, but no compulsion.")
        )
    _one_track(case, Parcel.RecoveryMode.COMPULSORY)


def _one_track(case: Case, mode: str) -> None:
    if RecoveryTrack.objects.filter(recovery=case.pk, mode=mode, under_way=True).exists():
        raise Refused(_("This track is under way already."))


def begin_agreement(move: Move) -> None:
    _begin(move, RECOVERY_AGREEMENT)


def begin_compulsory(move: Move) -> None:
    _begin(move, RECOVERY_COMPULSORY)


def _begin(move: Move, kind: str) -> None:
    engine.open_case(
        kind,
        by=move.by,
        enterprise=move.case.enterprise,
        team=move.case.team,
        parent=move.case,
        now=move.now,
        inside=True,
    )


def create_track(move: Move) -> None:
    mode = MODES[move.case.kind]
    recovery = Recovery.objects.select_related("parcel").get(pk=move.case.parent_id)
    RecoveryTrack.objects.create(case=move.case, recovery=recovery, mode=mode)
    told = {"parcel": recovery.parcel.name, "mode": mode.label}
    move.case.title = _("Recovery of %(parcel)s, %(mode)s") % told


def government_caused(case: Case) -> None:
    if case.recovery.cause != Recovery.Cause.GOVERNMENT:
        raise Refused(_("Only for what the government has caused."))
    nothing_paid(case)


def nothing_paid(case: Case) -> None:
    """Raises Refused once the price is settled, for the recovery or its other track: paid is taken over."""
    paid = RecoveryTrack.objects.filter(recovery__in=(case.pk, case.parent_id or 0), under_way=True)
    if paid.exclude(settled_on=None).exists():
        raise Refused(_("The price is settled: the land comes back by agreement."))


def grant_remedy(move: Move) -> None:
    """The holder keeps land: more time, or another parcel."""
    recovery: Recovery = move.case.recovery
    recovery.remedy, recovery.remedy_terms = move.data["remedy"], move.data["remedy_terms"]
    _leave(move, recovery)


def leave_parcel(move: Move) -> None:
    """Given up: the parcel is what it was before."""
    _leave(move, move.case.recovery)


def _leave(move: Move, recovery: Recovery) -> None:
    recovery.under_way = False
    move.keep(recovery)
    parcel = hold_parcel(recovery.parcel)
    if parcel.status == Parcel.Status.RECOVERING:
        parcel.status, parcel.planned_delivery_on = recovery.status_before, None
        parcel.save(update_fields=["status", "planned_delivery_on"])


# By agreement ---------------------------------------------------------------------------------------


def keep_track(*names: str) -> Callable[[Move], None]:
    """An effect that writes what the form says under the same names."""

    def write(move: Move) -> None:
        track: RecoveryTrack = move.case.recovery_track
        for name in names:
            setattr(track, name, move.data[name])
        move.keep(track)

    return write


def begin_clearing(move: Move) -> None:
    """The land is cleared until the day that was planned for the hand-over."""
    track: RecoveryTrack = move.case.recovery_track
    track.settled_on = move.data["settled_on"]
    move.keep(track)
    allow_until(move, track.recovery.planned_delivery_on)


def hand_over(move: Move) -> None:
    track: RecoveryTrack = move.case.recovery_track
    track.delivered_on, track.under_way = move.data["delivered_on"], False
    move.keep(track)


def end_track(move: Move) -> None:
    track: RecoveryTrack = move.case.recovery_track
    track.under_way = False
    move.keep(track)


# By law ---------------------------------------------------------------------------------------------


def find_idle(move: Move) -> None:
    track: RecoveryTrack = move.case.recovery_track
    track.findings, track.hearing_by = move.data["findings"], move.data["hearing_by"]
    move.keep(track)
    Recovery.objects.filter(pk=track.recovery_id).update(idle_since=move.data["idle_since"])


def idle_a_year(case: Case, move: Move) -> None:
    """Raises Refused before one year, after two, and for what cannot be reckoned (dossier [S16])."""
    track: RecoveryTrack = case.recovery_track
    recovery, today = track.recovery, local(move.now).date()
    if charged := recovery.tracks.exclude(fee_on=None).first():
        raise Refused(_("The fee was charged on %(on)s.") % {"on": charged.fee_on})
    if recovery.cause != Recovery.Cause.ENTERPRISE:
        raise Refused(_("The fee is for land that its holder has left idle."))
    if recovery.fee_amount is None:
        raise Refused(_("Nobody knows at what price the land was sold: without it there is no fee."))
    since = _since(recovery)
    first, last = years_later(since, YEARS_UNTIL_FEE), years_later(since, YEARS_UNTIL_TAKEN)
    if today < first:
        told = {"since": since, "on": first}
        raise Refused(_("Idle since %(since)s: the fee can be charged from %(on)s on (one year).") % told)
    if today >= last:
        told = {"since": since}
        raise Refused(_("Idle since %(since)s: after two years it is taken back, without a fee.") % told)


def charge_fee(move: Move) -> None:
    """闲置费: 20 % of the price at which the land was sold."""
    track: RecoveryTrack = move.case.recovery_track
    track.fee_amount, track.fee_on = track.recovery.fee_amount, local(move.now).date()
    move.keep(track)


def hearing_is_over(case: Case, move: Move) -> None:
    by = case.recovery_track.hearing_by
    if by is not None and local(move.now).date() <= by:
        raise Refused(_("A hearing can be asked for until %(on)s.") % {"on": by})


def idle_two_years(case: Case, move: Move) -> None:
    """Raises Refused before two years (dossier, section 2, stage 5 [S16])."""
    since = _since(case.recovery_track.recovery)
    first = years_later(since, YEARS_UNTIL_TAKEN)
    if local(move.now).date() < first:
        told = {"since": since, "on": first}
        raise Refused(_("Idle since %(since)s: it can be taken back from %(on)s on (two years).") % told)


def _since(recovery: Recovery) -> date:
    if recovery.idle_since is None:
        raise Refused(_("Nobody has found out yet since when it is idle."))
    return recovery.idle_since


def decide_taking(move: Move) -> None:
    track: RecoveryTrack = move.case.recovery_track
    track.decision_number, track.decided_on = move.data["decision_number"], local(move.now).date()
    move.keep(track)


def enforce_taking(move: Move) -> None:
    """What stood there is paid for; the land itself is not (dossier, section 2, stage 5 [S16])."""
    track: RecoveryTrack = move.case.recovery_track
    track.amount = move.data["amount"]
    hand_over(move)


# Both -----------------------------------------------------------------------------------------------


def track_ended(above: Move, child: Case) -> None:
    """The track that ends with the land ends the recovery; what still runs beside it is recalled with it."""
    if child.outcome != "recovered":
        if above.case.is_open and child.outcome != "recalled":
            above.tell("case.moved", "handler", transition="")
        return
    track = RecoveryTrack.objects.select_related("recovery__parcel").get(pk=child.pk)
    recovery = track.recovery
    recovery.mode, recovery.amount = track.mode, track.amount
    recovery.delivered_on, recovery.under_way = track.delivered_on, False
    above.keep(recovery)
    _bring_home(recovery, local(above.now).date())
    above.enter(above.flow.step("recovered"), via="recovered")
    above.log("recovered", public={"mode": track.mode, "delivered_on": str(track.delivered_on)})
    above.tell("case.moved", "team", "enterprise", transition="")


def _bring_home(recovery: Recovery, today: date) -> None:
    parcel = hold_parcel(recovery.parcel)
    parcel.status, parcel.holder = Parcel.Status.RECOVERED, None
    parcel.recovered_on, parcel.delivered_on = today, recovery.delivered_on
    parcel.recovery_mode, parcel.recovery_amount = recovery.mode, recovery.amount
    parcel.save(
        update_fields=[
            "status",
            "holder",
            "recovered_on",
            "delivered_on",
            "recovery_mode",
            "recovery_amount",
        ]
    )
