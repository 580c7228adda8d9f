"""Two people, two connections, one moment: one wins, the other is told who; nothing is lost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from portal.cases import engine, timeline, watch
from portal.cases.errors import Conflict
from portal.cases.models import Alert, Case, Event, SetAside, SupervisionOrder
from portal.notices.models import Notice
from tests.people import MONDAY, accept, actor, at, closed, file_request, filing, handled, make_park

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; results or exceptions."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(n: int, call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[n] = call()
        except Exception as error:
            results[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def one_lost(results: list[Any], *names: str) -> None:
    lost = [r for r in results if isinstance(r, Exception)]
    assert len(lost) == 1, results
    assert isinstance(lost[0], Conflict)
    assert any(name in str(lost[0]) for name in names), str(lost[0])


def test_two_claims(park: SimpleNamespace) -> None:
    case = file_request(park)
    a, b = actor(park.steward), actor(park.colleague)
    one_lost(
        together(lambda: engine.claim(case.pk, by=a, now=MONDAY), lambda: engine.claim(case.pk, by=b, now=MONDAY)),
        "Steward", "Colleague",
    )  # fmt: skip
    assert Event.objects.filter(verb="claimed").count() == 1


def test_two_accepts(park: SimpleNamespace) -> None:
    case = file_request(park)
    data = {"category": "utilities", "grade": "normal"}

    def run(who: Any) -> Callable[[], Any]:
        return lambda: engine.perform(case.pk, "accept", by=actor(who), data=data, now=MONDAY)

    one_lost(together(run(park.steward), run(park.colleague)), "Steward", "Colleague")
    assert Event.objects.filter(verb="accept").count() == 1
    assert list(timeline.breaks()) == []


def test_two_answers_to_a_transfer(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"to_team": park.team["enterprise_service"].pk, "reason": "职责"}
    engine.transfer(case, by=actor(park.handler), data=data, now=MONDAY)
    who = actor(park.service)
    one_lost(
        together(
            lambda: engine.accept_transfer(case.pk, by=who, now=MONDAY),
            lambda: engine.decline_transfer(case.pk, by=who, now=MONDAY),
        ),
        "Service",
    )


def test_two_filings_with_one_token(park: SimpleNamespace) -> None:
    token = uuid4()

    def run() -> Case:
        return engine.open_case(
            "stations.request",
            by=actor(park.owner),
            enterprise=park.ours,
            data=filing(park),
            now=MONDAY,
            token=token,
        )

    first, second = together(run, run)
    assert first == second
    assert Case.objects.count() == 1


def test_two_who_ask_for_the_next_get_two_cases(park: SimpleNamespace) -> None:
    file_request(park)
    file_request(park)
    a, b = actor(park.steward), actor(park.colleague)
    first, second = together(
        lambda: engine.claim_next(a, now=MONDAY), lambda: engine.claim_next(b, now=MONDAY)
    )
    assert {first.pk, second.pk} == set(Case.objects.values_list("pk", flat=True))


def test_two_ratings(park: SimpleNamespace) -> None:
    case = closed(park)

    def run(level: int) -> Callable[[], Any]:
        return lambda: engine.rate(case.pk, by=actor(park.owner), data={"level": level}, now=MONDAY)

    results = together(run(5), run(1))
    assert sum(isinstance(r, Conflict) for r in results) == 1


def test_two_sweeps_at_once_tell_everything_once(park: SimpleNamespace) -> None:
    for _ in range(60):
        accept(park, file_request(park), MONDAY)
    moment = at("2026-11-20 10:00")
    together(lambda: watch.sweep(moment, batch=7), lambda: watch.sweep(moment, batch=11))
    while watch.sweep(moment):
        pass
    requests = Case.objects.filter(kind="stations.request")
    assert Alert.objects.filter(case__in=requests).count() == sum(
        requests.values_list("alert_level", flat=True)
    )
    assert not any(n > 1 for n in _counts(Alert, "case", "stay", "level", "due_at"))
    assert not any(n > 1 for n in _counts(Event, "case", "verb", "data", verb="alerted"))
    assert not any(n > 1 for n in _counts(Notice, "case_id", "recipient", "params", key="case.alerted"))
    assert SupervisionOrder.objects.count() == 60
    assert list(timeline.breaks()) == []


def _counts(model: Any, *fields: str, **only: Any) -> list[int]:
    from django.db.models import Count

    return [
        row["n"] for row in model.objects.filter(**only).values(*fields).annotate(n=Count("pk")).order_by()
    ]


def test_a_sweep_killed_half_way_leaves_nothing_half_done(park: SimpleNamespace) -> None:
    for _ in range(10):
        accept(park, file_request(park), MONDAY)
    moment = at("2026-11-17 10:00")
    with connection.cursor() as cursor:
        # The backend of the sweep dies in the middle of its second batch, on writing notices.
        cursor.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF (SELECT count(*) FROM cases_alert) >= 5 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
            "RETURN NULL; END $$"
        )
        cursor.execute("CREATE TRIGGER die AFTER INSERT ON notices_notice EXECUTE FUNCTION die()")
    [result] = together(lambda: watch.sweep(moment, batch=5))
    assert isinstance(result, Exception)
    alerts = Alert.objects.count()
    assert alerts == Event.objects.filter(verb="alerted").count()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION die() CASCADE")
    watch.sweep(moment)
    assert Alert.objects.filter(level=1, case__kind="stations.request").count() == 10
    assert not any(n > 1 for n in _counts(Notice, "case_id", "recipient", "params", key="case.alerted"))
    assert list(timeline.breaks()) == []


def test_a_poisoned_row_is_put_aside_and_the_rest_go_on(park: SimpleNamespace) -> None:
    cases = [accept(park, file_request(park), MONDAY) for _ in range(9)]
    bad = cases[4]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.case_id = {bad.pk} THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON cases_alert FOR EACH ROW EXECUTE FUNCTION poison()"
        )
    try:
        watch.sweep(at("2026-11-16 14:30"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION poison() CASCADE")
    assert Alert.objects.values("case").distinct().count() == 8
    aside = SetAside.objects.get()
    assert aside.case == bad
    assert "poisoned" in aside.error
    watch.try_again(aside, at("2026-11-16 14:31"))
    watch.sweep(at("2026-11-16 14:31"))
    assert Alert.objects.filter(case=bad).exists()


def test_a_broker_that_is_down_does_not_stop_a_filing(park: SimpleNamespace) -> None:
    """In a process of its own whose Redis does not answer."""
    import os
    import subprocess
    import sys

    from django.conf import settings

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = probe.getsockname()[1]
    script = (
        "import django; django.setup()\n"
        "from portal.accounts.models import User; from portal.park.models import Enterprise\n"
        "from portal.cases import engine; from portal.park.acting import Actor\n"
        "from datetime import datetime\n"
        f"data = {filing(park)!r}\n"
        f"engine.open_case('stations.request', by=Actor(User.objects.get(pk={park.owner.pk})), "
        f"enterprise=Enterprise.objects.get(pk={park.ours.pk}), data=data, "
        f"now=datetime.fromisoformat({MONDAY.isoformat()!r}))\n"
    )
    database = settings.DATABASES["default"]
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    url = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{connection.settings_dict['NAME']}"
    environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": f"redis://127.0.0.1:{dead}/0"}
    environment["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False,
        cwd=settings.BASE_DIR,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "portal.notices.tasks.deliver not asked for" in done.stderr
    assert Case.objects.count() == 1
