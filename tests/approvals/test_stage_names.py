"""What the five stages are called: data that administrators change, used wherever a stage is named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from approvals.models import NAMES, ServiceItem, StageName
from portal.cases.declaration import flow_of
from tests.approvals.building import make_office, signed
from tests.pages.test_pages import browser

pytestmark = pytest.mark.django_db
REGISTER = "admin:approvals_stagename_change"


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def renamed(park: SimpleNamespace, stage: str, name: str, name_en: str) -> None:
    """By the register, as an administrator does it."""
    client, address = browser(park.administrator), reverse(REGISTER, args=[stage])
    page: Any = client.get(address)
    answer = client.post(address, {"seen": page.context["seen"], "name": name, "name_en": name_en})
    assert answer.status_code == 302


def test_only_the_official_name_is_confirmed_from_the_beginning() -> None:
    told = dict(StageName.objects.values_list("name", "is_default"))
    assert list(told) == ["洽谈即服务", "签约即供地", "开工即配套", "竣工即办证", "达产即复核"]
    assert [name for name, is_default in told.items() if not is_default] == ["达产即复核"]


def test_a_new_name_stands_wherever_the_stage_is_named(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    filing = office.items["GD-003"]
    renamed(park, "land", "拿地即服务", "Served with the land")
    staff = (
        f"/approvals/projects/{case.pk}/", f"/cases/{case.pk}/", "/approvals/projects/",
        "/approvals/projects/flow/", f"/approvals/items/{filing.pk}/", "/approvals/",
    )  # fmt: skip
    for language, words, before in (
        ("zh-hans", "拿地即服务", "签约即供地"),
        ("en", "Served with the land", "Contract: land at once"),
    ):
        client = browser(park.leader, language)
        for address in staff:
            html = client.get(address).content.decode()
            assert words in html, address
            assert before not in html, address
    assert (
        "拿地即服务"
        in browser(park.administrator).get("/administration/flows/approvals.project/").content.decode()
    )
    assert "拿地即服务" in browser(park.owner).get("/my-cases/").content.decode()
    assert str(flow_of("approvals.project").step("land").label) == "拿地即服务"


def test_where_no_name_is_entered_the_stage_has_one_all_the_same() -> None:
    StageName.objects.filter(stage="land").delete()
    StageName.objects.filter(stage="completion").update(name_en="")
    NAMES.forget()
    assert ServiceItem.Stage.LAND.label == "签约即供地"
    with translation.override("en"):
        assert ServiceItem.Stage.LAND.label == "Contract: land at once"
        assert ServiceItem.Stage.COMPLETION.label == "竣工即办证"


def test_a_name_is_no_change_of_the_tables(park: SimpleNamespace) -> None:
    renamed(park, "land", "拿地即服务", "Served with the land")
    call_command("makemigrations", "approvals", check=True, dry_run=True, verbosity=0)


def test_stages_are_neither_added_nor_taken_away(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    assert client.get(reverse("admin:approvals_stagename_changelist")).status_code == 200
    assert client.get(reverse("admin:approvals_stagename_add")).status_code == 403
    assert client.post(reverse("admin:approvals_stagename_delete", args=["land"])).status_code == 403
    for who in (park.owner, park.handler, park.auditor):
        assert browser(who).get(reverse(REGISTER, args=["land"])).status_code in (302, 403)


def test_a_file_means_the_same_whatever_the_stages_are_called(park: SimpleNamespace) -> None:
    from approvals.ledgers.items import STAGES

    renamed(park, "land", "竣工即办证", "Completed")
    for words in ("land", "签约即供地", "用地供应", "Land", "Contract: land at once"):
        assert STAGES.parse(words) == "land"
    assert STAGES.parse("竣工即办证") == "completion"
