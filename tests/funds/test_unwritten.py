"""A policy that came by ledger brings no conditions: until somebody writes them down, it fits nobody for certain."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from funds import actions, matching
from funds.models import Claim, Match, Policy
from portal.cases.errors import Refused
from portal.ledgers.importing import import_path
from portal.park.models import Team
from tests.funds.building import file_claim
from tests.people import MONDAY, person

pytestmark = pytest.mark.django_db
POLICIES = (
    "code,title,level,kind,delivery,opens_on,cap_amount,team_code\n"
    "HT,高企认定奖励,park,reward,automatic,2024-01-01,200000,science\n"
    "RD,研发奖补,park,reward,reviewed,2024-01-01,500000,science\n"
)
ENTITLEMENTS = "/funds/entitlements/"


@pytest.fixture
def policies(park: SimpleNamespace, tmp_path: Path) -> dict[str, Policy]:
    Team.objects.create(code="science", name="科创局", kind="department")
    (tmp_path / "policies.csv").write_text(POLICIES, encoding="utf-8")
    assert import_path(tmp_path).written
    matching.match_all(MONDAY)
    return {policy.code: policy for policy in Policy.objects.all()}


def verdicts(policy: Policy) -> set[str]:
    return set(Match.objects.filter(policy=policy).values_list("verdict", flat=True))


def test_nobody_is_told_that_it_fits_and_what_comes_without_application_comes_to_nobody(
    park: SimpleNamespace, policies: dict[str, Policy]
) -> None:
    assert verdicts(policies["HT"]) == verdicts(policies["RD"]) == {"unknown"}
    client = Client()
    client.force_login(park.owner)
    page = client.get(ENTITLEMENTS).content.decode()
    assert "条件尚未录入系统" in page
    assert "请查阅政策原文，并向主管部门确认是否符合。" in page
    assert re.findall(r"claims/new/\?version=(\d+)", page) == [str(policies["RD"].versions.get().pk)]
    Team.objects.create(code="window_policy", name="政策兑现综合窗", kind="window")
    with pytest.raises(Refused, match="政策原文中的适用条件"):
        file_claim(park, policies["HT"].versions.get())
    assert not Claim.objects.exists()


def test_once_they_are_written_down_and_published_it_fits_whom_they_name(
    park: SimpleNamespace, policies: dict[str, Policy]
) -> None:
    park.ours.__class__.objects.filter(pk=park.ours.pk).update(is_high_tech=True)
    draft = actions.begin_draft(policies["HT"], by=person("writer"), now=MONDAY)
    draft.criteria.create(position=1, fact="is_high_tech", operator="is", values=["true"])
    draft.summary = "高新技术企业一次性奖励。"
    draft.save()
    actions.publish_version(draft, by=person("publisher"), note="", now=MONDAY)
    matching.match_all(MONDAY)
    assert Match.objects.get(policy=policies["HT"], enterprise=park.ours).verdict == "met"
    assert "unknown" in verdicts(policies["RD"])


def test_what_the_ledger_changes_afterwards_keeps_the_conditions(
    park: SimpleNamespace, policies: dict[str, Policy], tmp_path: Path
) -> None:
    (tmp_path / "policies.csv").write_text(POLICIES.replace("500000", "600000"), encoding="utf-8")
    assert import_path(tmp_path).written
    matching.match_all(MONDAY)
    assert policies["RD"].versions.count() == 2
    assert verdicts(policies["RD"]) == {"unknown"}
