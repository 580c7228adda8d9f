"""Invented history: the requests of two and a half years, and the pauses of some of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import holidays

from portal.demonstration.texts import COMMENTS, PLACES, PRODUCTS, TITLES

STATIONS = ("jinrong", "zhongnan", "xinsong", "jiajiamei", "station_5", "station_6", "station_7")
STATION_WEIGHTS = (27, 20, 17, 13, 9, 8, 6)
CATEGORY_WEIGHTS = {
    "policy": 15,
    "procedures": 12,
    "land": 8,
    "utilities": 13,
    "financing": 8,
    "labour": 10,
    "market": 4,
    "technology": 6,
    "tax": 5,
    "environment_safety": 6,
    "arrears_legal": 3,
    "conduct": 1,
    "property": 9,
    "company_start": 6,
    "landing_other": 3,
}
CHANNELS = {"station": 38, "web": 24, "phone": 20, "visit": 13, "hotline": 5}
MONTHS = (6, 4, 10, 9, 8, 10, 8, 8, 10, 8, 9, 10)  # the new year holidays are quiet
YEARS = ((2024, 12, 770), (2025, 12, 640), (2026, 6, 330))  # year, months, requests
RATINGS = {5: 52, 4: 26, 3: 13, 2: 6, 1: 3}
PAUSE_REASONS = {"supplement": 70, "special_procedure": 26, "force_majeure": 4}

Line = dict[str, str]


@dataclass(frozen=True)
class Days:
    """The working days of some years, by the holidays library."""

    days: Sequence[date]

    @classmethod
    def of(cls, first: int, last: int) -> Days:
        known = holidays.country_holidays("CN", years=range(first, last + 1))
        day, found = date(first, 1, 1), []
        while day.year <= last:
            if known.is_working_day(day):
                found.append(day)
            day += timedelta(days=1)
        return cls(found)

    def after(self, day: date, count: int) -> date:
        """The count-th working day after a date; the date itself, or the next one, for 0."""
        position = next(i for i, known in enumerate(self.days) if known >= day)
        if count and self.days[position] != day:
            count -= 1
        return self.days[position + count]


def requests(seed: random.Random, enterprises: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Rows of the ledgers of requests and of pauses, numbered in order of receipt."""
    days = Days.of(2024, 2027)
    # A few enterprises ask often, most never.
    askers = [row for row in enterprises if "报道提及" not in row["tags"]]
    seed.shuffle(askers)
    settled = {row["uscc"]: date.fromisoformat(row["settled_on"]) for row in askers}
    often = [row["uscc"] for row in askers if row["settled_on"] < "2024"][:60]
    seldom = [row["uscc"] for row in askers[:900] if row["uscc"] not in often]
    rows: list[Line] = []
    pauses: list[Line] = []
    for year, months, count in YEARS:
        moments = sorted(_moment(seed, days, year, months) for _turn in range(count))
        for number, received in enumerate(moments, start=1):
            uscc = seed.choice(often if seed.random() < 0.35 else seldom)
            if settled[uscc] >= received.date():  # not in the park yet
                uscc = seed.choice(often)
            row, paused = _request(seed, days, f"QS{year}-{number:04d}", uscc, received)
            rows.append(row)
            pauses += paused
    return rows, sorted(pauses, key=lambda line: (line["case"], line["from_on"]))


def _moment(seed: random.Random, days: Days, year: int, months: int) -> datetime:
    """When a request comes in: mostly in service hours, sometimes at night or on a rest day."""
    month = seed.choices(range(1, months + 1), MONTHS[:months])[0]
    day = date(year, month, seed.randrange(1, 29))
    if seed.random() < 0.93:
        day = days.after(day, 0)
        hour = seed.choices(range(8, 18), (6, 14, 16, 12, 3, 6, 14, 14, 11, 4))[0]
    else:
        hour = seed.choice((7, 12, 18, 19, 20, 21, 22))
    return datetime.combine(day, time(hour, seed.randrange(60)))


def _request(
    seed: random.Random, days: Days, number: str, uscc: str, received: datetime
) -> tuple[Line, list[Line]]:
    category = seed.choices(list(CATEGORY_WEIGHTS), list(CATEGORY_WEIGHTS.values()))[0]
    accepted = _accepted(seed, days, received)
    outcome = seed.choices(("resolved", "explained", "withdrawn"), (89, 8, 3))[0]
    length = seed.choices(range(15), (12, 18, 20, 18, 14, 11, 2, 2, 1, 1, 1, 1, 1, 1, 1))[0]
    pauses = []
    if length >= 3 and seed.random() < 0.13:
        start = days.after(accepted.date(), 1)
        stop = days.after(start, seed.randrange(0, 8))
        reason = seed.choices(list(PAUSE_REASONS), list(PAUSE_REASONS.values()))[0]
        pauses.append(
            {
                "case": f"requests:{number}",
                "from_on": start.isoformat(),
                "to_on": stop.isoformat(),
                "reason": reason,
            }
        )
        length += sum(1 for day in days.days if start <= day <= stop)
    closed = _closed(seed, days, accepted, length)
    rating, comment = _rating(seed, outcome, late=length > 5 and not pauses)
    return {
        "number": number,
        "uscc": uscc,
        "station_code": seed.choices(STATIONS, STATION_WEIGHTS)[0],
        "category": category,
        "channel": seed.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        "title": title(seed, category, received.year),
        "received_at": f"{received:%Y-%m-%d %H:%M}",
        "accepted_at": f"{accepted:%Y-%m-%d %H:%M}",
        "closed_at": f"{closed:%Y-%m-%d %H:%M}",
        "outcome": outcome,
        "rating": rating,
        "rating_comment": comment,
    }, pauses


def title(seed: random.Random, category: str, year: int) -> str:
    """A title of a category, filled in."""
    return seed.choice(TITLES[category]).format(
        n=seed.randrange(2, 9),
        m=seed.randrange(1, 13),
        d=seed.choice(PLACES),
        p=seed.choice(PRODUCTS),
        y=year,
    )


def _accepted(seed: random.Random, days: Days, received: datetime) -> datetime:
    """First contact: mostly within two hours, sometimes late; never outside service hours."""
    wait = seed.choices(
        (seed.randrange(4, 40), seed.randrange(40, 115), seed.randrange(120, 400)), (55, 38, 7)
    )[0]
    moment = received
    day = days.after(received.date(), 0)
    if day != received.date() or received.time() < time(8, 40):
        moment = datetime.combine(day, time(8, 40))
    elif received.hour >= 17:
        moment = datetime.combine(days.after(day, 1), time(8, 40))
    moment += timedelta(minutes=wait)
    if moment.time() > time(17, 20):
        moment = datetime.combine(days.after(moment.date(), 1), time(9, seed.randrange(50)))
    return moment


def _closed(seed: random.Random, days: Days, accepted: datetime, length: int) -> datetime:
    day = days.after(accepted.date(), length)
    if day == accepted.date():
        later = accepted + timedelta(minutes=seed.randrange(20, 150))
        return later if later.day == accepted.day else accepted.replace(hour=23, minute=30)
    return datetime.combine(day, time(seed.randrange(9, 17), seed.randrange(60)))


def _rating(seed: random.Random, outcome: str, *, late: bool) -> tuple[str, str]:
    """Most rate, late ones worse; few say why, but the discontented do."""
    if outcome == "withdrawn" or seed.random() < 0.28:
        return "", ""
    level = seed.choices(list(RATINGS), list(RATINGS.values()))[0]
    if late and seed.random() < 0.6:
        level = max(1, level - seed.choice((1, 2)))
    speaks = seed.random() < (0.42 if level >= 3 else 0.9)
    return str(level), seed.choice(COMMENTS[level]) if speaks else ""
