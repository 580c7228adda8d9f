"""季度排名: points out of rows, each to be opened; a sheet that changes from a quarter on; issued for good."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from investment.actions import ranking, sheet
from investment.models import Award, Commitment, Lead, Ranking, Target
from portal.cases.errors import Refused
from portal.cases.models import Case
from tests.investment.leading import act, bring_to, contract, make_task_forces, register_lead
from tests.pages.test_pages import browser
from tests.people import at

pytestmark = pytest.mark.django_db
RANKING, QUARTER = "/investment/ranking/", "2026-Q4"
AFTER = at("2027-01-05 10:00")


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    made = make_task_forces(park)
    made.first.industry = "新材料"
    made.first.save()
    for team, projects in ((made.first, 2), (made.second, 4)):
        Target.objects.create(
            year=2026, team=team, quarter=4, signed_amount=10**9, projects=projects, trips=1, visits=1
        )
    return made


def signed(forces: SimpleNamespace, name: str, number: str, **more: Any) -> Case:
    """A lead of the first task force whose contract is signed."""
    case = register_lead(forces.member, forces.first, investor_name=name, industry="新材料", **more)
    bring_to(forces, case, "signing")
    return act(forces.member, case, "sign", **contract(contract_number=number))


def points(team: str = "tf_metal", when: Any = AFTER) -> dict[str, Decimal]:
    standing = next(one for one in ranking.compute(QUARTER, when) if one.team == team)
    return {part.code: part.score for part in standing.parts} | {"total": standing.total}


def page(who: Any, query: str = f"?quarter={QUARTER}", language: str = "zh-hans", path: str = RANKING) -> str:
    with time_machine.travel(AFTER, tick=False):
        answer = browser(who, language).get(path + query)
    assert answer.status_code == 200
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return " ".join(html.split())


def test_points_come_of_rows_and_move_with_one_lead(forces: SimpleNamespace) -> None:
    case = signed(forces, "甲公司（示范）", "TZ-1", is_key="on")
    assert points() == {
        "projects": Decimal("15"), "arrived": Decimal(0), "fit": Decimal("20"), "panel": Decimal("12.90"),
        "in_time": Decimal("15"), "top500": Decimal(0), "billion": Decimal(0), "late_start": Decimal(0),
        "untrue": Decimal(0), "total": Decimal("62.90"),
    }  # fmt: skip
    Lead.objects.filter(pk=case.pk).update(is_top500=True, investment_amount=10**9)
    assert (points()["top500"], points()["billion"]) == (2, 2)
    Lead.objects.filter(pk=case.pk).update(industry="食品")
    assert points()["fit"] == 0
    money = Commitment.objects.get(contract=case.pk, kind="investment")
    told = {"commitment": money.pk, "done_on": "2026-11-16", "proof": "验资报告", "done_amount": "320000000"}
    act(forces.member, case, "note_commitment", **told)
    assert points()["arrived"] == 20
    act(forces.member, case, "lose", cause="other", reason="合同解除")
    after = points()
    assert (after["projects"], after["fit"], after["top500"], after["arrived"]) == (0, 0, 0, 0)


def test_small_double_and_other_quarters_leads_never_count(forces: SimpleNamespace) -> None:
    case = signed(forces, "甲公司（示范）", "TZ-1")
    other = signed(forces, "乙公司（示范）", "TZ-2")
    assert points()["projects"] == 30
    Lead.objects.filter(pk=other.pk).update(double_of=case.pk)
    assert points()["projects"] == 15
    Lead.objects.filter(pk=case.pk).update(investment_amount=99_999_999)
    assert points()["projects"] == 0
    Lead.objects.filter(pk=case.pk).update(investment_amount=10**8, signed_on="2026-09-30")
    assert points()["projects"] == 0


def test_a_start_that_is_late_and_an_untruth_cost_points(
    park: SimpleNamespace, forces: SimpleNamespace
) -> None:
    case = signed(forces, "甲公司（示范）", "TZ-1")
    Commitment.objects.filter(contract=case.pk, kind="start").update(due_on="2026-12-31")
    assert points()["late_start"] == Decimal("-0.1")
    assert points(when=at("2026-12-31 10:00"))["late_start"] == 0
    told = {"quarter": QUARTER, "team": forces.first.pk, "text": "虚报一个项目", "number": case.number}
    with time_machine.travel(AFTER, tick=False):
        assert browser(forces.head).post(RANKING + "untruth/", told).status_code == 403
        browser(park.leader).post(RANKING + "untruth/", told)
    assert points()["untrue"] == Decimal("-0.2")
    behind = page(forces.head, f"?quarter={QUARTER}&team=tf_metal&line=untrue", path=RANKING + "rows/")
    assert "虚报一个项目" in behind
    assert case.number in behind


def test_every_point_opens_the_leads_that_it_comes_of(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    case = signed(forces, "甲公司（示范）", "TZ-1")
    secret = signed(forces, "乙公司（示范）", "TZ-2")
    act(forces.head, secret, "confide", people=[])
    html = page(park.leader)
    hrefs = {h.replace("&amp;", "&") for h in re.findall(r'href="(/investment/ranking/rows/[^"]+)"', html)}
    assert len(hrefs) == 2 * len(sheet.DECLARED)
    (address,) = [h for h in hrefs if "line=projects" in h and "tf_metal" in h]
    rows = page(park.leader, "", path=address)
    assert case.number in rows
    assert secret.number not in rows
    assert "1 条线索不在您的可见范围内" in rows
    assert secret.number in page(forces.head, "", path=address)


def test_the_sheet_changes_from_a_quarter_on(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    signed(forces, "甲公司（示范）", "TZ-1")
    address = f"{RANKING}sheet/?quarter=2026-Q4&line=projects"
    given = {
        "name": "新签亿元项目", "measure": "projects", "basis": "best", "points": "40", "per_unit": "0",
        "active": "on", "valid_from": "2026-Q4",
    }  # fmt: skip
    with time_machine.travel(AFTER, tick=False):
        assert browser(forces.head).post(address, given).status_code == 403
        assert browser(park.leader).post(address, given | {"points": "101"}).status_code == 422
        assert browser(park.leader).post(address, given).status_code == 302
        assert browser(park.leader).post(address, given | {"points": "35"}).status_code == 302
    assert points()["projects"] == 35
    old = next(rule for rule in sheet.sheet("2026-Q3") if rule.code == "projects")
    assert (old.points, old.basis) == (30, "target")


def test_issued_it_stays_with_its_sheet_and_its_award(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    case = signed(forces, "甲公司（示范）", "TZ-1")
    with pytest.raises(Refused):
        ranking.issue(QUARTER, by=park.leader, now=at("2026-12-31 18:00"))
    given = {"quarter": QUARTER, "remarks": "再接再厉", "award": "季度标兵"}
    with time_machine.travel(AFTER, tick=False):
        assert browser(forces.head).post(RANKING + "issue/", given).status_code == 403
        browser(park.leader).post(RANKING + "issue/", given)
        assert browser(park.leader).post(RANKING + "issue/", given).status_code == 422
    before = page(forces.head)
    assert "再接再厉" in before
    assert list(Award.objects.values_list("name", "quarter", "team")) == [
        ("季度标兵", QUARTER, forces.first.pk)
    ]
    Lead.objects.filter(pk=case.pk).update(investment_amount=1)
    assert page(forces.head) == before
    with pytest.raises(Refused):
        sheet.change_rule(sheet.DECLARED[0].__class__(code="projects", valid_from="2026-Q3"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Ranking.objects.create(
            quarter=QUARTER, sheet=[], standings=[], issued_at=AFTER, issued_by=park.leader
        )


def test_it_leaves_as_workbook_and_as_pdf(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    signed(forces, "甲公司（示范）", "TZ-1")
    with time_machine.travel(AFTER, tick=False):
        client = browser(park.leader)
        book = client.get(f"{RANKING}file/?quarter={QUARTER}&form=xlsx").content
        paper = client.get(f"{RANKING}file/?quarter={QUARTER}").content
    rows = list(load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
    assert rows[1][:3] == (1, "先进材料专班", 62.9)
    assert paper.startswith(b"%PDF")


def test_it_costs_a_statement_for_each_measure(forces: SimpleNamespace) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            ranking.compute(QUARTER, AFTER)
        return len(seen)

    few = cost()
    signed(forces, "甲公司（示范）", "TZ-1")
    signed(forces, "乙公司（示范）", "TZ-2")
    assert cost() == few == len(sheet.DECLARED) + 3  # and the sheet, the task forces, their targets


def test_who_reads_it(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    allowed = {
        name: browser(getattr(park, name)).get(RANKING).status_code
        for name in ("owner", "handler", "auditor")
    }
    assert allowed == {"owner": 403, "handler": 403, "auditor": 200}
    assert browser(forces.rival).get(RANKING).status_code == 200
    assert browser(forces.offices["science"]).get(RANKING).status_code == 200  # the investment office
    assert browser(park.leader).get(RANKING + "?quarter=nonsense").status_code == 404
