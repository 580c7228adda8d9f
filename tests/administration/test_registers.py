"""The registers in the admin site: accounts and teams, no case content."""

from __future__ import annotations

import gc
import re
from types import SimpleNamespace

import pghistory.models
import pytest
from django.apps import apps
from django.urls import reverse

from portal.park.models import Team
from portal.prepared import Prepared
from tests.pages.test_pages import browser
from tests.people import handled

pytestmark = pytest.mark.django_db


def test_registers_do_not_list_cases_and_nothing_that_cases_refer_to_is_deleted(
    park: SimpleNamespace,
) -> None:
    handled(park)
    client = browser(park.administrator)
    for model, pk in (
        ("park_team", park.team["jinrong"].pk),
        ("accounts_user", park.owner.pk),
        ("park_enterprise", park.ours.pk),
    ):
        assert client.get(reverse(f"admin:{model}_delete", args=[pk])).status_code == 403


def test_only_park_leaders_can_be_in_charge_of_a_team(park: SimpleNamespace) -> None:
    page = browser(park.administrator).get(reverse("admin:park_team_add"))
    people = page.context["adminform"].form.fields["leader"].queryset
    assert list(people) == [park.leader]


def test_the_history_of_a_register_says_who(park: SimpleNamespace) -> None:
    client, team = browser(park.administrator), park.team["jinrong"]
    page = client.get(reverse("admin:park_team_change", args=[team.pk]))
    form = page.context["adminform"].form
    data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    data["seen"] = page.context["seen"]
    answer = client.post(reverse("admin:park_team_change", args=[team.pk]), data | {"name": "金荣政务驿站"})
    assert answer.status_code == 302
    line = Team.pgh_event_model.objects.filter(pgh_obj=team).latest("pgh_id")  # type: ignore[attr-defined]
    assert line.name == "金荣政务驿站"
    assert line.pgh_context.metadata["user"] == park.administrator.pk


def test_planned_statements_write_no_register(park: SimpleNamespace) -> None:
    """They do not say who: see `portal.park.apps`."""
    handled(park)
    kept = {
        model.pgh_tracked_model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and getattr(model, "pgh_tracked_model", None)
    }
    assert {"park_team", "park_enterprise", "accounts_user"} & kept
    texts = [thing.text for thing in gc.get_objects() if type(thing) is Prepared]  # no weak reference
    assert len(texts) > 10
    written = {
        found for text in texts for found in re.findall(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', text)
    }
    assert "cases_case" in written
    assert written & kept == set()
