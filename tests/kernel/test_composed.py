"""Querysets composed once per process: the same rows, the same statements, the same pages."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from portal import composed
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.models import Case, Event, StepLog
from portal.cases.views.common import to_show
from portal.composed import Composed
from portal.park.models import Team
from tests.kernel.test_prepared import SECRETS
from tests.pages.test_cost import KEPT_A_MOMENT, add_paper, shape, talk_more
from tests.pages.test_pages import EVERYBODY, browser
from tests.people import MONDAY, accept, actor, closed, file_request, filing, handled, reported

NUMBERED = re.compile(r"\b[0-9a-f]{32}\b")  # each refusal names its request
pytestmark = pytest.mark.django_db


def content(row: Any) -> dict[str, Any]:
    """All that a row holds, down through the rows that were read along with it."""
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    near = {
        name: content(value) if hasattr(value, "_meta") and value is not row else value
        for name, value in row._state.fields_cache.items()
        if name not in ("parent", "case")
    }
    return {**held, "near": near, "adding": row._state.adding, "db": row._state.db}


def test_rows_are_those_of_the_queryset(park: SimpleNamespace) -> None:
    first, second = handled(park), reported(park)
    stays = Composed(lambda case: case.stays.select_related("team").order_by("seq"))
    for case in (first, second, first):
        found, meant = stays.rows(case), list(case.stays.select_related("team").order_by("seq"))
        assert meant
        assert [content(row) for row in found] == [content(row) for row in meant]
        with CaptureQueriesContext(connection) as asked:
            assert all(type(row) is StepLog and row.case is case and row.team.pk for row in found)
        assert not asked.captured_queries


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_sees_the_same_cases_with_the_same_marks(park: SimpleNamespace, name: str) -> None:
    loaded = Composed(lambda actor, pk: to_show(visible_to(actor), actor).filter(pk=pk))
    person = actor(getattr(park, name))
    rival = actor(park.rival)
    theirs = engine.open_case(
        "stations.request", by=rival, enterprise=park.theirs, data=filing(park), now=MONDAY
    )
    cases = [handled(park), reported(park), theirs]
    engine.watch(cases[0], on=True, by=actor(park.head), now=MONDAY)
    for case in cases:
        found = loaded.first(person, case.pk)
        meant = to_show(visible_to(person), person).filter(pk=case.pk).first()
        assert (found and content(found)) == (meant and content(meant))


def test_lists_flags_and_moments(park: SimpleNamespace) -> None:
    case = handled(park)
    later = MONDAY + timedelta(days=300)

    def build(teams: list[int], until: Any, own: bool, of: Any) -> QuerySet[Event]:
        rows = Event.objects.filter(case__team__in=teams, at__lt=until).order_by("pk")
        rows = rows.exclude(actor=None) if own else rows
        return rows.filter(case=of) if of else rows

    events = Composed(build)
    teams = list(Team.objects.values_list("pk", flat=True))
    for values in (
        (teams, later, True, None), (teams, later, False, case), ([case.team_id], later, False, None),
        ([], later, False, None), (teams[:1], MONDAY - timedelta(days=1), True, case),
    ):  # fmt: skip
        assert events.rows(*values) == list(build(*values))
    assert events.rows(teams, later, False, case)
    assert events.within([], later, False, None) == ("SELECT 1 WHERE false", ())


def test_a_flag_is_no_list(park: SimpleNamespace) -> None:
    case = handled(park)

    def build(teams: Any) -> QuerySet[Case]:
        return Case.objects.filter(closed_at=None) if teams is True else Case.objects.filter(team__in=teams)

    either = Composed(build)
    assert either.rows([case.team_id]) == either.rows(True) == [case]
    assert either.rows([0]) == []


def test_numbers_may_be_counted(park: SimpleNamespace) -> None:
    handled(park)

    def build(team: int) -> QuerySet[Case, Any]:
        return Case.objects.filter(team=team).order_by("kind").values_list("kind").annotate(n=Count("pk"))

    team = Case.objects.get().team_id
    assert Composed(build).rows(team) == list(build(team))


def test_a_value_that_is_not_sent_is_refused(park: SimpleNamespace) -> None:
    case = handled(park)
    looks = Composed(lambda pk: Case.objects.filter(sealed=pk > 5))
    with pytest.raises(ValueError, match="does not come out"):
        looks.rows(case.pk)
    with pytest.raises(ValueError, match="does not come out"):
        Composed(lambda pk, _other: Case.objects.filter(pk=pk)).rows(case.pk, case)


def test_what_cannot_be_composed_is_refused(park: SimpleNamespace) -> None:
    case = handled(park)
    with pytest.raises(TypeError, match="numbers and moments"):
        Composed(lambda step: Case.objects.filter(step=step)).rows(["handling"])
    with pytest.raises(TypeError, match="prefetch"):
        Composed(lambda pk: Case.objects.filter(pk=pk).prefetch_related("events")).rows(case.pk)
    with pytest.raises(TypeError, match="prefetch"):
        Composed(lambda pk: Case.objects.filter(pk=pk).values("step")).rows(case.pk)


def busy(park: SimpleNamespace) -> list[Case]:
    """Cases at several places of their way, with all that hangs on them."""
    talked = handled(park)
    talk_more(park, talked, 2)
    add_paper(park, talked)
    stop = {"reason": "special_procedure", "basis": "检测", "planned_days": 3, "notice": "请等检测"}
    engine.pause(talked, by=actor(park.head), data=stop, now=MONDAY)
    rated = closed(park)
    engine.rate(rated, by=actor(park.owner), data={"level": 2, "comment": "慢"}, now=MONDAY)
    accepted = accept(park, file_request(park), MONDAY)
    engine.watch(accepted, on=True, by=actor(park.head), now=MONDAY)
    return [talked, rated, accepted, reported(park)]


@pytest.mark.parametrize("name", EVERYBODY)
def test_pages_and_their_statements_are_those_of_the_orm(
    park: SimpleNamespace, settings: Settings, name: str
) -> None:
    settings.PREPARED_STATEMENTS = False  # so that every statement shows what it asks
    lists = ("/", "/notices/", *(f"/work/?view={view}" for view in ("mine", "team", "overdue", "watched")))
    addresses = (*(f"/cases/{case.pk}/" for case in busy(park)), *lists)
    client = browser(getattr(park, name))
    for address in addresses:
        client.get(address)  # what a process or a session keeps is read
        seen = []
        for on in (True, False):
            settings.COMPOSED_READS = on
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address)
            sent = [q["sql"] for q in asked.captured_queries if not any(t in q["sql"] for t in KEPT_A_MOMENT)]
            page = NUMBERED.sub("", SECRETS.sub("", answer.content.decode()))
            seen.append((answer.status_code, page, Counter(shape(sql) for sql in sent)))
        assert seen[0] == seen[1], address


def test_a_process_keeps_a_bounded_number_of_shapes(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composed, "MOST_SHAPES", 2)
    case = handled(park)
    seen = []

    def build(teams: list[int]) -> QuerySet[Case]:
        seen.append(len(teams))
        return Case.objects.filter(team__in=teams)

    of_teams = Composed(build)
    for teams in (
        [case.team_id],
        [case.team_id, 1],
        [case.team_id, 1, 2],
        [case.team_id],
        [case.team_id, 1, 2],
    ):
        assert of_teams.rows(teams) == [case]
    assert seen == [1, 2, 3, 3]
