"""Leads and the registers of investment by ledger: in, out, and what cannot be taken."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from investment.models import Envoy, Lead, Target
from portal.accounts.models import Duty, DutyGrant
from portal.cases.models import Case, StepLog
from portal.ledgers.declaration import LEDGERS
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import import_path
from tests.funds.test_ledgers import put
from tests.investment.leading import act, make_task_forces, register_lead
from tests.people import MONDAY, actor, person

pytestmark = pytest.mark.django_db
HEAD = (
    "number,title,task_force_code,investor_name,uscc,source,opened_on,step,investment_amount,is_key,"
    "is_top500,is_xiang_returning,industry,signed_on,lost_on,lost_reason,next_action,next_action_on,"
    "lost_cause,handed_over_on,envoy_number,land_mu,plant_m2,load_kva,confidential\n"
)
LEADS = (
    "L1,镁板项目,tf_metal,甲公司,91350100M000100Y43,trip,2024-01-10,start,300000000,1,1,0,金属,2024-06-03,,,"
    "开工,2024-09-01,,,,35.5,,800,0",
    "L2,轴承项目,tf_robot,乙公司,,envoy,2024-02-01,lost,50000000,0,0,1,,,2024-03-04,落户外地,,,elsewhere,,T1,,,,0",
    "L3,电机项目,tf_metal,丙公司,,self,2024-02-01,handed_over,20000000,0,0,0,,2024-02-01,,,,,,2024-12-02,,,,,0",
    "L4,水泵项目,tf_metal,丁公司,,xiang,2024-02-01,registration,90000000.5,0,0,0,,,,,,,,,,,,,0",
    "L5,试剂项目,tf_robot,戊公司,,self,2024-02-01,pool,80000000,0,0,0,,,,,,,,,,,1200,,0",
    "L6,软件项目,tf_metal,己公司,,self,2024-02-01,visits,80000000,0,0,0,,,,,,,,,,,,,1",
)
REGISTERS = {
    "envoys": "number,name,kind,field,appointed_on,ends_on\nT1,示范·陈明,envoy,金属,2023-01-01,2026-12-31\n"
    "T2,示范·李静,adviser,电机,2023-05-01,\n",
    "targets": "year,task_force_code,signed_amount,projects,trips,visits\n2024,tf_metal,1500000000.5,5,8,12\n",
    "awards": "number,name,quarter,team_code\nJ1,骏马奖,2024-Q1,\nJ2,先进专班,2024-Q2,tf_metal\n",
    "partnerships": "number,university,uscc,topic,signed_on\nX1,湘潭大学,{uscc},联合研发,2024-04-01\n",
}


@pytest.fixture
def forces(park: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    made = make_task_forces(park)
    put(tmp_path, **{key: text.format(uscc=park.ours.uscc) for key, text in REGISTERS.items()})
    assert import_path(tmp_path).written
    return made


def taken(folder: Path, *lines: str, head: str = HEAD) -> bool:
    put(folder, leads=head + "\n".join(lines) + "\n")
    return import_path(folder / "leads.csv").written


def reasons(folder: Path, *lines: str) -> list[str]:
    put(folder, leads=HEAD + "\n".join(lines) + "\n")
    report = import_path(folder / "leads.csv")
    assert not report.written
    return [problem.column for problem in report.problems]


def stays(number: str) -> list[tuple[str, str, str]]:
    found = StepLog.objects.filter(case__number=number).order_by("seq")
    return [
        (s.step, f"{s.entered_at:%m-%d}", f"{s.left_at:%m-%d} {s.left_via}" if s.left_at else "")
        for s in found
    ]


def test_what_goes_in_comes_out_the_same_and_a_second_time_changes_nothing(
    forces: SimpleNamespace, tmp_path: Path
) -> None:
    assert taken(tmp_path, *LEADS)
    out = tmp_path / "out"
    export_path(out, ledgers=["leads", *REGISTERS])
    assert (out / "leads.csv").read_text(encoding="utf-8-sig") == HEAD + "\n".join(LEADS) + "\n"
    for key, text in REGISTERS.items():
        assert (out / f"{key}.csv").read_text(encoding="utf-8-sig") == text.format(uscc=forces.park.ours.uscc)
    again = import_path(out)
    assert again.written
    assert {count.unchanged for key, count in again.counts.items() if key == "leads"} == {len(LEADS)}
    assert (Envoy.objects.count(), Target.objects.count()) == (2, 1)


def test_a_lead_has_the_stays_that_its_days_tell_and_no_others(
    forces: SimpleNamespace, tmp_path: Path
) -> None:
    assert taken(tmp_path, *LEADS)
    assert stays("L1") == [
        ("registration", "01-10", "01-10 imported"),
        ("negotiation", "01-10", "06-03 imported"),
        ("start", "06-03", ""),
    ]
    assert [step for step, _from, _to in stays("L2")] == ["registration", "negotiation"]
    assert [step for step, _from, _to in stays("L5")] == ["registration", "pool"]
    ended = Case.objects.filter(kind="investment.lead").exclude(closed_at=None).order_by("number")
    assert list(ended.values_list("number", "outcome")) == [("L2", "lost"), ("L3", "handed_over")]


def test_a_confidential_lead_leaves_with_its_circle_only(forces: SimpleNamespace, tmp_path: Path) -> None:
    assert taken(tmp_path, *LEADS)
    auditor = person("anauditor")
    DutyGrant.objects.create(user=auditor, duty=Duty.AUDITOR)
    for who, seen in ((auditor, False), (forces.head, True)):
        out = [row["investor_name"] for row in LEDGERS["leads"].book().export(actor(who))]
        assert "丙公司" in out
        assert ("己公司" in out) == seen
    assert reasons(tmp_path, LEADS[5].removesuffix("1") + "0") == ["confidential"]


def test_a_sheet_of_the_contract_alone_is_taken(forces: SimpleNamespace, tmp_path: Path) -> None:
    head = ",".join(HEAD.split(",")[:12]) + "\n"
    line = "L9,水泵项目,tf_metal,丁公司,,self,2024-02-01,contact,90000000,0,0,0"
    assert taken(tmp_path, line, head=head)
    assert taken(tmp_path, line.replace("90000000", "95000000"), head=head)
    lead = Lead.objects.get(case__number="L9")
    assert (lead.investment_amount, lead.case.step, lead.industry) == (95_000_000, "contact", "")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (LEADS[0].replace("tf_metal", "jinrong"), "task_force_code"),
        (LEADS[0].replace("2024-06-03", ""), "signed_on"),
        (LEADS[0].replace("2024-06-03", "2023-06-03"), "signed_on"),
        (LEADS[0].replace(",start,", ",contact,"), "signed_on"),
        (LEADS[0].replace("2024-09-01", ""), "next_action_on"),
        (LEADS[0].replace("300000000", "-1"), "investment_amount"),
        (LEADS[1].replace("落户外地", ""), "lost_reason"),
        (LEADS[1].replace("2024-03-04", ""), "lost_on"),
        (LEADS[1].replace("2024-03-04", "2024-01-04"), "lost_on"),
        (LEADS[1].replace("T1", "T9"), "envoy_number"),
        (LEADS[2].replace("2024-12-02", "2024-01-02"), "handed_over_on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_column(
    forces: SimpleNamespace, tmp_path: Path, line: str, column: str
) -> None:
    assert column in reasons(tmp_path, line)
    assert not Lead.objects.exists()


def test_a_ledger_goes_on_with_what_it_told_and_not_with_what_people_did(
    forces: SimpleNamespace, tmp_path: Path
) -> None:
    assert taken(tmp_path, *LEADS)
    assert taken(tmp_path, LEADS[3].replace(",registration,", ",parked,"))
    assert Case.objects.get(number="L4").step == "parked"
    case = act(forces.member, register_lead(forces.member, forces.first, MONDAY), "accept")
    export_path(tmp_path / "out", ledgers=["leads"])
    text = (tmp_path / "out" / "leads.csv").read_text(encoding="utf-8-sig")
    [line] = [line for line in text.splitlines() if line.startswith(case.number)]
    assert reasons(tmp_path, line.replace(",contact,", ",visits,")) == ["number"]
    assert taken(tmp_path, line.replace("特种材料项目", "特种合金项目"))
    case.refresh_from_db()
    assert (case.title, case.step) == ("特种合金项目", "contact")


def test_a_term_that_ends_before_it_begins_is_refused(forces: SimpleNamespace, tmp_path: Path) -> None:
    put(tmp_path, envoys=REGISTERS["envoys"].replace("2026-12-31", "2022-12-31"))
    assert not import_path(tmp_path / "envoys.csv").written
    put(tmp_path, awards=REGISTERS["awards"].replace("2024-Q1", "2024-Q5"))
    assert not import_path(tmp_path / "awards.csv").written
