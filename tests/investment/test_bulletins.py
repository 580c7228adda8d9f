"""周调度表、月通报: drafted once for each week and month, counted from rows, issued for good."""

from __future__ import annotations

import io
import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from investment.actions import bulletins
from investment.models import Bulletin, Lead, Target
from investment.tasks import draft_bulletins
from portal.cases.models import Case
from tests.investment.leading import act, bring_to, contract, make_task_forces, register_lead
from tests.pages.test_pages import browser
from tests.people import at

pytestmark = pytest.mark.django_db
LIST = "/investment/bulletins/"
MONDAY_AFTER, FIRST = at("2026-11-23 08:00"), at("2026-12-01 08:00")


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def drafted(kind: str, when: datetime) -> Bulletin:
    with time_machine.travel(when, tick=False):
        draft_bulletins()
    return Bulletin.objects.get(kind=kind)


def cells(bulletin: Bulletin, team: str = "tf_metal") -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in bulletin.numbers["teams"] if row["team"] == team)
    return row["cells"] | {"plan": row.get("plan")}


def page(who: Any, path: str, when: datetime = MONDAY_AFTER) -> str:
    with time_machine.travel(when, tick=False):
        answer = browser(who).get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_week_counts_what_was_new_moved_overdue_and_still(forces: SimpleNamespace) -> None:
    moved = bring_to(
        forces, register_lead(forces.member, forces.first, investor_name="甲公司（示范）"), "visits"
    )
    late = register_lead(
        forces.member, forces.first, investor_name="乙公司（示范）", next_action_on="2026-11-17"
    )
    still = bring_to(
        forces, register_lead(forces.member, forces.first, investor_name="丙公司（示范）"), "negotiation"
    )
    Lead.objects.filter(pk=still.pk).update(last_action_at=at("2026-10-25 09:00"))
    Case.objects.filter(pk=still.pk).update(opened_at=at("2026-10-12 09:00"))
    found = cells(drafted("week", MONDAY_AFTER))
    assert {key: sorted(ids) for key, ids in found.items() if key != "plan"} == {
        "new": [moved.pk, late.pk], "moved": [moved.pk, still.pk], "decided": [],
        "overdue": [late.pk], "yellow": [still.pk], "red": [], "late": [late.pk],
    }  # fmt: skip
    assert found["plan"] == {}
    Lead.objects.filter(pk=moved.pk).update(next_action_on="2026-11-25")
    bulletins.redraft(Bulletin.objects.get(kind="week"), now=MONDAY_AFTER)
    assert cells(Bulletin.objects.get(kind="week"))["plan"] == {"2026-11-25": [moved.pk]}


def test_a_month_stands_beside_the_targets_of_the_year(forces: SimpleNamespace) -> None:
    Target.objects.create(year=2026, team=forces.first, signed_amount=10**9, projects=5, trips=4, visits=9)
    case = bring_to(forces, register_lead(forces.member, forces.first), "signing")
    act(forces.member, case, "sign", **contract())
    gone = register_lead(forces.rival, forces.second, investor_name="乙公司（示范）")
    act(forces.rival, gone, "lose", cause="price", reason="电价高")
    bulletin = drafted("month", FIRST)
    found = cells(bulletin)
    assert (found["signed"], found["signed_year"], found["target"]) == ([case.pk], [case.pk], 5)
    assert (found["amount"], found["target_amount"]) == ("320000000.00", "1000000000.00")
    assert bulletin.numbers["causes"] == {"price": [gone.pk]}
    assert (bulletin.numbers["quarter"], bulletin.numbers["ranking"][0][1]) == ("2026-Q4", "tf_metal")
    html = page(forces.leader, f"{LIST}{bulletin.pk}/", FIRST)
    for told in ("3.2 亿元", "/ 10 亿元", "/ 5", "2026-Q4 排名"):
        assert told in html, told


def test_each_is_drafted_once_and_what_was_missed_is_made_up_for(forces: SimpleNamespace) -> None:
    for moment in (MONDAY_AFTER, MONDAY_AFTER, at("2026-11-26 08:00"), at("2026-12-09 08:00")):
        with time_machine.travel(moment, tick=False):
            draft_bulletins()
    made = Bulletin.objects.order_by("starts_on").values_list("kind", "starts_on", "ends_on")
    assert [(kind, str(first), str(last)) for kind, first, last in made] == [
        ("month", "2026-10-01", "2026-10-31"), ("month", "2026-11-01", "2026-11-30"),
        ("week", "2026-11-16", "2026-11-22"), ("week", "2026-11-30", "2026-12-06"),
    ]  # fmt: skip


def test_every_number_opens_its_leads_and_hides_what_is_confidential(
    park: SimpleNamespace, forces: SimpleNamespace
) -> None:
    case = register_lead(forces.member, forces.first, investor_name="甲公司（示范）")
    secret = register_lead(forces.member, forces.first, investor_name="乙公司（示范）", confidential="on")
    bulletin = drafted("week", MONDAY_AFTER)
    html = page(park.leader, f"{LIST}{bulletin.pk}/")
    for href, n in re.findall(r'<a[^>]* href="([^"]+/rows/[^"]+)">(\d+)</a>', html):
        rows = page(park.leader, href.replace("&amp;", "&"))
        assert rows.count('<a class="t"') + ("另有 1 条" in rows) == int(n), href
        assert secret.number not in rows
    address = f"{LIST}{bulletin.pk}/rows/?cell=new&team=tf_metal"
    assert case.number in page(park.leader, address)
    assert secret.number in page(forces.member, address)
    assert browser(park.leader).get(f"{LIST}{bulletin.pk}/rows/?cell=nonsense&team=none").status_code == 404


def test_the_office_issues_it_and_then_it_stays(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first)
    bulletin, office = drafted("week", MONDAY_AFTER), forces.offices["science"]
    address = f"{LIST}{bulletin.pk}/change/"
    with time_machine.travel(MONDAY_AFTER, tick=False):
        assert browser(forces.member).post(address, {"do": "issue"}).status_code == 403
        browser(office).post(address, {"do": "redraft", "remarks": "请各专班抓紧"})
        browser(office).post(address, {"do": "issue", "remarks": "请各专班抓紧推进"})
        for what in ("issue", "redraft", "keep"):
            assert browser(park.leader).post(address, {"do": what, "remarks": "改"}).status_code == 422
    bulletin.refresh_from_db()
    assert (bulletin.remarks, bulletin.issued_by, bulletin.issued_at) == (
        "请各专班抓紧推进",
        office,
        MONDAY_AFTER,
    )
    assert "请各专班抓紧推进" in page(forces.member, f"{LIST}{bulletin.pk}/")
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(remarks="x")


def test_it_leaves_as_workbook_and_as_pdf(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first)
    bulletin = drafted("week", MONDAY_AFTER)
    client = browser(park.leader)
    rows = list(
        load_workbook(
            io.BytesIO(client.get(f"{LIST}{bulletin.pk}/file/?form=xlsx").content)
        ).active.iter_rows(values_only=True)
    )
    assert rows[0][:3] == ("专班", "新增线索", "推进环节")
    assert rows[1][:2] == ("先进材料专班", 1)
    assert client.get(f"{LIST}{bulletin.pk}/file/").content.startswith(b"%PDF")


def test_drafting_costs_the_same_however_many_leads(forces: SimpleNamespace) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            for kind in ("week", "month"):
                bulletins.count(kind, *bulletins.last_ended(kind, FIRST.date()), FIRST)
        return len(seen)

    register_lead(forces.member, forces.first)
    few = cost()
    for n in range(3):
        register_lead(forces.rival, forces.second, investor_name=f"{'甲乙丙'[n]}公司（示范）")
    assert cost() == few


def test_who_reads_them(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    who = {
        name: browser(getattr(park, name)).get(LIST).status_code for name in ("owner", "handler", "auditor")
    }
    assert who == {"owner": 403, "handler": 403, "auditor": 200}
