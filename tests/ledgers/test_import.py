"""What the importer takes, what it refuses, and what it says."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.utils import translation

from portal.accounts.models import User
from portal.cases.models import Case, Event, Pause
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import Report, import_path, rejected_rows
from portal.park.models import Enterprise, Membership, Team
from stations.models import Request, Station

GOOD = {
    "teams": "code,name,kind\njinrong,金荣驿站,station\ndiscipline,纪检,supervision\n",
    "stations": (
        "team_code,address,longitude,latitude,opens_at,closes_at,phone\n"
        "jinrong,示范路1号,112.9,27.85,08:30,17:30,0731-5555 0101\n"
    ),
    "enterprises": "uscc,name,industry,size\n91350100M000100Y43,示范公司,机械,small\n",
    "requests": (
        "number,uscc,station_code,category,channel,title,received_at,accepted_at,closed_at,outcome,rating\n"
        "R1,91350100M000100Y43,jinrong,policy,station,咨询,2024-09-26 09:00,2024-09-26 10:00,"
        "2024-10-10 11:00,resolved,5\n"
        "R2,91350100M000100Y43,jinrong,tax,phone,查询,2024-09-26 09:00,,,,\n"
        "R3,91350100M000100Y43,jinrong,tax,phone,查询,2024-09-26 09:00,2024-09-26 09:30,,,\n"
    ),
    "pauses": "case,from_on,to_on,reason\nrequests:R1,2024-09-27,2024-09-30,supplement\n",
}


def put(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**GOOD, **files}.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def counts(report: Report) -> dict[str, tuple[int, int, int, int]]:
    return {k: (c.created, c.updated, c.unchanged, c.rejected) for k, c in report.counts.items()}


@pytest.mark.django_db
def test_all_ledgers_come_in_whatever_their_order(tmp_path: Path) -> None:
    report = import_path(put(tmp_path))
    assert report.problems == []
    assert report.written
    assert counts(report)["requests"] == (3, 0, 0, 0)
    assert Station.objects.get().team.name == "金荣驿站"
    assert Request.objects.get(case__number="R1").first_team.code == "jinrong"


@pytest.mark.django_db
def test_the_same_files_twice_change_nothing(tmp_path: Path) -> None:
    import_path(put(tmp_path))
    before = list(Case.objects.order_by("pk").values())
    events = Event.objects.count()
    report = import_path(tmp_path)
    assert {c[:2] for c in counts(report).values()} == {(0, 0)}
    assert list(Case.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events


@pytest.mark.django_db
def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    report = import_path(put(tmp_path), dry_run=True)
    assert counts(report)["enterprises"] == (1, 0, 0, 0)
    assert not report.written
    assert not Team.objects.exists()
    assert not Case.objects.exists()


BAD_ROWS = {
    "check digit": ("enterprises", "uscc", "91350100M000100Y44,甲,机械,small", "uscc,name,industry,size"),
    "too short": ("enterprises", "uscc", "9135,甲,机械,small", "uscc,name,industry,size"),
    "unknown code": ("enterprises", "size", "91430300MA00087E86,甲,机械,huge", "uscc,name,industry,size"),
    "empty cell": ("enterprises", "name", "91430300MA00087E86,,机械,small", "uscc,name,industry,size"),
    "no date": (
        "enterprises",
        "settled_on",
        "91430300MA00087E86,甲,机械,small,20240102",
        "uscc,name,industry,size,settled_on",
    ),
    "no such day": (
        "enterprises",
        "settled_on",
        "91430300MA00087E86,甲,机械,small,2024-02-30",
        "uscc,name,industry,size,settled_on",
    ),
    "impossible year": (
        "enterprises",
        "settled_on",
        "91430300MA00087E86,甲,机械,small,2924-02-03",
        "uscc,name,industry,size,settled_on",
    ),
    "no number": (
        "enterprises",
        "longitude",
        "91430300MA00087E86,甲,机械,small,east",
        "uscc,name,industry,size,longitude",
    ),
    "out of bounds": (
        "enterprises",
        "latitude",
        "91430300MA00087E86,甲,机械,small,270",
        "uscc,name,industry,size,latitude",
    ),
    "no boolean": (
        "enterprises",
        "is_high_tech",
        "91430300MA00087E86,甲,机械,small,perhaps",
        "uscc,name,industry,size,is_high_tech",
    ),
    "too long": ("teams", "name", f"x,{'长' * 81},station", "code,name,kind"),
    "no such team": (
        "stations",
        "team_code",
        "nowhere,路,112.9,27.8,08:30,17:30,1",
        "team_code,address,longitude,latitude,opens_at,closes_at,phone",
    ),
    "not a station": (
        "stations",
        "team_code",
        "discipline,路,112.9,27.8,08:30,17:30,1",
        "team_code,address,longitude,latitude,opens_at,closes_at,phone",
    ),
    "closes before it opens": (
        "stations",
        "closes_at",
        "jinrong,路,112.9,27.8,18:30,17:30,1",
        "team_code,address,longitude,latitude,opens_at,closes_at,phone",
    ),
    "no time": (
        "stations",
        "opens_at",
        "jinrong,路,112.9,27.8,25:30,17:30,1",
        "team_code,address,longitude,latitude,opens_at,closes_at,phone",
    ),
    "pause of no case": ("pauses", "case", "requests:R99,2024-09-27,2024-09-30,supplement", ""),
    "case of no kind": ("pauses", "case", "cats:R1,2024-09-27,2024-09-30,supplement", ""),
    "pause backwards": ("pauses", "to_on", "requests:R1,2024-09-30,2024-09-27,supplement", ""),
    "pause too early": ("pauses", "from_on", "requests:R1,2024-09-20,2024-09-27,supplement", ""),
    "pause too late": ("pauses", "to_on", "requests:R1,2024-10-08,2024-10-12,supplement", ""),
    "pause reason": ("pauses", "reason", "requests:R1,2024-10-08,2024-10-09,holiday", ""),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_reported_with_file_row_column_value_and_reason(name: str, tmp_path: Path) -> None:
    ledger, column, line, header = BAD_ROWS[name]
    header = header or GOOD[ledger].splitlines()[0]
    report = import_path(put(tmp_path, **{ledger: f"{header}\n\n{line}\n"}))
    problem = report.problems[0]
    assert (problem.file, problem.row, problem.column) == (f"{ledger}.csv", 3, column)
    cells = dict(zip(header.split(","), line.split(","), strict=False))
    assert problem.value == cells[column]
    assert problem.reason
    assert not report.written
    assert not Team.objects.exists()


BAD_REQUESTS = {
    "uscc": "91430300MA00087E86,jinrong,policy,web,t,2024-09-26 09:00,,,,",
    "station_code": "91350100M000100Y43,nowhere,policy,web,t,2024-09-26 09:00,,,,",
    "category": "91350100M000100Y43,jinrong,gardening,web,t,2024-09-26 09:00,,,,",
    "received_at": "91350100M000100Y43,jinrong,policy,web,t,26.09.2024,,,,",
    "accepted_at": "91350100M000100Y43,jinrong,policy,web,t,2024-09-26 09:00,2024-09-26 08:00,,,",
    "closed_at": (
        "91350100M000100Y43,jinrong,policy,web,t,2024-09-26 09:00,2024-09-26 10:00,2024-09-26 09:30,resolved,"
    ),
    "outcome": "91350100M000100Y43,jinrong,policy,web,t,2024-09-26 09:00,,2024-09-26 09:30,,",
    "rating": "91350100M000100Y43,jinrong,policy,web,t,2024-09-26 09:00,,2024-09-26 09:30,resolved,6",
}


@pytest.mark.django_db
@pytest.mark.parametrize("column", BAD_REQUESTS)
def test_a_bad_request_names_its_cell(column: str, tmp_path: Path) -> None:
    header = GOOD["requests"].splitlines()[0]
    files = {"requests": f"{header}\nR9,{BAD_REQUESTS[column]}\n", "pauses": ""}
    report = import_path(put(tmp_path, **files))
    assert [(p.row, p.column) for p in report.problems] == [(2, column)]
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_a_row_that_stands_twice_is_rejected(tmp_path: Path) -> None:
    report = import_path(put(tmp_path, teams=GOOD["teams"] + "jinrong,又一个,station\n"))
    assert [(p.row, p.column) for p in report.problems] == [(4, "code")]


@pytest.mark.django_db
def test_good_rows_come_in_when_asked_for_and_the_rest_can_be_mended(tmp_path: Path) -> None:
    bad = GOOD["teams"] + "broken,坏,starship\n"
    report = import_path(put(tmp_path / "a", teams=bad), good_rows=True)
    assert report.written
    assert counts(report)["teams"] == (2, 0, 0, 1)
    header, line = rejected_rows(report, "teams")
    assert header == ["code", "name", "kind", "_reason"]
    assert line[:3] == ["broken", "坏", "starship"]
    assert "kind" in line[3]
    line[2] = "department"
    mended = tmp_path / "teams.csv"
    mended.write_text(f"{','.join(header)}\n{','.join(line[:3])},done\n", encoding="utf-8")
    assert counts(import_path(mended))["teams"] == (1, 0, 0, 0)


@pytest.mark.django_db
def test_the_reason_is_in_the_language_of_the_reader(tmp_path: Path) -> None:
    put(tmp_path, teams="code,name,kind\na,甲,starship\n")
    with translation.override("en"):
        assert import_path(tmp_path).problems[0].reason.startswith("Not one of: station, task_force")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("teams.csv", "编码,名称\na,甲\n".encode(), "missing"),
        ("teams.csv", b"code,name,kind,colour\na,b,station,red\n", "no column"),
        ("teams.csv", b"code,code,name,kind\na,b,c,station\n", "twice"),
        ("teams.csv", b"", "empty"),
        ("teams.csv", "code,name,kind\na,金荣,station\n".encode("gbk"), "UTF-8"),
        ("spaceships.csv", b"code\n1\n", "no ledger"),
        ("teams.zip", b"not a zip", "zip"),
        ("teams.xlsx", b"not a workbook", "workbook"),
        ("teams.doc", b"", "Only"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with translation.override("en"):
        report = import_path(tmp_path / name)
    assert words in report.problems[0].reason
    assert report.rejected
    assert not Team.objects.exists()


@pytest.mark.django_db
def test_a_missing_path_and_an_empty_folder_are_said(tmp_path: Path) -> None:
    assert import_path(tmp_path / "nowhere").bad_files == 1
    assert import_path(tmp_path).bad_files == 1


@pytest.mark.django_db
def test_a_row_with_too_many_cells_is_rejected(tmp_path: Path) -> None:
    report = import_path(put(tmp_path, teams="code,name,kind\na,甲,station,too much\n"))
    assert report.problems[0].row == 2


POISON = """
CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.code = 'poison' THEN RAISE EXCEPTION 'no poison here'; END IF; RETURN NEW; END $$;
CREATE TRIGGER refuse_poison BEFORE INSERT ON park_team FOR EACH ROW EXECUTE FUNCTION refuse_poison();
"""


@pytest.mark.django_db
def test_what_only_the_database_refuses_is_told_of_that_one_row(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(POISON)
    lines = [f"t{n},队{n},station" for n in range(9)]
    lines.insert(4, "poison,毒,station")
    (tmp_path / "teams.csv").write_text("code,name,kind\n" + "\n".join(lines) + "\n")
    report = import_path(tmp_path, good_rows=True)
    assert [(p.row, "no poison here" in p.reason) for p in report.problems] == [(6, True)]
    assert counts(report)["teams"] == (9, 0, 0, 1)


@pytest.mark.django_db
def test_a_byte_order_mark_and_chinese_headers_and_labels_are_understood(tmp_path: Path) -> None:
    text = "\ufeff编码,名称,类型,启用\njinrong,金荣驿站,政务驿站,是\nold,旧专班,工作专班,否\n"
    report = import_path(put(tmp_path, teams=text, stations="", enterprises="", requests="", pauses=""))
    assert report.problems == []
    assert Team.objects.get(code="old").active is False
    assert Team.objects.get(code="old").kind == "task_force"


@pytest.mark.django_db
def test_a_zip_is_read_like_its_folder(tmp_path: Path) -> None:
    put(tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in (tmp_path / "in").iterdir():
            archive.write(file, f"park/{file.name}")
        archive.writestr("__MACOSX/park/._teams.csv", "rubbish")
    assert import_path(tmp_path / "all.zip").written
    assert Case.objects.count() == 3


@pytest.mark.django_db
def test_a_workbook_is_read_with_its_dates_numbers_and_chinese_names(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows: dict[str, list[list[Any]]] = {
        "工作专班与部门": [["编码", "名称", "类型"], ["jinrong", "金荣驿站", "驿站"]],
        "政务驿站": [
            ["驿站编码", "地址", "经度", "纬度", "开门时间", "关门时间", "电话", "启用日期"],
            ["jinrong", "路", 112.9, 27.85, "08:30", "17:30", 55550101, datetime(2022, 6, 15)],
        ],
        "企业": [
            ["统一社会信用代码", "企业名称", "行业", "规模", "入驻日期"],
            ["91350100M000100Y43", "示范", "机械", "小型", date(2024, 3, 1)],
        ],
        "企业诉求": [
            ["编号", "统一社会信用代码", "驿站编码", "类别", "渠道", "标题", "收到时间"],
            [17, "91350100M000100Y43", "jinrong", "税费", "电话", "题", datetime(2024, 9, 26, 9, 7)],
        ],
    }
    for title, lines in rows.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    del book["Sheet"]
    book.save(tmp_path / "park.xlsx")
    report = import_path(tmp_path / "park.xlsx")
    assert report.problems == []
    assert Station.objects.get().phone == "55550101"
    assert Enterprise.objects.get().settled_on == date(2024, 3, 1)
    case = Case.objects.get(number="17")
    assert case.opened_at == datetime(2024, 9, 26, 1, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_a_changed_row_is_updated_and_its_change_is_on_record(tmp_path: Path) -> None:
    import_path(put(tmp_path))
    report = import_path(put(tmp_path, enterprises=GOOD["enterprises"].replace("机械", "电气")))
    assert counts(report)["enterprises"] == (0, 1, 0, 0)
    enterprise = Enterprise.objects.get()
    assert enterprise.industry == "电气"
    history = list(enterprise.events.order_by("pgh_id").values_list("industry", flat=True))
    assert history[-1] == "电气"
    assert "机械" in history


@pytest.mark.django_db
def test_an_optional_column_that_is_left_out_stays_as_it_is(tmp_path: Path) -> None:
    full = (
        "uscc,name,industry,size,settled_on,tags\n91350100M000100Y43,示范公司,机械,small,2024-05-06,甲;乙\n"
    )
    import_path(put(tmp_path, enterprises=full))
    assert counts(import_path(put(tmp_path, enterprises=GOOD["enterprises"])))["enterprises"] == (0, 0, 1, 0)
    assert Enterprise.objects.get().tags == ["甲", "乙"]
    emptied = full.replace("2024-05-06", "")
    assert counts(import_path(put(tmp_path, enterprises=emptied)))["enterprises"] == (0, 1, 0, 0)
    assert Enterprise.objects.get().settled_on is None


@pytest.mark.django_db
def test_a_lead_becomes_head_and_gets_an_account_that_cannot_sign_in_yet(tmp_path: Path) -> None:
    User.objects.create(username="known", display_name="Known")
    teams = "code,name,kind,lead_username\na,甲,department,known\nb,乙,department,unknown\n"
    put(tmp_path, teams=teams, stations="", enterprises="", requests="", pauses="")
    import_path(tmp_path)
    heads = dict(Membership.objects.filter(role="head").values_list("team__code", "user__username"))
    assert heads == {"a": "known", "b": "unknown"}
    assert not User.objects.get(username="unknown").has_usable_password()
    (tmp_path / "teams.csv").write_text(teams.replace("known", "unknown").replace("ununknown", "unknown"))
    import_path(tmp_path)
    assert Membership.objects.get(team__code="a", role="head").user.username == "unknown"
    assert Membership.objects.get(team__code="a", user__username="known").role == "member"


@pytest.mark.django_db
def test_overlapping_pauses_are_refused_and_a_changed_one_is_updated(tmp_path: Path) -> None:
    import_path(put(tmp_path))
    head = GOOD["pauses"].splitlines()[0]
    overlapping = f"{head}\nrequests:R1,2024-09-29,2024-10-08,supplement\n"
    report = import_path(put(tmp_path, pauses=overlapping))
    assert [(p.row, p.column) for p in report.problems] == [(2, "from_on")]
    report = import_path(put(tmp_path, pauses=GOOD["pauses"].replace("09-30", "10-08")))
    assert counts(report)["pauses"] == (0, 1, 0, 0)
    assert Pause.objects.count() == 1


@pytest.mark.django_db
def test_texts_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    teams = 'code,name,kind\na,"=HYPERLINK(""http://x"")",department\nb,+1,department\nc,@cmd,department\n'
    import_path(put(tmp_path / "in", teams=teams, stations="", enterprises="", requests="", pauses=""))
    export_path(tmp_path / "out.xlsx", ledgers=["teams"], xlsx=True)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["工作专班与部门"]
    assert [(row[1].data_type, row[1].value) for row in sheet.iter_rows(min_row=2)] == [
        ("s", '=HYPERLINK("http://x")'),
        ("s", "+1"),
        ("s", "@cmd"),
    ]
    export_path(tmp_path / "out", ledgers=["teams"])
    assert '"=HYPERLINK(""http://x"")"' in (tmp_path / "out" / "teams.csv").read_text()
    assert counts(import_path(tmp_path / "out.xlsx"))["teams"] == (0, 0, 3, 0)
