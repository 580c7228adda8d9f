"""The embedded servers one by one: killed, doubted, robbed of a port, and the supervisor's bookkeeping."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from portal import embedded, supervisor
from portal.embedded import files, processes
from portal.embedded.postgres import Postgres
from portal.embedded.redis import Redis

URLS = ("DATABASE_URL", "REDIS_URL")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A house of its own, whose servers are stopped at the end."""
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)
    monkeypatch.setattr(embedded, "BASE_DIR", tmp_path)
    monkeypatch.setattr(embedded, "VAR_DIR", tmp_path / "var")
    monkeypatch.setattr(embedded, "MARK", tmp_path / "var" / "embedded.json")
    for name in (*URLS, "SECRET_KEY"):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("PORTAL_EMBEDDED", raising=False)
    yield tmp_path
    embedded.stop()


def state_of(folder: Path) -> dict[str, str]:
    state: dict[str, str] = json.loads((folder / "var" / "embedded.json").read_text())
    return state


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(question)
        rows = list(cursor.fetchall()) if cursor.description else []
    connection.close()
    return rows


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_both_servers_survive_a_kill_with_what_they_held(folder: Path) -> None:
    embedded.ensure(want=True)
    database, broker = (os.environ[name] for name in URLS)
    ask(database, "CREATE TABLE kept AS SELECT 7 AS n")
    redis.from_url(broker).set("kept", "7")
    assert redis.from_url(broker).config_get("appendonly") == {"appendonly": "yes"}
    time_to_disk = redis.from_url(broker).execute_command("WAITAOF", 1, 0, 5000)
    assert time_to_disk[0] == 1
    state = state_of(folder)
    for pid in (Postgres(state)._pid(), Redis(state)._pid()):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    until(lambda: not embedded.running())
    embedded.keep()
    assert ask(database, "SELECT n FROM kept") == [(7,)]
    assert redis.from_url(broker).get("kept") == b"7"
    # Trigrams of Chinese words exist: the cluster's locale is right.
    assert ask(database, "SELECT datctype FROM pg_database WHERE datname = 'portal'") == [("C.UTF-8",)]
    assert embedded.own_redis(broker.replace("/0", "/5"))
    embedded.stop()
    assert not embedded.running()


def test_a_stranger_with_the_old_pid_or_port_keeps_no_server_away(folder: Path) -> None:
    embedded.ensure(want=True)
    embedded.stop()
    state = state_of(folder)
    # The pid files name a process that lives, but is another one.
    (folder / "var/embedded/redis/redis.pid").write_text(str(os.getpid()))
    stale = folder / "var/embedded/postgres/postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1700000000\n{state['pg_port']}\n\n127.0.0.1\n")
    if os.geteuid() == 0:
        os.chown(stale, stale.parent.stat().st_uid, stale.parent.stat().st_gid)
    assert not embedded.running()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(state["redis_port"])))
        other.listen()
        for name in URLS:
            os.environ[name] = ""
        embedded.ensure(want=True)
    assert redis.from_url(os.environ["REDIS_URL"]).ping()
    assert state_of(folder)["redis_port"] != state["redis_port"]
    assert ask(os.environ["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_only_the_missing_one_is_started_and_remembered(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    embedded.ensure(want=True)
    assert os.environ["DATABASE_URL"] == "postgres://elsewhere/portal"
    assert redis.from_url(os.environ["REDIS_URL"]).ping()
    assert not (folder / "var/embedded/postgres").exists()
    # A later command finds this Redis; for a database it still asks.
    monkeypatch.setenv("REDIS_URL", "")
    embedded.ensure()
    monkeypatch.setenv("DATABASE_URL", "")
    with pytest.raises(embedded.CannotStart, match="DATABASE_URL not set"):
        embedded.ensure()


def test_a_copied_folder_does_not_meet_the_servers_of_the_first(folder: Path) -> None:
    mark = folder / "var" / "embedded.json"
    files.write_private(
        mark, json.dumps({"folder": "/elsewhere", "pg_port": "1", "pg_password": "p", "redis_port": "2"})
    )
    state = embedded._state()
    assert state["folder"] == str(folder)
    assert state["pg_password"] == "p"
    assert not {"1", "2"} & {state["pg_port"], state["redis_port"]}


def test_a_copy_for_another_user_is_readable_whatever_the_mask(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "bin").mkdir(parents=True, mode=0o700)
    program = source / "bin" / "run"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    before = os.umask(0o077)
    try:
        for _time in range(2):
            files.copy_readable({"pg/install": source}, tmp_path / "copies" / "1")
    finally:
        os.umask(before)
    copied = tmp_path / "copies" / "1" / "pg" / "install" / "bin" / "run"
    assert copied.stat().st_mode & 0o777 == 0o755
    assert all(p.stat().st_mode & 0o005 == 0o005 for p in list(copied.parents)[:5])


def test_a_zombie_does_not_run() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet reaped
    assert not processes.runs(process.pid)
    assert processes.runs(os.getpid())
    assert "python" in processes.command_line(os.getpid())


def test_a_child_that_dies_is_started_again_after_a_growing_pause() -> None:
    child = supervisor.Child("brief", [sys.executable, "-c", ""])
    child.start()
    assert child.process is not None
    child.process.wait()
    assert not child.look()  # noticed; the pause begins
    assert child.pause_s == 2.0
    child.not_before = 0.0
    assert child.look()
    child.process.wait()


def test_what_a_killed_supervisor_left_is_ended_and_no_stranger_is(tmp_path: Path) -> None:
    sleep = "import time; time.sleep(60)"
    left = subprocess.Popen([sys.executable, "-c", sleep, "portal"])
    stranger = subprocess.Popen([sys.executable, "-c", sleep])
    (tmp_path / supervisor.PIDS).write_text(f"{left.pid} {stranger.pid}")
    supervisor.end_leftovers(tmp_path)
    assert not processes.runs(left.pid)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_one_supervisor_holds_a_folder_and_says_where_it_serves(tmp_path: Path) -> None:
    lock = supervisor.hold_lock(tmp_path, "http://localhost:8000")
    assert lock is not None
    assert supervisor.hold_lock(tmp_path, "http://localhost:9000") is None
    assert supervisor.running_at(tmp_path) == "http://localhost:8000"
    lock.close()


def test_the_supervisor_starts_keeps_and_ends_its_children(tmp_path: Path) -> None:
    sleep = "import time; time.sleep(60)"
    child = supervisor.Child("web", [sys.executable, "-c", sleep])
    looked: list[int] = []

    def keep() -> None:
        looked.append(1)
        os.kill(os.getpid(), signal.SIGTERM)
        raise OSError("the database is away")

    before = {number: signal.getsignal(number) for number in supervisor.STOP_SIGNALS}
    try:
        supervisor.Supervisor([child], tmp_path, keep_servers=keep).run()
        with pytest.raises(supervisor.Stopped), supervisor.stopped_by_signals():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert looked == [1]
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM
    assert (tmp_path / supervisor.PIDS).read_text() == str(child.process.pid)
