"""Critical path and net working days, against oracles that try every way and count every day."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.networks import Cycle, Task, UnknownItem, cycles, days_held, leading_to, plan, without

KEYS = "abcdefgh"


@st.composite
def procedures(draw: st.DrawFn) -> list[Task]:
    """Items of which each waits for some of the earlier ones, handed over in any order."""
    keys = KEYS[: draw(st.integers(1, len(KEYS)))]
    made = [
        Task(
            key,
            draw(st.integers(0, 9)),
            frozenset(draw(st.sets(st.sampled_from(keys[:n])))) if n else frozenset(),
        )
        for n, key in enumerate(keys)
    ]
    return draw(st.permutations(made))


def ways(known: dict[str, Task], end: str) -> list[list[str]]:
    """Every way from a beginning to this item."""
    if not known[end].after:
        return [[end]]
    return [[*way, end] for before in known[end].after for way in ways(known, before)]


def took(known: dict[str, Task], way: list[str]) -> int:
    return sum(known[key].days for key in way)


@given(procedures())
def test_the_plan_agrees_with_trying_every_way(tasks: list[Task]) -> None:
    known, found = {task.key: task for task in tasks}, plan(tasks)
    for key in known:
        assert found.places[key].finish == max(took(known, way) for way in ways(known, key))
        assert found.places[key].start == found.places[key].finish - known[key].days
    longest = max(took(known, way) for key in known for way in ways(known, key))
    assert found.days == longest == took(known, list(found.path))
    assert all(before in known[after].after for before, after in pairwise(found.path))
    assert all(found.places[key].is_critical for key in found.path)


@given(procedures(), st.data())
def test_slack_is_what_an_item_may_slip_and_no_more(tasks: list[Task], data: st.DataObject) -> None:
    found = plan(tasks)
    chosen = data.draw(st.sampled_from(sorted(task.key for task in tasks)))
    slack = found.places[chosen].slack

    def slipped(days: int) -> int:
        return plan([Task(t.key, t.days + days * (t.key == chosen), t.after) for t in tasks]).days

    assert slipped(slack) == found.days
    assert slipped(slack + 1) == found.days + 1


@given(procedures(), st.sets(st.sampled_from(KEYS)))
def test_an_item_left_out_passes_on_what_it_waited_for(tasks: list[Task], left_out: set[str]) -> None:
    at_once = plan([Task(t.key, 0 if t.key in left_out else t.days, t.after) for t in tasks])
    found = plan(without(tasks, left_out))
    assert set(found.places) == {task.key for task in tasks} - left_out
    assert found.days == at_once.days
    for key, place in found.places.items():
        assert (place.start, place.finish) == (at_once.places[key].start, at_once.places[key].finish)


@given(procedures(), st.sets(st.sampled_from(KEYS)))
def test_what_leads_to_some_items_is_all_that_their_time_depends_on(
    tasks: list[Task], wanted: set[str]
) -> None:
    whole, part = plan(tasks), plan(leading_to(tasks, wanted))
    assert wanted & whole.places.keys() <= part.places.keys()
    assert part.days == max((whole.places[key].finish for key in wanted & whole.places.keys()), default=0)
    assert all(place.finish == whole.places[key].finish for key, place in part.places.items())


@given(st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS)), min_size=1))
def test_every_ring_is_named_and_nothing_else(after: dict[str, set[str]]) -> None:
    tasks = [Task(key, 1, frozenset(befores & after.keys())) for key, befores in after.items()]
    rings = cycles(tasks)
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(awaited in after[key] for key, awaited in pairwise(ring))
    try:
        plan(tasks)
    except Cycle:
        assert rings
    else:
        assert rings == []


def test_items_that_wait_for_one_another_are_named() -> None:
    after = {"a": "c", "b": "a", "c": "b"}
    with pytest.raises(Cycle) as caught:
        plan([Task(key, 1, frozenset(before)) for key, before in after.items()])
    assert caught.value.keys[0] == caught.value.keys[-1]
    assert all(before == after[key] for key, before in pairwise(caught.value.keys))


def test_an_item_may_not_wait_for_itself() -> None:
    with pytest.raises(Cycle):
        plan([Task("a", 1, frozenset("a"))])


def test_what_is_waited_for_must_be_there() -> None:
    with pytest.raises(UnknownItem) as caught:
        plan([Task("a", 1, frozenset("b"))])
    assert (caught.value.key, caught.value.awaited) == ("a", "b")


def test_a_procedure_of_nothing_takes_no_time() -> None:
    assert plan([]).days == 0


INTERVALS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(st.tuples(INTERVALS, st.lists(INTERVALS, max_size=4)), max_size=6))
def test_no_day_is_counted_twice(clocks: list[tuple[tuple[int, int], list[tuple[int, int]]]]) -> None:
    ran: set[int] = set()
    for (after, until), pauses in clocks:
        paused = {day for begin, end in pauses for day in range(begin + 1, end + 1)}
        ran |= set(range(after + 1, until + 1)) - paused
    assert days_held(clocks) == len(ran)


def test_the_proposed_procedure_takes_fifteen_working_days() -> None:
    """Domain dossier, section 2: land use 1, scheme 3, works permit 2, drawings 3, construction permit 1,
    joint acceptance 4, completion filing 1; environment 7 and energy 5 run beside."""
    steps = [
        ("filing", 0, ""), ("land_use", 1, "filing"), ("scheme", 3, "land_use"), ("works_permit", 2, "scheme"),
        ("drawings", 3, "works_permit"), ("environment", 7, "filing"), ("energy", 5, "filing"),
        ("construction", 1, "drawings environment energy"), ("acceptance", 4, "construction"),
        ("completion", 1, "acceptance"),
    ]  # fmt: skip
    found = plan([Task(key, days, frozenset(after.split())) for key, days, after in steps])
    assert found.days == 15
    assert found.places["environment"].slack == 2
    assert found.path == [
        "filing", "land_use", "scheme", "works_permit", "drawings", "construction", "acceptance", "completion",
    ]  # fmt: skip
