"""A procedure as a network of items: what may run side by side, what it takes, what everything waits for.

Times are whole working days from the start of the procedure. Source: domain dossier, section 2 ("Parallel
group time = max, serial = sum"; net time of a stage or project = working days on which any clock ran).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

Interval = tuple[int, int]


class Cycle(ValueError):
    """Items that wait for one another: `keys` in that order, the first one again at the end."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(" → ".join(keys))
        self.keys = list(keys)


class UnknownItem(ValueError):
    """An item waits for one that the procedure does not have."""

    def __init__(self, key: str, awaited: str) -> None:
        super().__init__(f"{key} ← {awaited}")
        self.key, self.awaited = key, awaited


@dataclass(frozen=True)
class Task:
    """One item of a procedure: how long it takes, and what must be granted before."""

    key: str
    days: int
    after: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """When an item can begin and be done at the earliest, and how many days it may slip without harm."""

    start: int
    finish: int
    slack: int

    @property
    def is_critical(self) -> bool:
        return self.slack == 0


@dataclass(frozen=True)
class Plan:
    """All items with their places, in an order in which none comes before what it waits for."""

    places: Mapping[str, Place]
    days: int
    path: Sequence[str]  # one longest way through the procedure


def plan(tasks: Iterable[Task]) -> Plan:
    """Earliest times, slack and critical path. Raises Cycle, UnknownItem, ValueError (a key twice)."""
    known = _by_key(tasks)
    order = _order(known)
    start: dict[str, int] = {}
    finish: dict[str, int] = {}
    for key in order:
        start[key] = max((finish[before] for before in known[key].after), default=0)
        finish[key] = start[key] + known[key].days
    total = max(finish.values(), default=0)
    latest = dict.fromkeys(order, total)
    for key in reversed(order):
        for before in known[key].after:
            latest[before] = min(latest[before], latest[key] - known[key].days)
    places = {key: Place(start[key], finish[key], latest[key] - finish[key]) for key in order}
    return Plan(places, total, _path(known, places))


def without(tasks: Iterable[Task], left_out: Collection[str]) -> list[Task]:
    """The procedure without items that do not apply: what waited for one waits for what it waited for."""
    known = _by_key(tasks)
    reach: dict[str, frozenset[str]] = {}
    for key in _order(known):
        passed = frozenset[str]().union(
            *(reach[before] if before in left_out else {before} for before in known[key].after)
        )
        reach[key] = passed
    return [Task(key, task.days, reach[key]) for key, task in known.items() if key not in left_out]


def leading_to(tasks: Iterable[Task], keys: Collection[str]) -> list[Task]:
    """The part of a procedure without which these cannot be done: themselves, and all that they await."""
    known = _by_key(tasks)
    found: set[str] = set()
    open_keys = [key for key in keys if key in known]
    while open_keys:
        key = open_keys.pop()
        if key not in found:
            found.add(key)
            open_keys += known[key].after
    return [task for key, task in known.items() if key in found]


def cycles(tasks: Iterable[Task]) -> list[list[str]]:
    """All rings of items that wait for one another, as `Cycle.keys`: each is found, and cut, in its turn."""
    known = _by_key(tasks)
    found: list[list[str]] = []
    while True:
        try:
            _order(known)
        except Cycle as cycle:
            found.append(cycle.keys)
            task, awaited = known[cycle.keys[0]], cycle.keys[1]
            known[task.key] = Task(task.key, task.days, task.after - {awaited})
        else:
            return found


def days_held(intervals: Iterable[tuple[Interval, Iterable[Interval]]]) -> int:
    """On how many working days at least one clock ran: each day once, whatever runs side by side.

    For each clock the ordinals (after, until] in which it ran, and the same of its pauses.
    """
    running: list[Interval] = []
    for whole, pauses in intervals:
        running += _minus(whole, pauses)
    total, end = 0, None
    for after, until in sorted(running):
        begin = after if end is None or after > end else end
        if until > begin:
            total += until - begin
        end = until if end is None else max(end, until)
    return total


def _minus(whole: Interval, pauses: Iterable[Interval]) -> list[Interval]:
    left: list[Interval] = []
    at, until = whole
    for begin, end in sorted(pauses):
        if begin > at:
            left.append((at, min(begin, until)))
        at = max(at, end)
    left.append((at, until))
    return [(a, b) for a, b in left if b > a]


def _by_key(tasks: Iterable[Task]) -> dict[str, Task]:
    known: dict[str, Task] = {}
    for task in tasks:
        if task.key in known:
            raise ValueError(f"{task.key} twice")
        known[task.key] = task
    for task in known.values():
        for awaited in sorted(task.after):
            if awaited not in known:
                raise UnknownItem(task.key, awaited)
    return known


def _order(known: Mapping[str, Task]) -> list[str]:
    try:
        return list(
            TopologicalSorter({key: sorted(task.after) for key, task in known.items()}).static_order()
        )
    except CycleError as error:
        raise Cycle(list(reversed(error.args[1]))) from error


def _path(known: Mapping[str, Task], places: Mapping[str, Place]) -> list[str]:
    """One longest way; of several the first by key, so that it never varies."""
    if not places:
        return []
    path = [min(places, key=lambda key: (-places[key].finish, key))]
    while befores := known[path[-1]].after:
        start = places[path[-1]].start
        path.append(min(key for key in befores if places[key].finish == start))
    return path[::-1]
