"""The portal from nothing: embedded servers, supervisor, a kill of every part, a clean stop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def house() -> Iterator[Path]:
    """A copy of the portal in a folder whose name has spaces; its servers are stopped at the end.

    Not below pytest's own folder: each further run on the machine closes that to the server's user.
    """
    with tempfile.TemporaryDirectory(prefix="a house ") as outer:
        folder = Path(outer).resolve() / "with spaces"
        ignore = shutil.ignore_patterns(
            ".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "tests"
        )
        shutil.copytree(ROOT, folder, ignore=ignore)
        for path in (folder, folder.parent):
            path.chmod(path.stat().st_mode | 0o011)
        yield folder
        command(folder, "stopservices")


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}
    return {**kept, "DEMONSTRATION": "0", **more}


def command(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(condition: Callable[[], Any], within_s: float = 60) -> Any:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    log = (folder / "var").resolve()
    log.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "manage.py", "portal"],
        cwd=folder,
        env=environment(PORT=str(port), PORTAL_EMBEDDED="1"),
        stdout=(log / "test.log").open("ab"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def processes(folder: Path) -> dict[int, str]:
    """The processes that run in or from this folder: pid → command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            here = os.readlink(entry / "cwd")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and (str(folder) in line or here.startswith(str(folder))):
            found[int(entry.name)] = line
    return found


def kill(folder: Path, word: str) -> None:
    hit = [pid for pid, line in processes(folder).items() if word in line]
    assert hit, f"no process with {word!r}"
    for pid in hit:
        os.kill(pid, signal.SIGKILL)


def runs(folder: Path, word: str) -> bool:
    return any(word in line for line in processes(folder).values())


# A person at work in a process of their own, kept through all that is killed: each line that comes in
# puts a case into the queue of a team of two, who are told in the portal and by mail.
CLERK = """
import sys
from django.db import connection
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.flow import CO_HANDLING
from portal.park.models import Membership, Team
team = Team.objects.create(code='t', name='t', kind='department')
for name in ('one', 'two'):
    user = User.objects.create(username=name, email=f'{name}@example.com')
    Membership.objects.create(user=user, team=team)
for _line in sys.stdin:
    engine.open_case(CO_HANDLING, by=None, team=team, data={'ask': 'x'}, inside=True)
    print('filed', flush=True)
    connection.close()
"""
# By night mail waits for the morning; the test runs at any hour of the day.
NO_NIGHT = """
INSERT INTO notices_hours (id, quiet_from, quiet_until, digest_at) VALUES (1, '00:00', '00:00', '08:00')
ON CONFLICT (id) DO UPDATE SET quiet_from = '00:00', quiet_until = '00:00'
"""
COUNT = """
SELECT (SELECT count(*) FROM cases_case), (SELECT count(*) FROM cases_event), (SELECT count(*) FROM notices_notice),
       (SELECT count(*) FROM notices_delivery), (SELECT count(*) FROM notices_delivery WHERE state <> 'sent')
"""
CLAIMS_RUN_OUT = "UPDATE notices_delivery SET next_try_at = now() WHERE next_try_at > now()"
KILLED = ("gunicorn", "celery -A portal worker", "celery -A portal beat", "valkey-server", "postgres")


def ask(folder: Path, sql: str) -> list[int]:
    """What the portal's own database answers to a statement, beside the portal."""
    state = json.loads((folder / "var" / "embedded.json").read_text())
    login = {"user": "portal", "password": state["pg_password"], "dbname": "portal"}
    with psycopg2.connect(host="127.0.0.1", port=state["pg_port"], **login) as link, link.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchone() or ()) if cursor.description else []


@contextmanager
def clerk(folder: Path) -> Iterator[Callable[[], None]]:
    """Somebody who files a case whenever asked to."""
    busy = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", CLERK],
        cwd=folder, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip
    assert busy.stdin is not None
    assert busy.stdout is not None

    def file() -> None:
        busy.stdin.write("\n")
        assert busy.stdout.readline() == "filed\n"

    yield file
    busy.stdin.close()
    assert busy.wait(20) == 0


def test_without_servers_a_command_says_what_to_set(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    shutil.copytree(ROOT / "portal", folder / "portal", ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    shutil.copy(ROOT / "manage.py", folder)
    done = command(folder, "check")
    assert done.returncode != 0
    assert "DATABASE_URL and REDIS_URL not set" in done.stderr
    assert "make run" in done.stderr


def test_every_part_may_be_killed_and_nothing_is_lost_or_doubled(house: Path) -> None:
    port = free_port()
    running = start(house, port)
    try:
        until(lambda: answers(port), 120)
        again = command(house, "portal", PORT=str(port), PORTAL_EMBEDDED="1")
        assert f"already running at http://localhost:{port}" in again.stdout
        ask(house, NO_NIGHT)
        with clerk(house) as file:
            for cases, part in enumerate(KILLED, start=1):
                file()
                kill(house, part)  # while its mail is still on the way
                # The supervisor alone brings it back: no command is run before it has.
                until(lambda: runs(house, part) and answers(port), 120)  # noqa: B023 (called in this turn)
                # Cases, events, notices and mails (two people each).
                assert ask(house, COUNT)[:4] == [cases, cases, 2 * cases, 2 * cases], part
            # A worker was killed with a mail in its hands: its claim runs out in minutes, which are not waited
            # for. One case more has the worker look at once, rather than at beat's next minute.
            ask(house, CLAIMS_RUN_OUT)
            file()
        until(lambda: ask(house, COUNT)[4] == 0, 120)  # every mail has left
        assert command(house, "verify_events").returncode == 0
        before = ask(house, COUNT)
        # The supervisor alone is killed: the next run ends what it left behind, and takes over.
        running.kill()
        running.wait(10)
        assert runs(house, "gunicorn")
        running = start(house, port)
        until(lambda: "left over" in (house / "var" / "test.log").read_text() and answers(port), 120)
        assert ask(house, COUNT) == before
        # Killed all at once, supervisor included: the next run comes up with everything there.
        for pid in processes(house):
            with suppress(ProcessLookupError):  # one that ends with another
                os.kill(pid, signal.SIGKILL)
        running.wait(10)
        running = start(house, port)
        until(lambda: answers(port), 120)
        assert ask(house, COUNT) == before
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(40)
        print((house / "var" / "test.log").read_text()[-8000:])  # shown when something went wrong
    assert until(lambda: not processes(house), 20)


def test_a_taken_port_is_named(house: Path) -> None:
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen()
        port = other.getsockname()[1]
        done = command(house, "portal", PORT=str(port), PORTAL_EMBEDDED="1")
    assert done.returncode != 0
    assert f"port {port} is taken" in done.stderr


def test_secrets_are_readable_by_their_owner_only(house: Path) -> None:
    assert command(house, "check", PORTAL_EMBEDDED="1").returncode == 0
    for name in ("secret_key", "embedded.json"):
        assert (house / "var" / name).stat().st_mode & 0o077 == 0
    assert len((house / "var" / "secret_key").read_text()) > 50
