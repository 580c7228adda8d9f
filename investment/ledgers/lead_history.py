"""How a line of the lead table becomes a case and a lead.

A ledger tells when a lead was registered, signed, lost or handed over, and where it lies now. Between these
days it was in talks; which of the steps it stood in on which day is not told, and not invented: the talks
are one stay, which ended by import, and no figure counts its days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from investment.access import INVESTMENT_OFFICE
from investment.models import Lead
from portal.cases.importing import History, Stay
from portal.ledgers.declaration import Context, Values
from portal.park import offices
from portal.worktime.clock import Calendar, at

TALKS = "negotiation"  # stands for all of them where the ledger does not tell
SIGNED = ("settlement", "start", "handed_over")
ENDS = ("handed_over", "lost")
FACTS = (
    "investor_name",
    "uscc",
    "source",
    "investment_amount",
    "is_key",
    "is_top500",
    "is_xiang_returning",
    "industry",
    "signed_on",
    "lost_on",
    "lost_reason",
    "lost_cause",
    "next_action",
    "next_action_on",
    "land_mu",
    "plant_m2",
    "load_kva",
)


def history_of(values: Values, context: Context, row: int) -> History:
    """The life of a lead as far as its days tell it."""
    team: int = context.memory["task_force_code"][values["task_force_code"]]
    step, held_by = values["step"], team
    if step == "pool":
        office = offices.team_of(INVESTMENT_OFFICE)
        held_by = office.pk if office else team
    opened = at(values["opened_on"], Calendar.current().hours.opens_at)
    closed = closed_at(values)
    return History(
        number=values["number"],
        title=values["title"],
        enterprise_id=None,
        team_id=held_by,
        step=step,
        opened_at=opened,
        stays=_stays(values, team, held_by, opened, closed),
        clock_from_at=opened,
        closed_at=closed,
        outcome=step if step in ENDS else "",
        participants=frozenset([team, held_by]),
        row=row,
    )


def _stays(values: Values, team: int, held_by: int, opened: datetime, closed: datetime | None) -> list[Stay]:
    """Registration; talks from the day after to the signing or the loss; then where it lies."""
    step, signed = values["step"], values.get("signed_on")
    if step == "registration":
        return [Stay(step, team, opened)]
    talks = at(values["opened_on"] + timedelta(days=1), time.min)
    stays = [Stay("registration", team, opened, talks)]
    if step == "lost":
        return _ending(stays, Stay(TALKS, team, talks), closed)
    if signed is None:
        return [*stays, Stay(step, held_by, talks)]
    settled = max(_evening(signed), talks)
    stays.append(Stay(TALKS, team, talks, settled))
    last = "start" if step == "handed_over" else step
    return _ending(stays, Stay(last, held_by, settled), closed)


def _ending(stays: list[Stay], last: Stay, closed: datetime | None) -> list[Stay]:
    """With the last stay, until the case was closed; without it where there was no time for it."""
    if closed is not None and closed <= last.entered_at:
        stays[-1].left_at = closed
        return stays
    last.left_at = closed
    return [*stays, last]


def _evening(day: date) -> datetime:
    return at(day, Calendar.current().hours.closes_at)


def closed_at(values: Values) -> datetime | None:
    """The end of the day on which it ended; the day of the signing where the hand-over has none."""
    if values["step"] == "lost":
        return _evening(values["lost_on"])
    if values["step"] == "handed_over":
        return _evening(values.get("handed_over_on") or values["signed_on"])
    return None


def lead_of(pk: int, values: Values, context: Context) -> Lead:
    """The facts. Whoever is named as the source is named by number.

    The last action is not told: an open lead idles from the moment of its import on.
    """
    envoy = values.get("envoy_number")
    return Lead(
        case_id=pk,
        envoy_id=context.memory.get("envoy_number", {}).get(envoy) if envoy else None,
        last_action_at=closed_at(values) or context.now,
        pooled_at=context.now if values["step"] == "pool" else None,
        **{name: values[name] for name in FACTS if name in values},
    )
