"""What the page of a case says first: by when what, and what it came through."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from portal.cases import engine
from portal.cases.errors import Conflict, Refused
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, at, closed, file_request, handled

pytestmark = pytest.mark.django_db


def shown(who: object, pk: int) -> str:
    with time_machine.travel(at("2026-11-16 11:00"), tick=False):
        return browser(who).get(f"/cases/{pk}/").content.decode()


@pytest.mark.parametrize("who", ["owner", "steward"])
def test_the_limit_of_a_step_is_not_taken_for_the_end_of_the_case(park: SimpleNamespace, who: str) -> None:
    case = accept(park, file_request(park), MONDAY)
    page = shown(getattr(park, who), case.pk)
    assert "本环节应于 11月16日 13:30 前完成" in page
    assert "整件应于 11月23日 17:30 前办结" in page
    page = shown(getattr(park, who), handled(park).pk)
    assert "应于 11月23日 17:30 前办结" in page
    assert "本环节" not in page


def test_a_case_that_ended_off_the_line_does_not_show_what_never_was(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    engine.perform(case, "withdraw", by=actor(park.owner), data={"reason": "已解决"}, now=MONDAY)
    rail = re.search(r'<ol class="steps">.*?</ol>', shown(park.steward, case.pk), re.S)
    assert rail is not None
    labels = re.findall(r"<li[^>]*>([^<]+)", rail[0])
    assert labels == ["首次联系", "派单", "已撤回"]


def test_a_form_that_leads_nowhere_is_not_shown(park: SimpleNamespace) -> None:
    alone, done = file_request(park), closed(park)
    client = browser(park.steward)
    nothing = client.get(reverse("cases:case_perform", args=[alone.pk, "merge"]))
    assert nothing.status_code == Refused.status
    too_late = client.get(reverse("cases:case_perform", args=[done.pk, "accept"]))
    assert too_late.status_code == Conflict.status
