"""The ledgers of the catalogue and of the windows."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from approvals.models import ComprehensiveWindow, Intake, ServiceItem
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import Report, import_path

pytestmark = pytest.mark.django_db
TEAMS = "code,name,kind\nbuild,开发建设局,department\ndesk,综合窗,window\n"
WINDOWS = "code,name,kind,team_code\nw1,企业开办综合窗,企业开办,desk\nw2,项目综合窗,project_assistance,\n"
CONTRACT = "code,name,name_en,stage,team_code,statutory_days,promised_days,is_delegated,active"
FULL = f"{CONTRACT},mode,taken_over_on,statutory_unit,promised_unit,pledgeable,is_default,window_codes"
ITEMS = (
    f"{FULL}\n"
    "A1,施工许可,Construction permit,开工,build,7,1,是,1,委托,2024-03-29,日,wd,容缺,1,w2;w1\n"
    "A2,咨询,,other,build,,0,0,,,,,,,,\n"
)


def put(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"teams": TEAMS, "windows": WINDOWS, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def bad(report: Report) -> list[tuple[str, int, str, str]]:
    return [(p.file, p.row, p.column, p.value) for p in report.problems]


def test_items_come_in_with_their_windows(tmp_path: Path) -> None:
    report = import_path(put(tmp_path, service_items=ITEMS))
    assert report.problems == []
    first, second = ServiceItem.objects.order_by("code")
    assert (first.stage, first.mode, first.statutory_unit, first.promised_days) == (
        "construction",
        "entrusted",
        "cd",
        1,
    )
    assert first.is_default
    assert first.pledgeable == "lacking"
    assert list(first.intake.values_list("window__code", flat=True)) == ["w1", "w2"]
    assert (second.statutory_days, second.promised_days, second.active, second.mode) == (None, 0, True, "")
    desk = ComprehensiveWindow.objects.get(code="w1")
    assert desk.team is not None
    assert (desk.team.code, desk.kind) == ("desk", "enterprise_start")


def test_the_columns_of_the_contract_are_enough(tmp_path: Path) -> None:
    files = {
        "windows": "code,name,kind\nw1,企业开办综合窗,enterprise_start\n",
        "service_items": f"{CONTRACT}\nA1,施工许可,,construction,build,20,3,1,1\nA2,咨询,,other,build,,,0,\n",
    }
    assert import_path(put(tmp_path, **files)).problems == []
    assert ServiceItem.objects.get(code="A1").mode == "granted"
    ServiceItem.objects.filter(code="A1").update(mode="direct", taken_over_on="2024-05-06", is_default=True)
    again = import_path(tmp_path)
    assert again.counts["service_items"].unchanged == 2, "what the file does not tell stays as it is"
    files["service_items"] = files["service_items"].replace(",20,3,1,1", ",20,3,0,1")
    assert import_path(put(tmp_path, **files)).counts["service_items"].updated == 1
    item = ServiceItem.objects.get(code="A1")
    assert (item.is_delegated, item.mode, item.taken_over_on) == (False, "", None)


def test_the_round_trip_gives_the_same_files(tmp_path: Path) -> None:
    import_path(put(tmp_path / "in", service_items=ITEMS))
    names = ["teams", "windows", "service_items"]
    export_path(tmp_path / "one", ledgers=names)
    again = import_path(tmp_path / "one")
    assert {key: (c.created, c.updated) for key, c in again.counts.items()} == dict.fromkeys(names, (0, 0))
    Intake.objects.all().delete()
    ServiceItem.objects.all().delete()
    ComprehensiveWindow.objects.all().delete()
    import_path(tmp_path / "one")
    export_path(tmp_path / "two", ledgers=names)
    for name in names:
        file = f"{name}.csv"
        assert (tmp_path / "two" / file).read_bytes() == (tmp_path / "one" / file).read_bytes()
    line = (tmp_path / "one" / "service_items.csv").read_text(encoding="utf-8").splitlines()[1]
    assert line.startswith(
        "A1,施工许可,Construction permit,construction,build,7,1,1,1,entrusted,,2024-03-29,"
    )
    assert line.endswith(",w1;w2")


def test_a_workbook_with_chinese_heads_comes_back(tmp_path: Path) -> None:
    import_path(put(tmp_path / "in", service_items=ITEMS))
    export_path(tmp_path / "all.xlsx", ledgers=["windows", "service_items"], xlsx=True)
    report = import_path(tmp_path / "all.xlsx")
    assert report.problems == []
    assert sum(c.created + c.updated for c in report.counts.values()) == 0


def test_windows_and_limits_change_by_ledger(tmp_path: Path) -> None:
    import_path(put(tmp_path, service_items=ITEMS))
    changed = ITEMS.replace("7,1,是", "7,2,是").replace("w2;w1", "w2")
    report = import_path(put(tmp_path, service_items=changed))
    assert report.counts["service_items"].updated == 1
    item = ServiceItem.objects.get(code="A1")
    assert item.promised_days == 2
    assert list(item.intake.values_list("window__code", flat=True)) == ["w2"]
    without = import_path(put(tmp_path, service_items=changed.replace(",w2\n", ",\n")))
    assert without.counts["service_items"].updated == 1
    assert not item.intake.exists()


BAD_ITEMS = {
    "unknown stage": ("stage", "某阶段", "B,事项,,某阶段,build,,,0,1,,,,,,,"),
    "unknown team": ("team_code", "nobody", "B,事项,,other,nobody,,,0,1,,,,,,,"),
    "negative limit": ("promised_days", "-1", "B,事项,,other,build,,-1,0,1,,,,,,,"),
    "half a day": ("promised_days", "0.5", "B,事项,,other,build,,0.5,0,1,,,,,,,"),
    "promise beyond the law": ("promised_days", "21", "B,事项,,other,build,20,21,0,1,,,,,,,"),
    "mode without delegation": ("mode", "赋权", "B,事项,,other,build,,,0,1,赋权,,,,,,"),
    "taken over without delegation": (
        "taken_over_on",
        "2024-03-01",
        "B,事项,,other,build,,,0,1,,2024-03-01,,,,,",
    ),
    "unit in hours": ("promised_unit", "h", "B,事项,,other,build,,,0,1,,,,h,,,"),
    "unknown window": ("window_codes", "w1;w9", "B,事项,,other,build,,,0,1,,,,,,,w1;w9"),
    "not said whether delegated": ("is_delegated", "", "B,事项,,other,build,,,,1,,,,,,,"),
}


@pytest.mark.parametrize(("column", "value", "line"), BAD_ITEMS.values(), ids=BAD_ITEMS)
def test_a_bad_item_is_named_with_file_row_column_value_and_reason(
    tmp_path: Path, column: str, value: str, line: str
) -> None:
    report = import_path(put(tmp_path, service_items=f"{ITEMS}{line}\n"))
    assert bad(report) == [("service_items.csv", 4, column, value)]
    assert report.problems[0].reason
    assert not ServiceItem.objects.exists()
    assert import_path(tmp_path, good_rows=True).counts["service_items"].created == 2


@pytest.mark.parametrize(
    ("column", "value", "line"),
    [
        ("team_code", "build", "w3,窗,other,build"),
        ("team_code", "nobody", "w3,窗,other,nobody"),
        ("kind", "门", "w3,窗,门,"),
        ("code", "w1", "w1,窗,other,"),
    ],
)
def test_a_bad_window_is_named_too(tmp_path: Path, column: str, value: str, line: str) -> None:
    report = import_path(put(tmp_path, windows=f"{WINDOWS}{line}\n"))
    assert bad(report) == [("windows.csv", 4, column, value)]
    assert not ComprehensiveWindow.objects.exists()


def test_a_limit_that_no_longer_fits_the_other_is_refused(tmp_path: Path) -> None:
    import_path(put(tmp_path, service_items=ITEMS))
    ServiceItem.objects.filter(code="A1").update(statutory_unit="wd")
    short = "code,name,stage,team_code,is_delegated,promised_days\nA1,施工许可,construction,build,1,8\n"
    report = import_path(put(tmp_path, service_items=short))
    assert bad(report) == [("service_items.csv", 2, "promised_days", "8")]


def test_the_command_takes_them_out(tmp_path: Path) -> None:
    import_path(put(tmp_path / "in", service_items=ITEMS))
    call_command("export_ledgers", tmp_path / "out", "--ledger", "windows", stdout=StringIO())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["windows.csv"]
