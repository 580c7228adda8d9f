"""Land to test with: the land office is the department of `tests.people`, with two who negotiate."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from approvals.access import LAND_APPROVAL, RECOVERY
from approvals.models import Parcel, RecoveryTrack
from portal.cases import engine
from portal.cases.models import Case
from tests.people import MONDAY, actor


def make_parcel(code: str, area: str = "20", status: str = "available", **more: Any) -> Parcel:
    """A parcel as the register has it, not as it is in memory."""
    made = Parcel.objects.create(code=code, name=f"{code} 号地块", area_mu=area, status=status, **more)
    return Parcel.objects.get(pk=made.pk)


def idle_parcel(park: SimpleNamespace, code: str = "HD-07", **more: Any) -> Parcel:
    """Land that our enterprise holds and does not use."""
    return make_parcel(code, **{"area": "116.4", "status": "idle", "holder": park.ours, **more})


def recovery_data(parcel: Parcel, **changes: Any) -> dict[str, Any]:
    return {
        "parcel": parcel.pk,
        "cause": "enterprise",
        "reason": "合同约定开工日已过，未动工",
        "idle_since": "2024-11-01",
        "land_price_amount": "10000000",
        "planned_delivery_on": "2027-06-30",
        "fixtures": "二号厂房 1200000\n围墙 80000",
        **changes,
    }


def begin_recovery(park: SimpleNamespace, parcel: Parcel, now: datetime = MONDAY, **changes: Any) -> Case:
    return engine.open_case(
        RECOVERY, by=actor(park.handler), enterprise=park.ours, data=recovery_data(parcel, **changes), now=now
    )


def track(case: Case, mode: str) -> Case:
    """The youngest track of a recovery."""
    return RecoveryTrack.objects.filter(recovery=case.pk, mode=mode).latest("pk").case


def begin_land_approval(park: SimpleNamespace, parcel: Parcel, now: datetime = MONDAY) -> Case:
    return engine.open_case(LAND_APPROVAL, by=actor(park.handler), data={"parcel": parcel.pk}, now=now)


def line(what: str, team: Any, due_on: str, n: int = 1) -> dict[str, Any]:
    """One line of a checklist, as the form has it."""
    return {f"what_{n}": what, f"team_{n}": team.pk, f"due_{n}": due_on}
