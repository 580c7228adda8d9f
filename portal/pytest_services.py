"""Pytest plugin: brings up the embedded servers before Django reads its settings.

Loaded by `-p portal.pytest_services`, as pytest-django imports the settings before any conftest.
"""

import os

os.environ.setdefault("PORTAL_TESTING", "1")
os.environ.setdefault("DEMONSTRATION", "0")

from portal import embedded

embedded.ensure(want=True)

# A portal that runs in this folder uses the same server: tests keep to databases 2-15, two for each process.
server, _, _number = os.environ["REDIS_URL"].rpartition("/")
if embedded.own_redis(os.environ["REDIS_URL"]):
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{server}/{2 + process % 7 * 2}"
