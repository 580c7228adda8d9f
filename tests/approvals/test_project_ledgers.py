"""Parcels, projects and permits of ledgers: ordinary cases, with clocks, and out again as they came in."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from approvals.models import Parcel, Permit, Project, ServiceItem
from portal.cases import engine, queue, timeline, watch
from portal.cases.access import visible_to
from portal.cases.models import Alert, Case, Event
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import Report, import_path
from tests.approvals.building import accepted, make_office, signed, submitted
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db
NAMES = ("service_items", "parcels", "projects", "permits", "pauses")
PROJECT_HEAD = (
    "number,name,uscc,mode,is_new_construction,investment_amount,baseline_days,opened_on,stage,parcel_code,"
    "lead_number"
)
PERMIT_HEAD = "project_number,item_code,sequence,accepted_on,decided_on,outcome,phase_label"
ITEMS = (
    "code,name,stage,team_code,statutory_days,promised_days,is_delegated\n"
    "KG-006,方案审查,construction,development,20,3,1\n"
    "KG-012,建筑工程施工许可,construction,development,7,1,1\n"
    "GD-008,用地规划许可,land,development,20,,0\n"
)
PARCELS = (
    "code,name,area_mu,status,holder_uscc,recovered_on,recovery_mode,recovery_amount,planned_delivery_on,"
    "delivered_on,assigned_project\n"
    "DK-1,一号地块,116.4,已安排项目,,2024-03-29,协议收回,44000000,2024-08-30,2024-04-30,X1\n"
    "DK-2,二号地块,20,available,,,,,,,\n"
)
PERMITS = (
    "X1,GD-008,1,2024-09-26,2024-10-08,准予许可,",
    "X1,KG-006,1,2024-10-08,2024-10-11,refused,",
    "X1,KG-006,2,2024-10-14,2024-10-17,granted,",
    "X1,KG-012,1,2024-10-17,2024-10-18,granted,±0.000以下",
    "X1,KG-012,2,2024-10-21,2024-10-22,granted,±0.000以上",
    "X2,GD-008,1,2024-10-21,2024-10-25,withdrawn,",
    "X2,KG-006,1,2026-11-16,,,",
)
PAUSES = ("permits:X1/GD-008/1,2024-09-27,2024-09-30,special_procedure",)


def put(
    folder: Path,
    park: SimpleNamespace,
    *,
    permits: tuple[str, ...] = PERMITS,
    pauses: tuple[str, ...] = PAUSES,
    **files: str,
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ours = park.ours.uscc
    known = {
        "service_items": ITEMS,
        "parcels": PARCELS,
        "projects": f"{PROJECT_HEAD}\n"
        f"X1,电磁线项目,{ours},拿地即开工,1,500000000,40,2024-09-20,completion,DK-1,ZS1\n"
        f"X2,扩建,{ours},expansion,0,1000000.5,30,2024-10-08,,,\n"
        f"X3,旧项目,{park.theirs.uscc},standard,1,0,40,2023-01-09,done,,\n",
        "permits": "\n".join([PERMIT_HEAD, *permits]) + "\n",
        "pauses": "\n".join(["case,from_on,to_on,reason", *pauses]) + "\n",
        **files,
    }
    for name, text in known.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def bring(folder: Path, park: SimpleNamespace, **files: Any) -> Report:
    report = import_path(put(folder, park, **files))
    assert report.problems == []
    return report


def counts(report: Report) -> dict[str, tuple[int, int]]:
    return {key: (c.created, c.updated) for key, c in report.counts.items()}


def test_projects_and_permits_become_cases_with_clocks(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(tmp_path, park)
    project = Project.objects.get(case__number="X1")
    assert (project.case.step, project.mode, project.version_id) == (
        "completion",
        "land_to_construction",
        None,
    )
    assert (project.parcel, project.lead_number) == (Parcel.objects.get(code="DK-1"), "ZS1")
    assert (project.case.due_at, project.case.closed_at) == (None, None)
    land = Case.objects.get(number="X1/GD-008/1")
    assert (land.parent_id, land.enterprise_id, land.team.code) == (project.pk, park.ours.pk, "development")
    # 26 September does not count; 27, 29 (a make-up Sunday) and 30 are paused; 8 October counts.
    assert (land.outcome, land.used_days) == ("granted", 1)
    assert land.promise_due_at == at("2024-11-01 17:30"), "the law's twenty days and three of a pause"
    refused = Case.objects.get(number="X1/KG-006/1")
    assert (refused.step, refused.used_days, refused.promise_due_at) == ("refused", 3, at("2024-10-11 17:30"))
    assert Case.objects.get(number="X1/KG-012/2").title == "建筑工程施工许可（±0.000以上）"
    gone = Permit.objects.get(case__number="X2/GD-008/1")
    assert (gone.decision, gone.decided_at, gone.case.outcome) == ("", None, "withdrawn")
    assert Project.objects.get(case__number="X2").case.step == "negotiation"
    assert Project.objects.get(case__number="X3").case.outcome == "done"
    assert list(timeline.breaks()) == []
    assert not Alert.objects.filter(case__closed_at__isnull=False).exists()


def test_an_open_permit_lies_in_the_queue_of_its_department(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(tmp_path, park)
    running = Case.objects.get(number="X2/KG-006/1")
    assert (running.step, running.due_at) == ("reviewing", at("2026-11-19 17:30"))
    handler = actor(park.handler)
    form = queue.FilterForm({"view": "team"}, actor=handler)
    assert running in queue.select(form, handler, MONDAY)
    watch.sweep(at("2026-11-20 09:00"))
    assert Alert.objects.filter(case=running).exists()
    engine.perform(running, "review", by=handler, data={"opinion": "符合"}, now=at("2026-11-20 10:00"))
    done = engine.perform(
        running, "grant", by=actor(park.head), data={"grounds": ""}, now=at("2026-11-20 11:00")
    )
    assert done.step == "issuing"
    changed = put(tmp_path, park, permits=(*PERMITS[:-1], "X2,KG-006,1,2026-11-16,2026-11-18,granted,"))
    assert [(p.file, p.row, p.column) for p in import_path(changed).problems] == [
        ("permits.csv", 8, "project_number")
    ]


def test_who_handles_a_part_sees_the_whole(park: SimpleNamespace, tmp_path: Path) -> None:
    make_office(park)
    bring(tmp_path, park)
    case = Case.objects.get(number="X1")
    assert case.team.code == "window_project"
    assert visible_to(actor(park.handler)).filter(pk=case.pk).exists()
    assert visible_to(actor(park.owner)).filter(pk=case.pk).exists()
    assert not visible_to(actor(park.rival)).filter(number__startswith="X1").exists()


def test_the_same_files_again_change_nothing(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(tmp_path, park)
    assert counts(bring(tmp_path, park)) == dict.fromkeys(NAMES, (0, 0))


def test_what_comes_out_of_one_park_is_what_another_gives_out(park: SimpleNamespace, tmp_path: Path) -> None:
    with transaction.atomic():
        bring(tmp_path / "in", park)
        export_path(tmp_path / "one", ledgers=NAMES)
        assert counts(import_path(tmp_path / "one")) == dict.fromkeys(NAMES, (0, 0))
        transaction.set_rollback(True)  # and the park is empty again
    assert not Project.objects.exists()
    assert import_path(tmp_path / "one").problems == []
    export_path(tmp_path / "two", ledgers=NAMES)
    for name in NAMES:
        file = f"{name}.csv"
        assert (tmp_path / "two" / file).read_bytes() == (tmp_path / "one" / file).read_bytes()
    permits = (tmp_path / "one" / "permits.csv").read_text(encoding="utf-8").splitlines()
    assert permits[0] == PERMIT_HEAD
    assert permits[1:] == [line.replace("准予许可", "granted") for line in PERMITS]
    assert "X3,旧项目" in (tmp_path / "one" / "projects.csv").read_text(encoding="utf-8")


def test_permits_of_the_portal_go_out_once_they_are_accepted(park: SimpleNamespace, tmp_path: Path) -> None:
    office = make_office(park)
    case = signed(park, office)
    submitted(park, case, "filing", MONDAY)
    export_path(tmp_path / "before", ledgers=["permits"])
    assert (tmp_path / "before" / "permits.csv").read_text(encoding="utf-8").splitlines() == [PERMIT_HEAD]
    line = f"{case.number},GD-003,1,2026-11-16,,,"
    (tmp_path / "before" / "permits.csv").write_text(f"{PERMIT_HEAD}\n{line}\n", encoding="utf-8")
    assert [p.column for p in import_path(tmp_path / "before").problems] == ["project_number"]
    engine.perform(
        Case.objects.get(number=f"{case.number}/GD-003/1"), "accept", by=actor(office.clerk), now=MONDAY
    )
    export_path(tmp_path / "after", ledgers=["permits"])
    day = MONDAY.date().isoformat()
    assert (tmp_path / "after" / "permits.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        f"{case.number},GD-003,1,{day},,,"
    ]


def test_a_changed_line_is_told_anew_and_the_change_is_on_record(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    bring(tmp_path, park)
    case = Case.objects.get(number="X1/KG-006/2")
    later = tuple(line.replace("2024-10-17,granted,", "2024-10-18,granted,重报") for line in PERMITS[:3])
    report = bring(tmp_path, park, permits=(*later, *PERMITS[3:]))
    assert counts(report)["permits"] == (0, 1)
    again = Case.objects.get(pk=case.pk)
    assert (again.used_days, again.title, again.permit.phase_label) == (4, "方案审查（重报）", "重报")
    changed = Event.objects.filter(case=case).order_by("-seq")[0].data["internal"]["changed"]
    assert changed["decided_on"] == ["2024-10-17", "2024-10-18"]
    relabelled = tuple(line.replace("重报", "二报") for line in (*later, *PERMITS[3:]))
    assert counts(bring(tmp_path, park, permits=relabelled))["permits"] == (0, 1)
    assert Case.objects.get(pk=case.pk).title == "方案审查（二报）"
    assert list(timeline.breaks()) == []


def test_a_changed_project_takes_its_permits_along(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(tmp_path, park)
    theirs = park.theirs.uscc
    text = f"{PROJECT_HEAD}\nX1,新名,{theirs},standard,1,5,41,2024-09-20,done,,\n"
    assert counts(bring(tmp_path, park, projects=text))["projects"] == (0, 1)
    project = Project.objects.get(case__number="X1")
    assert (project.case.title, project.baseline_days, project.parcel) == ("新名", 41, None)
    assert project.case.outcome == "done"
    assert set(project.permits.values_list("case__enterprise", flat=True)) == {park.theirs.pk}
    text = f"{PROJECT_HEAD}\nX1,再改,{theirs},standard,1,6,41,2024-09-20,land,DK-2,\n"
    assert counts(bring(tmp_path, park, projects=text))["projects"] == (0, 1)
    project = Project.objects.get(case__number="X1")
    assert (project.case.step, project.case.closed_at, project.case.title) == ("land", None, "再改")
    renamed = text.replace("再改", "三改")
    assert counts(bring(tmp_path, park, projects=renamed))["projects"] == (0, 1)
    assert Case.objects.get(number="X1").title == "三改"
    assert list(timeline.breaks()) == []


def test_a_project_of_the_portal_keeps_its_course(park: SimpleNamespace, tmp_path: Path) -> None:
    case = signed(park, make_office(park))
    export_path(tmp_path, ledgers=["projects"])
    assert import_path(tmp_path).counts["projects"].unchanged == 1
    text = (tmp_path / "projects.csv").read_text(encoding="utf-8")
    (tmp_path / "projects.csv").write_text(text.replace(",land,", ",done,"), encoding="utf-8")
    assert [p.column for p in import_path(tmp_path).problems] == ["number"]
    (tmp_path / "projects.csv").write_text(text.replace("500000000", "600000000"), encoding="utf-8")
    assert import_path(tmp_path).counts["projects"].updated == 1
    assert Project.objects.get(pk=case.pk).version_id is not None


def test_the_day_on_which_a_project_was_done_is_kept(park: SimpleNamespace, tmp_path: Path) -> None:
    head = PROJECT_HEAD.removesuffix(",parcel_code,lead_number")
    line = f"X9,旧,{park.ours.uscc},standard,1,1,40,2023-01-09,done"
    bring(tmp_path, park, projects=f"{head},done_on\n{line},2024-05-06\n", permits=(), pauses=())
    case = Case.objects.get(number="X9")
    assert case.closed_at == at("2024-05-06 17:30")
    report = bring(tmp_path, park, projects=f"{head}\n{line}\n", permits=(), pauses=())
    assert counts(report)["projects"] == (0, 0)


BAD_PERMITS = {
    "decided before accepted": ("decided_on", "X1,GD-008,9,2024-09-26,2024-09-25,granted,"),
    "decided without outcome": ("outcome", "X1,GD-008,9,2024-09-26,2024-09-27,,"),
    "outcome without day": ("decided_on", "X1,GD-008,9,2024-09-26,,granted,"),
    "unknown item": ("item_code", "X1,XX-1,1,2024-09-26,2024-09-27,granted,"),
    "unknown project": ("project_number", "X7,GD-008,1,2024-09-26,2024-09-27,granted,"),
    "sequence below one": ("sequence", "X1,GD-008,0,2024-09-26,2024-09-27,granted,"),
    "unknown outcome": ("outcome", "X1,GD-008,9,2024-09-26,2024-09-27,lost,"),
    "not accepted": ("accepted_on", "X1,GD-008,9,,2024-09-27,granted,"),
    "too long a number": ("project_number", f"{'P' * 34},GD-008,1,2024-09-26,2024-09-27,granted,"),
    "phase before the one before it": ("decided_on", "X1,KG-012,3,2024-10-21,2024-10-21,granted,三期"),
    "phase before a running one": ("decided_on", "X2,KG-012,2,2024-10-21,2024-10-21,granted,二期"),
}


@pytest.mark.parametrize(("column", "line"), BAD_PERMITS.values(), ids=BAD_PERMITS)
def test_a_bad_permit_is_refused_with_its_reason_and_nothing_is_written(
    park: SimpleNamespace, tmp_path: Path, column: str, line: str
) -> None:
    running = "X2,KG-012,1,2024-10-09,,,一期"
    extra = f"{'P' * 34},长编号,{park.ours.uscc},standard,1,1,40,2024-01-02,land,,\n"
    folder = put(tmp_path, park)
    projects = (folder / "projects.csv").read_text(encoding="utf-8") + extra
    report = import_path(put(tmp_path, park, projects=projects, permits=(*PERMITS, running, line)))
    assert [(p.row, p.column) for p in report.problems] == [(10, column)]
    assert report.problems[0].reason
    assert not Case.objects.exists()


def test_a_phase_cannot_be_moved_behind_the_one_after_it(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(tmp_path, park)
    moved = PERMITS[3].replace("2024-10-18", "2024-10-23")
    (tmp_path / "permits.csv").write_text(f"{PERMIT_HEAD}\n{moved}\n", encoding="utf-8")
    assert [p.column for p in import_path(tmp_path / "permits.csv").problems] == ["decided_on"]
    refiled = (PERMITS[3].replace("granted", "refused"), PERMITS[4])
    (tmp_path / "permits.csv").write_text("\n".join([PERMIT_HEAD, *refiled]), encoding="utf-8")
    assert import_path(tmp_path / "permits.csv").problems == [], "what was refused is filed again"


BAD_PROJECTS = {
    "unknown enterprise": ("uscc", "B,名,91350100M000100Y43,standard,1,1,40,2024-01-02,land,,"),
    "unknown parcel": ("parcel_code", "B,名,{ours},standard,1,1,40,2024-01-02,land,DK-9,"),
    "unknown mode": ("mode", "B,名,{ours},fast,1,1,40,2024-01-02,land,,"),
    "unknown stage": ("stage", "B,名,{ours},standard,1,1,40,2024-01-02,other,,"),
    "negative investment": ("investment_amount", "B,名,{ours},standard,1,-1,40,2024-01-02,land,,"),
    "no baseline": ("baseline_days", "B,名,{ours},standard,1,1,0,2024-01-02,land,,"),
}


@pytest.mark.parametrize(("column", "line"), BAD_PROJECTS.values(), ids=BAD_PROJECTS)
def test_a_bad_project_is_named(park: SimpleNamespace, tmp_path: Path, column: str, line: str) -> None:
    text = f"{PROJECT_HEAD}\n{line.format(ours=park.ours.uscc)}\n"
    report = import_path(put(tmp_path, park, projects=text, permits=(), pauses=()))
    assert [(p.row, p.column) for p in report.problems] == [(2, column)]
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("column", "line"),
    [
        ("area_mu", "DK-9,地块,0,available,,,,,,,"),
        ("status", "DK-9,地块,1,sold,,,,,,,"),
        ("holder_uscc", "DK-9,地块,1,in_use,91350100M000100Y43,,,,,,"),
        ("recovery_amount", "DK-9,地块,1,recovered,,2024-01-02,agreement,-1,,,"),
        ("recovery_mode", "DK-9,地块,1,recovered,,2024-01-02,gift,1,,,"),
    ],
)
def test_a_bad_parcel_is_named(park: SimpleNamespace, tmp_path: Path, column: str, line: str) -> None:
    (tmp_path / "parcels.csv").write_text(f"{PARCELS}{line}\n", encoding="utf-8")
    report = import_path(tmp_path)
    assert [(p.row, p.column) for p in report.problems] == [(4, column)]
    assert not Parcel.objects.exists()


def test_pauses_fall_on_projects_and_permits(park: SimpleNamespace, tmp_path: Path) -> None:
    report = import_path(
        put(tmp_path, park, pauses=("permits:X1/KG-006/1,2024-10-11,2024-10-12,supplement",))
    )
    assert [(p.file, p.column) for p in report.problems] == [("pauses.csv", "to_on")]
    bring(tmp_path, park, pauses=("projects:X1,2024-10-08,2024-10-09,force_majeure",))
    assert Case.objects.get(number="X1").pause_count == 1


def test_items_say_whether_the_total_time_ends_with_them(park: SimpleNamespace, tmp_path: Path) -> None:
    text = ITEMS.replace("is_delegated\n", "is_delegated,counts_in_total\n").replace(",1\n", ",1,1\n")
    text = text.replace(",0\n", ",0,1\n") + "KG-017,施工许可变更,construction,development,,1,0,0\n"
    bring(tmp_path, park, service_items=text)
    ends = ServiceItem.objects.filter(ends_total=True)
    assert list(ends.values_list("code", flat=True)) == ["KG-012"]
    told = "code,name,stage,team_code,is_delegated,ends_total\nKG-012,建筑工程施工许可,construction,development,1,0\n"
    assert counts(bring(tmp_path, park, service_items=told))["service_items"] == (0, 1)
    assert not ends.exists()
    assert counts(bring(tmp_path, park, service_items=ITEMS))["service_items"] == (0, 0)


def test_a_thousand_permits_need_few_seconds(park: SimpleNamespace, tmp_path: Path) -> None:
    """The budget of 1,000 a second is measured by the benchmark, on a quiet machine."""
    lines = tuple(f"X1,GD-008,{n},2024-09-26,2024-10-08,granted," for n in range(2, 1602))
    bring(tmp_path, park)
    put(tmp_path, park, permits=lines)
    began = time.perf_counter()
    assert import_path(tmp_path / "permits.csv").counts["permits"].created == 1600
    assert 1600 / (time.perf_counter() - began) > 250


def test_clocks_agree_with_the_engine(park: SimpleNamespace, tmp_path: Path) -> None:
    """Accepted and decided on the same days, a permit of a ledger has the clock of one of the portal."""
    office = make_office(park)
    case = signed(park, office)
    filed = accepted(park, office, case, "filing", MONDAY)
    (tmp_path / "permits.csv").write_text(
        f"{PERMIT_HEAD}\n{case.number},GD-003,2,{MONDAY.date()},,,\n", encoding="utf-8"
    )
    assert import_path(tmp_path).problems == []
    theirs, ours = filed.case, Case.objects.get(number=f"{case.number}/GD-003/2")
    for name in ("step", "promise_due_at", "due_at", "holder", "team_id"):
        assert getattr(ours, name) == getattr(theirs, name), name
