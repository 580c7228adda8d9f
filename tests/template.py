"""One migrated database for all test processes: each copies it, rather than migrating from nothing.

It is named by what it was made from, the migrations and the pinned packages, so it is never stale; it
stays for the next run, and one made from anything else is dropped.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.db import connection

MIGRATE = 781_405_112  # advisory lock: one process migrates, the others wait for it
BEGINNING = "portal_template_"


def made_from() -> str:
    """A digest of what decides how the migrated database looks."""
    house = Path(settings.BASE_DIR)
    files = sorted(
        {
            house / "requirements.txt",
            house / "portal" / "migrating.py",
            *house.glob("*/migrations/*.py"),
            *house.glob("*/*/migrations/*.py"),
        }
    )
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def ensure() -> str:
    """Name of the migrated database. It is made when it is not there."""
    name = BEGINNING + made_from()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE])
        cursor.execute(
            "SELECT datname, datistemplate FROM pg_database WHERE datname LIKE %s", [f"{BEGINNING}%"]
        )
        found = dict(cursor.fetchall())
        if not found.get(name):
            for old in found:
                cursor.execute(f'ALTER DATABASE "{old}" IS_TEMPLATE false')
                cursor.execute(f'DROP DATABASE "{old}"')
            _migrate(name)
            # Only a finished one is marked: a run that was cut off leaves one that the next drops.
            cursor.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
    return name


def _migrate(name: str) -> None:
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    kept = dict(test)
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    finally:
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
        test.clear()
        test.update(kept)


if __name__ == "__main__":
    import django

    import portal.pytest_services  # noqa: F401 - brings up the servers

    django.setup()
    ensure()
