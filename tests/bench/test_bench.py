"""The bench stays able to run: the park that it loads is of the present tables, and the pages answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.utils.module_loading import autodiscover_modules

from portal.bench import budgets, domains, loader
from portal.cases import standards

pytestmark = [pytest.mark.django_db(transaction=True)]
# Whole processes and sweeps are the bench's own business; they are measured, not tested.
LEFT_OUT = {"memory", "told", "sweep", "import", "project-ledgers", "payments"}
COUNTED = ("statements", "plans", "KB")


def test_every_budget_can_be_measured_on_a_small_park(filled_calendar: None, settings: Any) -> None:
    standards.seed_all()
    bench = budgets.Bench(loader.Loaded())
    bench.loaded.grow(4_000)
    measured = {**budgets.EACH, **budgets.LAST}
    autodiscover_modules("bench")
    assert domains.DOMAINS
    for domain in domains.DOMAINS:
        domain.grow(bench, 40)
        measured |= {**domain.each, **domain.last}
    with override_settings(ROOT_URLCONF="portal.bench.yardsticks", ALLOWED_HOSTS=["*"]):
        for name in (name for name in measured if name not in LEFT_OUT):
            lines = list(measured[name](bench))
            assert lines, name
            # What is counted holds at any size; what is timed is for a quiet machine.
            assert not [line for line in lines if line.unit in COUNTED and not line.ok], name
