"""One process that keeps the others: web, worker, beat, and the embedded servers.

A child that dies is started again, with a growing pause; a stop signal ends all of them.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from portal.embedded.processes import command_line, runs

PIDS = "run.pids"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_WITHIN_S = 15
LOOK_EVERY_S = 0.5
LONGEST_PAUSE_S = 30
STEADY_AFTER_S = 60


@dataclass
class Child:
    """One kept process."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause_s: float = 1.0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)
        self.started = time.monotonic()

    def look(self) -> bool:
        """Start it again when it has died and its pause is over; answers whether it was."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            if now - self.started > STEADY_AFTER_S:
                self.pause_s = 1.0
            return False
        if self.process is not None:
            say(f"{self.name} ended with {self.process.returncode}; starting it again")
            self.process = None
            self.not_before = now + self.pause_s
            self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        if now < self.not_before:
            return False
        self.start()
        return True


def say(text: str) -> None:
    print(f"portal: {text}", flush=True)


def children(port: int, folder: Path) -> list[Child]:
    """Web, worker and beat of one machine."""
    python = sys.executable
    share_metrics(folder / "metrics")
    web = [
        python, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"0.0.0.0:{port}",
        "--workers", os.environ.get("WEB_CONCURRENCY", "2"), "--worker-class", "sync", "--preload",
        "--timeout", "60", "--graceful-timeout", "10", "--worker-tmp-dir", str(folder), "--no-control-socket",
        "--access-logfile", os.environ.get("ACCESS_LOG", "/dev/null"),
    ]  # fmt: skip
    worker = [
        python, "-m", "celery", "-A", "portal", "worker", "--loglevel", "WARNING",
        "--concurrency", os.environ.get("WORKER_CONCURRENCY", "2"), "--hostname", f"portal-{port}@%h",
        "--without-mingle", "--without-gossip",
    ]  # fmt: skip
    beat = [
        python, "-m", "celery", "-A", "portal", "beat", "--loglevel", "WARNING",
        "--schedule", str(folder / "celerybeat-schedule"), "--pidfile", "",
    ]  # fmt: skip
    return [Child("web", web), Child("worker", worker), Child("beat", beat)]


def share_metrics(folder: Path) -> None:
    """Where the web workers put their counts together; those of the last run are dropped."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def hold_lock(folder: Path, address: str) -> IO[str] | None:
    """Be the only supervisor of this folder; None when another one runs."""
    lock = (folder / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.seek(0)
    lock.truncate()
    lock.write(address)
    lock.flush()
    return lock


def running_at(folder: Path) -> str:
    """Where the supervisor that holds the lock serves."""
    return (folder / "run.lock").read_text().strip()


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def end_leftovers(folder: Path) -> None:
    """End the children of a supervisor that was killed and could not end them itself.

    To be called by who holds the lock: then no supervisor lives, and what runs is left over.
    """
    record = folder / PIDS
    pids = [int(word) for word in record.read_text().split()] if record.exists() else []
    left = [
        pid
        for pid in pids
        if runs(pid) and "portal" in (line := command_line(pid)) and sys.executable in line
    ]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in filter(runs, left):
            say(f"ending process {pid}, left over from a run that was killed")
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_WITHIN_S
        while any(map(runs, left)) and time.monotonic() < deadline:
            time.sleep(0.1)


class Stopped(BaseException):
    """A stop signal came while there were no children yet."""


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within: a stop signal raises Stopped, so that what was started is also ended."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    yield


class Supervisor:
    """Keeps the children until it is told to stop."""

    def __init__(self, kept: list[Child], folder: Path, keep_servers: Callable[[], object]) -> None:
        self.kept = kept
        self.folder = folder
        self.keep_servers = keep_servers
        self.stopping = False

    def run(self) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        for child in self.kept:
            child.start()
        self._record()
        turn = 0
        while not self.stopping:
            time.sleep(LOOK_EVERY_S)
            turn += 1
            if turn % 4 == 0:
                self._look_after_servers()
            for child in self.kept:
                if not self.stopping and child.look():
                    self._record()
        self._end()

    def _record(self) -> None:
        """Note who runs, for the next supervisor, should this one be killed."""
        pids = [str(child.process.pid) for child in self.kept if child.process is not None]
        (self.folder / PIDS).write_text(" ".join(pids))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _look_after_servers(self) -> None:
        """A database or Redis that died comes back; what fails is tried again in two seconds."""
        try:
            self.keep_servers()
        except (OSError, SystemExit) as error:
            say(str(error))

    def _end(self) -> None:
        say("stopping")
        living = [c.process for c in self.kept if c.process is not None and c.process.poll() is None]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN_S
        for process in living:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
