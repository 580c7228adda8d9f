"""The registers in the admin site: accounts and teams, no case content."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

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
