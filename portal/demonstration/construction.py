"""Invented construction: parcels, projects and their permits of three years, and the pauses of some.

Named in the report on the park, and taken from it: the parcel of 116.4 mu that was recovered by agreement
for 44 million yuan and handed over four months early, and the project of 金杯电工电磁线 on it, approved in
nine working days. All dates are invented, and everything else is: projects say so in their names. The
projects of 2024 are drawn so long until their net working days are those of `NET_2024`, fifteen on average.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar

from portal.demonstration.construction_texts import PHASES, PRODUCTS, REPORTED_PARCEL, REPORTED_PROJECT
from portal.demonstration.history import Days, Line

REPORTED = "金杯电工电磁线有限公司"
REPORTED_NET = 9
# The other new construction of 2024, in net working days; with the nine of the report: 15 on average.
NET_2024 = (11, 12, 12, 13, 13, 14, 14, 14, 15, 15, 15, 15, 15, 16, 16, 16, 16, 17, 17, 18, 18, 19, 20)
BASELINE = "40"
PAUSES = {"supplement": 6, "special_procedure": 3, "force_majeure": 1}
LAST = date(2026, 6, 26)  # of the invented history
IN_TIME = {"KG-002": 6, "KG-006": 3}  # working days of what is not drawn to its end
# Chain of a project: item, least and most working days, and the enterprise's turn after it, at most.
LAND = (("GD-003", 0, 0, 4), ("GD-008", 1, 2, 3), ("GD-009", 1, 1, 8))
SCHEME = (("KG-006", 2, 4, 6), ("KG-007", 1, 3, 5))
DRAWINGS = (("KG-008", 2, 4, 4),)
ACCEPTANCE = (("JG-002", 3, 5, 2), ("JG-003", 1, 1, 3), ("JG-005", 0, 0, 0))
PROJECT = (
    "number", "name", "uscc", "mode", "is_new_construction", "investment_amount", "baseline_days",
    "opened_on", "stage", "parcel_code", "committed_investment_amount", "committed_output_per_mu",
    "committed_tax_per_mu",
    "committed_start_on", "committed_completion_on", "committed_capacity_on", "lead_number", "done_on",
)  # fmt: skip
PARCEL = (
    "code", "name", "area_mu", "status", "holder_uscc", "recovered_on", "recovery_mode", "recovery_amount",
    "planned_delivery_on", "delivered_on", "assigned_project",
)  # fmt: skip


@dataclass
class Permit:
    """One permit. Its days are places in the list of working days."""

    item: str
    accepted: int
    decided: int | None
    outcome: str = "granted"
    label: str = ""
    sequence: int = 1
    pauses: list[tuple[int, int, str]] = field(default_factory=list)

    def held(self) -> set[int]:
        """The working days on which its clock ran."""
        paused = {day for begin, end, _why in self.pauses for day in range(begin, end + 1)}
        return set(range(self.accepted + 1, (self.decided or self.accepted) + 1)) - paused


@dataclass(frozen=True)
class Wish:
    """What a project is to be like. `phases` 0: its construction permit comes in one piece."""

    year: int
    mode: str
    phases: int = 0
    is_new: bool = True
    net: int | None = None
    completed: bool = False
    running: bool = False
    splits: bool = False  # its last phase comes in the year after
    reported: bool = False


def net_days(permits: Iterable[Permit]) -> int:
    """Working days on which at least one of them ran."""
    return len(set[int]().union(*(permit.held() for permit in permits)))


def wishes(seed: random.Random) -> list[Wish]:
    """The projects of three years, in any order."""
    nets = list(NET_2024)
    seed.shuffle(nets)
    found = [Wish(2024, "standard", net=REPORTED_NET, reported=True)]
    for n, net in enumerate(nets):
        early = n < 9
        phases = (3 if net >= 15 and n % 2 else 2) if early else 0
        mode = "land_to_construction" if early else "standard"
        found.append(Wish(2024, mode, phases, net=net, completed=net >= 17))
    found += [Wish(2024, "land_to_construction", 2, splits=True) for _n in range(2)]
    found += [Wish(2025, "standard", completed=n == 0) for n in range(5)]
    found += [Wish(2025, "land_to_construction", phases) for phases in (0, 2, 2, 3)]
    found += [Wish(2026, "standard"), Wish(2026, "land_to_construction", 2)]
    found += [Wish(2026, mode, running=True) for mode in ("standard", "standard", "land_to_construction")]
    found += [Wish(2024 + n // 4, "expansion", is_new=False, completed=n < 2) for n in range(8)]
    return found


class Sketch:
    """Draws the permits of one project, one after the other."""

    def __init__(self, seed: random.Random, days: Days, wish: Wish) -> None:
        self.seed, self.days, self.wish = seed, days.days, wish
        first = next(n for n, day in enumerate(self.days) if day.year == wish.year)
        late = 105 if wish.year == 2026 else 190
        if wish.splits:
            first, late = first + 198, 8
        if wish.reported:
            first, late = next(n for n, day in enumerate(self.days) if day >= date(2024, 4, 16)), 1
        if wish.running:
            first, late = next(n for n, day in enumerate(self.days) if day >= date(2026, 6, 8)), 5
        self.opened = self.at = first + seed.randrange(late)
        self.permits: list[Permit] = []

    def draw(self) -> list[Permit]:
        """All permits of the project."""
        if self.wish.mode != "expansion":
            self.chain(LAND)
        else:
            self.chain(LAND[:1])
        beside = self.at
        if self.wish.running:
            self.permits.append(Permit("KG-002", beside, None, ""))
            self.permits.append(Permit("KG-006", beside, None, ""))
            return self.permits
        self.chain(SCHEME[:1])
        self.beside(beside)
        self.construct()
        if self.wish.completed:
            self.at += self.seed.randrange(230, 330)
            self.chain(ACCEPTANCE)
        return self.permits

    def settle(self) -> None:
        """What runs at the end of the drawing is decided in time: nothing hangs in the park's present."""
        for permit in self.permits:
            if permit.decided is None:
                permit.decided, permit.outcome = permit.accepted + IN_TIME[permit.item], "granted"

    def construct(self) -> None:
        """The works permit, the drawings, and the construction permit: in one piece, or in its phases."""
        names = PHASES.get(self.wish.phases, ("",))
        for n, label in enumerate(names, start=1):
            if n == min(2, len(names)):
                self.chain(SCHEME[1:])
            if n == len(names):
                self.chain(DRAWINGS)
                if self.wish.splits:
                    self.at += 40
            self.one("KG-012", 1, 2 if self.wish.net is None else 1, 5, label, sequence=n)

    def chain(self, items: Iterable[tuple[str, int, int, int]]) -> None:
        for item, least, most, turn in items:
            self.one(item, least, most, turn)

    def one(self, item: str, least: int, most: int, turn: int, label: str = "", sequence: int = 1) -> None:
        """One permit, now and then filed twice or paused; then the enterprise has its turn."""
        took = self.seed.randint(least, most)
        if self.wish.reported:
            took, turn = least, 1
        if item == "KG-006" and not self.wish.reported and self.seed.random() < 0.12:
            outcome = self.seed.choice(("refused", "refused", "withdrawn"))
            self.permits.append(Permit(item, self.at, self.at + 2, outcome))
            self.at, sequence = self.at + 2 + self.seed.randint(3, 12), 2
        permit = Permit(item, self.at, self.at + took, "granted", label, sequence)
        if took >= 2 and not self.wish.reported and self.seed.random() < 0.14:
            self.pause(permit)
        self.permits.append(permit)
        self.at = (permit.decided or self.at) + self.seed.randint(0, turn)

    def pause(self, permit: Permit) -> None:
        """Some days after the first that do not count, and by which the decision is later."""
        length = self.seed.randint(2, 9)
        begin = permit.accepted + 2
        reason = self.seed.choices(list(PAUSES), list(PAUSES.values()))[0]
        permit.pauses.append((begin, begin + length - 1, reason))
        permit.decided = (permit.decided or begin) + length

    def beside(self, begin: int) -> None:
        """Environment, energy and water, while the scheme is looked at."""
        if self.wish.reported:
            self.permits.append(Permit("KG-002", begin, begin + 3))
            return
        environment = Permit("KG-002", begin, begin + self.seed.randint(3, 7))
        if self.seed.random() < 0.2:
            self.pause(environment)
        self.permits.append(environment)
        if self.seed.random() < 0.3:
            dropped = self.seed.random() < 0.2
            outcome = "withdrawn" if dropped else "granted"
            self.permits.append(Permit("KG-004", begin, begin + self.seed.randint(2, 5), outcome))
        if self.seed.random() < 0.5:
            self.permits.append(Permit("KG-005", begin, begin))
        self.at = max(self.at, *((p.decided or 0) for p in self.permits))


def drawn(seed: random.Random, days: Days, wish: Wish) -> Sketch:
    """Sketches until one is as wished."""
    while True:
        sketch = Sketch(seed, days, wish)
        permits = sketch.draw()
        granted = [p.decided for p in permits if p.item == "KG-012" and p.decided is not None]
        ends = {days.days[place].year for place in granted[-1:]}
        wanted = wish.year + (1 if wish.splits else 0)
        first_too = not wish.splits or days.days[granted[0]].year == wish.year
        latest = max((p.decided or p.accepted) for p in permits)
        in_time = days.days[latest] <= LAST
        as_long = wish.net in (None, net_days(permits))
        if as_long and first_too and in_time and (wish.running or ends == {wanted}):
            return sketch


def ledgers(seed: random.Random, enterprises: Sequence[Line]) -> dict[str, list[Line]]:
    """Rows of the ledgers of parcels, projects and permits, and those that the ledger of pauses adds."""
    days = Days.of(2023, 2027)
    sketches = sorted((drawn(seed, days, wish) for wish in wishes(seed)), key=lambda s: s.opened)
    builders = [row for row in enterprises if _may_build(row)]
    reported = next(row for row in enterprises if row["name"] == REPORTED)
    for sketch in sketches:
        sketch.settle()
    parcels = Parcels(seed)
    found: dict[str, list[Line]] = {"projects": [], "permits": [], "pauses": []}
    counts: dict[int, int] = {}
    for sketch in sketches:
        opened = days.days[sketch.opened].isoformat()
        builder = seed.choice([row for row in builders if row["settled_on"] < opened])
        builders.remove(builder)
        year = days.days[sketch.opened].year
        counts[year] = counts.get(year, 0) + 1
        number = f"XM{year}-{counts[year]:04d}"
        owner = reported if sketch.wish.reported else builder
        found["projects"].append(_project(seed, days, sketch, number, owner, parcels))
        for permit in sketch.permits:
            found["permits"].append(_permit(days, number, permit))
            found["pauses"] += _pauses(days, number, permit)
    found["permits"].sort(key=lambda p: (p["project_number"], p["item_code"], int(p["sequence"])))
    found["parcels"] = parcels.lines()
    return found


def _may_build(row: Line) -> bool:
    makes = row["industry"] in PRODUCTS and row["size"] != "micro"
    return makes and "报道提及" not in row["tags"]


def _project(
    seed: random.Random, days: Days, sketch: Sketch, number: str, owner: Line, parcels: Parcels
) -> Line:
    wish, opened = sketch.wish, days.days[sketch.opened]
    if wish.reported:
        facts = dict(REPORTED_PROJECT)
    else:
        facts = _promises(seed, days, sketch)
        what = seed.choice(PRODUCTS[owner["industry"]])
        kind = "改扩建项目" if wish.mode == "expansion" else seed.choice(("生产基地项目", "新建厂房项目"))
        facts["name"] = f"{what}{kind}（示范）"
    facts |= {
        "number": number,
        "uscc": owner["uscc"],
        "mode": wish.mode,
        "is_new_construction": "1" if wish.is_new else "0",
        "baseline_days": BASELINE,
        "opened_on": opened.isoformat(),
        "stage": _stage(sketch),
        "parcel_code": parcels.of(sketch, number),
    }
    if facts["stage"] == "done":
        last = max(permit.decided or 0 for permit in sketch.permits)
        facts["done_on"] = days.days[last + 30].isoformat()
    return {key: facts.get(key, "") for key in PROJECT}


def _stage(sketch: Sketch) -> str:
    if sketch.wish.running:
        return "construction"
    if not sketch.wish.completed:
        return "completion"
    return "done" if sketch.seed.random() < 0.4 else "capacity_review"


def _promises(seed: random.Random, days: Days, sketch: Sketch) -> Line:
    """What the contract of a project promises; money in yuan."""
    investment = seed.randrange(30, 900) * 1_000_000
    begin = days.days[sketch.opened] + timedelta(days=seed.randrange(90, 150))
    completion = begin + timedelta(days=seed.randrange(330, 540))
    return {
        "investment_amount": str(investment),
        "committed_investment_amount": str(investment),
        "committed_output_per_mu": str(seed.randrange(300, 620) * 10_000),
        "committed_tax_per_mu": str(seed.randrange(15, 32) * 10_000),
        "committed_start_on": begin.isoformat(),
        "committed_completion_on": completion.isoformat(),
        "committed_capacity_on": (completion + timedelta(days=seed.randrange(180, 400))).isoformat(),
    }


def _permit(days: Days, number: str, permit: Permit) -> Line:
    decided = days.days[permit.decided].isoformat() if permit.decided is not None else ""
    return {
        "project_number": number,
        "item_code": permit.item,
        "sequence": str(permit.sequence),
        "accepted_on": days.days[permit.accepted].isoformat(),
        "decided_on": decided,
        "outcome": permit.outcome,
        "phase_label": permit.label,
    }


def _pauses(days: Days, number: str, permit: Permit) -> list[Line]:
    case = f"permits:{number}/{permit.item}/{permit.sequence}"
    return [
        {
            "case": case,
            "from_on": days.days[begin].isoformat(),
            "to_on": days.days[end].isoformat(),
            "reason": reason,
        }
        for begin, end, reason in permit.pauses
    ]


class Parcels:
    """The parcels, as projects take them."""

    EMPTY: ClassVar[Line] = dict.fromkeys(PARCEL, "")
    # Name, area, and what became of it: land that waits for projects, and land that does not serve.
    OTHERS: ClassVar = (
        ("双马片区待供地块一（示范）", "45.6", {"status": "available"}),
        ("双马片区待供地块二（示范）", "62", {"status": "available"}),
        ("晓塘片区待供地块（示范）", "28.35", {"status": "available"}),
        ("火炬片区待供地块（示范）", "18.2", {"status": "available"}),
        ("板塘片区闲置地块（示范）", "36.8", {"status": "idle"}),
        ("火炬片区闲置地块（示范）", "22.15", {"status": "idle"}),
        (
            "晓塘片区收回地块（示范）",
            "41.3",
            {
                "status": "recovered",
                "recovered_on": "2025-05-20",
                "recovery_mode": "compulsory",
                "recovery_amount": "13800000",
                "planned_delivery_on": "2025-09-30",
                "delivered_on": "2025-10-24",
            },
        ),
    )

    def __init__(self, seed: random.Random) -> None:
        self.seed = seed
        self.found: list[Line] = []
        for name, area, facts in self.OTHERS:
            self._add(name, area, facts)

    def _add(self, name: str, area: str, facts: Line) -> str:
        code = f"DK-{len(self.found) + 1:03d}"
        self.found.append({**self.EMPTY, "code": code, "name": name, "area_mu": area, **facts})
        return code

    def of(self, sketch: Sketch, number: str) -> str:
        """The parcel of a project; an expansion stays where the enterprise is."""
        taken = {"status": "assigned", "assigned_project": number}
        if sketch.wish.reported:
            return self._add(REPORTED_PARCEL["name"], REPORTED_PARCEL["area_mu"], REPORTED_PARCEL | taken)
        if sketch.wish.mode == "expansion":
            return ""
        area = self.seed.choice(("双马片区", "板塘片区", "晓塘片区", "火炬片区"))
        size = f"{self.seed.randrange(1200, 9600) / 100:.2f}".rstrip("0").rstrip(".")
        return self._add(f"{area}{len(self.found) + 1}号地块（示范）", size, taken)

    def lines(self) -> list[Line]:
        return self.found
