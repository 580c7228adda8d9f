"""Fixtures of the whole house."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from portal.cases import standards
from tests.people import make_park


@pytest.fixture(autouse=True)
def _fresh_process_caches() -> None:
    """Versions of standards and calendar are kept per process; tests reuse the numbers."""
    from portal.worktime import snapshot

    standards.standard.cache_clear()
    snapshot.load.cache_clear()
    translation.activate("zh-hans")  # a page shown in English leaves its language behind


@pytest.fixture
def park(db: None) -> SimpleNamespace:
    """The small park of `tests.people`."""
    return make_park()
