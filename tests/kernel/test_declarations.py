"""Flows that cannot work do not start; jobs that cannot run are seen."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from celery.schedules import crontab

from portal.cases.checks import problems
from portal.cases.declaration import (
    FLOWS,
    Flow,
    Opening,
    Promised,
    Rung,
    Step,
    Transition,
    within,
    working_days,
)
from portal.cases.models import Trigger
from portal.celery import app
from portal.schedule import BEAT_SCHEDULE

GOOD = Flow(
    kind="test.case",
    label="Test",
    prefix="TT",
    opening=Opening(who=("enterprise",), step="new"),
    promise={"": working_days(5)},
    steps=(Step("new", "New"), Step("done", "Done", outcome="done")),
    transitions=(Transition("finish", "Finish", ("new",), "done", who=("handler",)),),
)


def codes(**changes: Any) -> set[str]:
    return {code for code, _text in problems(replace(GOOD, **changes))}


def test_a_good_flow_has_no_problems() -> None:
    assert codes() == set()
    assert all(not list(problems(flow)) for flow in FLOWS.values())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"steps": (*GOOD.steps, GOOD.steps[0])}, "cases.E001"),
        ({"steps": (*GOOD.steps, Step("lost", "Lost", limit=within(working_days(1))))}, "cases.E002"),
        ({"promise": {}}, "cases.E003"),
        ({"steps": (Step("new", "New", limit=Promised(), lapse="finish"), GOOD.steps[1])}, "cases.E004"),
        ({"transitions": ()}, "cases.E005"),
        ({"transitions": (replace(GOOD.transitions[0], label=" "),)}, "cases.E006"),
        ({"transitions": (replace(GOOD.transitions[0], target="nowhere"),)}, "cases.E007"),
        ({"transitions": (replace(GOOD.transitions[0], who=("nobody",)),)}, "cases.E008"),
        ({"ladder": (Rung(1, Trigger.DUE, ("strangers",)),)}, "cases.E010"),
    ],
)
def test_a_broken_flow_is_named(changes: dict[str, Any], code: str) -> None:
    assert code in codes(**changes)


@pytest.mark.django_db  # the checks of the start ask for the names of stages
def test_every_periodic_job_exists_and_names_its_minute() -> None:
    app.loader.import_default_modules()
    for entry in BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        schedule = entry["schedule"]
        assert isinstance(schedule, crontab)
        # Celery's crontab(hour=4) would fire every minute of that hour: the minute is always given.
        assert schedule._orig_minute != "*" or schedule._orig_hour == "*"


@pytest.mark.django_db
def test_the_tasks_run_and_leave_their_trace(park: SimpleNamespace) -> None:
    from django.utils.module_loading import import_string

    from portal.jobs.models import JobRun

    for job in BEAT_SCHEDULE.values():
        import_string(str(job["task"]))()
    assert set(JobRun.objects.exclude(succeeded_at=None).values_list("name", flat=True)) == set(BEAT_SCHEDULE)


def test_domain_apps_and_kernel_keep_their_distance_in_the_database() -> None:
    from django.apps import apps

    domains = {"approvals", "funds", "stations", "investment"}
    for model in apps.get_models():
        here = model._meta.app_label
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            if not getattr(field, "concrete", False) or other is None or isinstance(other, str):
                continue
            there = other._meta.app_label
            assert there not in domains - {here}, f"{here}.{field.name} refers to {there}"
