"""Pytest plugin: brings up the embedded servers before Django reads its settings.

Loaded by `-p portal.pytest_services`, as pytest-django imports the settings before any conftest.
"""

import os

os.environ.setdefault("PORTAL_TESTING", "1")
os.environ.setdefault("DEMONSTRATION", "0")

from portal import embedded

embedded.ensure(want=True)
