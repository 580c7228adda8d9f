"""Hostile and broken files: a clear message, and nothing written. One test each."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc as numbers

from portal.ledgers import archives, reading, workbooks
from portal.ledgers.importing import Report, import_path
from portal.ledgers.parsers import _is_uscc
from portal.park.models import Team
from tests.ledgers.files import TEAMS, saved, workbook

pytestmark = pytest.mark.django_db
HEADER = ["code", "name", "kind"]
SHEET = "工作专班与部门"


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def refused(path: Path, words: str) -> Report:
    report = import_path(path, good_rows=True)
    assert any(words in problem.reason for problem in report.problems), report.problems
    assert not report.written
    assert not Team.objects.exists()
    return report


def put(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def packed(tmp_path: Path, **members: bytes | str) -> Path:
    path = tmp_path / "park.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return path


def member(tmp_path: Path, name: str, content: str = TEAMS, **more: Any) -> Path:
    path = tmp_path / "park.zip"
    info = zipfile.ZipInfo(name)
    for key, value in more.items():
        setattr(info, key, value)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(info, content)
    return path


def rezipped(content: bytes, **changed: bytes) -> bytes:
    """A workbook whose parts were replaced; keys name the end of a part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            mine = [v for k, v in changed.items() if info.filename.endswith(k.replace("_xml", ".xml"))]
            new.writestr(info.filename, mine[0] if mine else old.read(info))
    return out.getvalue()


# Archives ----------------------------------------------------------------------------------------


def test_a_zip_bomb_is_known_by_its_ratio(tmp_path: Path) -> None:
    refused(packed(tmp_path, teams_csv=b"0" * 8 * 2**20), "refused as a trap")


def test_a_zip_bomb_is_known_by_its_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED_BYTES", 50)
    refused(packed(tmp_path, teams_csv=TEAMS), "too large when unpacked")


def test_an_archive_with_too_many_files_is_refused(tmp_path: Path) -> None:
    refused(packed(tmp_path, **{f"t{n}_csv": "" for n in range(1001)}), "more than 1000 files")


def test_a_size_that_is_a_lie_is_found_out(tmp_path: Path) -> None:
    path = packed(tmp_path, teams_csv="code,name,kind\n" + "a,b,station\n" * 50)
    content = path.read_bytes()
    at = content.rindex(b"PK\x01\x02") + 24
    path.write_bytes(content[:at] + (20).to_bytes(4, "little") + content[at + 4 :])
    refused(path, "damaged")


def test_members_that_lie_over_one_another_are_refused(tmp_path: Path) -> None:
    path = packed(
        tmp_path, teams_csv="code,name,kind\n" + "".join(f"c{n},n{n},station\n" for n in range(400))
    )
    content = path.read_bytes()
    at, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    entry = content[at:end]
    tail = bytearray(content[end:])
    tail[8:12] = (3).to_bytes(2, "little") * 2
    tail[12:16] = (3 * len(entry)).to_bytes(4, "little")
    path.write_bytes(content[:at] + entry * 3 + bytes(tail))
    refused(path, "damaged")


@pytest.mark.parametrize(
    "name", ["../teams.csv", "a/../../teams.csv", "/etc/teams.csv", "C:\\teams.csv", "a\\b.csv"]
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    refused(member(tmp_path, name), "leads out of it")


def test_a_path_that_lies_deep_is_refused(tmp_path: Path) -> None:
    refused(packed(tmp_path, a__b__teams_csv=TEAMS), "lies too deep")


def test_a_link_is_refused(tmp_path: Path) -> None:
    refused(
        member(tmp_path, "teams.csv", "/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16), "a link"
    )


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, teams_csv=TEAMS)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(bytes(content))
    refused(path, "locked with a password")


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    refused(packed(tmp_path, **{"inner.zip": b"PK"}), "pack only CSV files")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, teams_csv=TEAMS * 50)
    content = bytearray(path.read_bytes())
    content[60:70] = b"\x00" * 10
    path.write_bytes(bytes(content))
    refused(path, "damaged")


def test_chinese_names_packed_on_windows_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "park.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("XXXX.csv", TEAMS)
    name = "企业".encode("gb18030")
    path.write_bytes(path.read_bytes().replace(b"XXXX", name))
    report = import_path(path)
    assert [(p.file, p.column) for p in report.problems][:1] == [("企业.csv", "code")]


# Text --------------------------------------------------------------------------------------------


def test_gb18030_is_recognised_and_the_way_to_save_is_told(tmp_path: Path) -> None:
    report = refused(
        put(tmp_path, "teams.csv", "code,name,kind\na,金荣,station\n".encode("gb18030")), "GB18030"
    )
    assert "CSV UTF-8" in report.problems[0].reason


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    refused(
        put(tmp_path, "teams.csv", "code,name,kind\na,\xe9t\xe9,station\n".encode("latin-1")), "Not UTF-8"
    )


def test_utf_16_is_recognised(tmp_path: Path) -> None:
    refused(put(tmp_path, "teams.csv", TEAMS.encode("utf-16")), "UTF-16")


def test_a_workbook_called_csv_is_recognised(tmp_path: Path) -> None:
    refused(put(tmp_path, "teams.csv", saved(workbook(teams=[HEADER]))), "whose name was changed")


def test_a_missing_quotation_mark_is_guessed(tmp_path: Path) -> None:
    text = 'code,name,kind\na,"甲,station\n' + "b,乙,station\n" * 20000
    refused(put(tmp_path, "teams.csv", text), "quotation mark")


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINE", 1000)
    refused(put(tmp_path, "teams.csv", "code,name,kind\n" + "x" * 5000), "longer than 1000")


def test_semicolons_instead_of_commas_are_told(tmp_path: Path) -> None:
    refused(put(tmp_path, "teams.csv", TEAMS.replace(",", ";")), "separated by commas")


def test_a_header_that_stands_twice_is_told(tmp_path: Path) -> None:
    refused(put(tmp_path, "teams.csv", "code,编码,name,kind\na,b,c,station\n"), "twice")


def test_an_unknown_column_is_told(tmp_path: Path) -> None:
    refused(put(tmp_path, "teams.csv", "code,name,kind,colour\na,b,station,red\n"), "no column “colour”")


def test_a_character_that_no_text_may_contain_is_told(tmp_path: Path) -> None:
    report = import_path(put(tmp_path, "teams.csv", "code,name,kind\na,b\x00c,station\n"))
    assert [(p.row, p.column) for p in report.problems] == [(2, "name")]


def test_a_file_name_that_says_nothing_is_explained_by_its_columns(tmp_path: Path) -> None:
    report = refused(put(tmp_path, "export-final.csv", TEAMS), "no ledger called “export-final”")
    assert "“teams.csv”" in report.problems[0].reason


def test_the_number_that_browsers_add_to_a_name_does_not_matter(tmp_path: Path) -> None:
    assert import_path(put(tmp_path, "teams (2).csv", TEAMS)).written


# Workbooks ---------------------------------------------------------------------------------------


def test_a_sheet_with_a_wrong_name_is_told_what_there_is(tmp_path: Path) -> None:
    report = refused(
        put(tmp_path, "a.xlsx", saved(workbook(Sheet1=[["x"], [1]]))), "no ledger called “Sheet1”"
    )
    assert "企业 (enterprises)" in report.problems[0].reason


def test_empty_sheets_and_notes_are_left_alone(tmp_path: Path) -> None:
    book = workbook(**{SHEET: [HEADER, ["a", "甲", "驿站"]], "Sheet2": [], "说明": [["how"], ["to"]]})
    assert import_path(put(tmp_path, "a.xlsx", saved(book))).written


def test_merged_cells_are_told_with_their_place(tmp_path: Path) -> None:
    book = workbook(teams=[HEADER, ["a", "甲", "station"], ["b", "乙", "station"]])
    book["teams"].merge_cells("B2:B3")
    refused(put(tmp_path, "a.xlsx", saved(book)), "merged (B2:B3)")


@pytest.mark.parametrize("value", ["2024/5/6", "6.5.2024", "二〇二四年五月六日", 45418, 20240506])
def test_a_date_that_is_no_date_is_told(tmp_path: Path, value: Any) -> None:
    header = ["uscc", "name", "industry", "size", "settled_on"]
    row = ["91350100M000100Y43", "甲", "机械", "small", value]
    report = import_path(put(tmp_path, "a.xlsx", saved(workbook(企业=[header, row]))))
    assert not report.written
    assert "YYYY-MM-DD" in report.problems[0].reason
    assert (report.problems[0].row, report.problems[0].column) == (2, "settled_on")


def test_a_date_typed_as_text_in_the_right_form_is_a_date(tmp_path: Path) -> None:
    header = ["uscc", "name", "industry", "size", "settled_on"]
    row = ["91350100M000100Y43", "甲", "机械", "small", "2024-05-06"]
    assert import_path(put(tmp_path, "a.xlsx", saved(workbook(企业=[header, row])))).written


def test_a_formula_without_a_result_or_with_an_error_is_told(tmp_path: Path) -> None:
    book = workbook(teams=[HEADER, ["a", "=1+1", "station"], ["b", "#N/A", "station"]])
    report = import_path(put(tmp_path, "a.xlsx", saved(book)))
    assert [(p.row, p.column) for p in report.problems] == [(2, "name"), (3, "name")]
    assert "formula" in report.problems[0].reason


def test_an_old_workbook_is_told_how_to_be_saved(tmp_path: Path) -> None:
    refused(put(tmp_path, "a.xls", archives.OLD_OFFICE + b"\x00" * 600), "old .xls format")
    refused(put(tmp_path, "a.xlsx", archives.OLD_OFFICE + b"\x00" * 600), "old .xls format")


def test_a_locked_workbook_is_told(tmp_path: Path) -> None:
    content = archives.OLD_OFFICE + b"\x00" * 2**20 + archives.ENCRYPTED + b"\x00" * 600
    refused(put(tmp_path, "a.xlsx", content), "locked with a password")


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04rubbish"])
def test_a_damaged_workbook_is_told(tmp_path: Path, content: bytes) -> None:
    refused(put(tmp_path, "a.xlsx", content), "damaged")


def test_a_workbook_without_its_parts_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    refused(path, "damaged")


def test_a_row_number_beyond_every_sheet_is_refused(tmp_path: Path) -> None:
    content = rezipped(
        saved(workbook(teams=[HEADER])), sheet1_xml=_sheet('<row r="99999999"><c><v>1</v></c></row>')
    )
    refused(put(tmp_path, "a.xlsx", content), "at most 1048576 rows")


def test_a_sheet_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    row = '<row r="1"><c r="XFD1"><v>1</v></c></row>'
    content = rezipped(saved(workbook(teams=[HEADER])), sheet1_xml=_sheet(row))
    refused(put(tmp_path, "a.xlsx", content), "more than 256 columns")


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    row = f'<row r="1"><c t="inlineStr"><is><t>{"字" * 200_000}</t></is></c></row>'
    content = rezipped(saved(workbook(teams=[HEADER])), sheet1_xml=_sheet(row))
    refused(put(tmp_path, "a.xlsx", content), "longer than 131072")


@pytest.mark.parametrize("part", ["sheet1_xml", "workbook_xml", "styles_xml"])
def test_definitions_that_grow_are_refused(tmp_path: Path, part: str) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</worksheet>'
    )
    content = rezipped(saved(workbook(teams=[HEADER])), **{part: bomb})
    refused(put(tmp_path, "a.xlsx", content), "no honest workbook")


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    content = rezipped(saved(workbook(teams=[HEADER])), sheet1_xml=_sheet(" " * 8 * 2**20))
    refused(put(tmp_path, "a.xlsx", content), "refused as a trap")


def test_a_workbook_with_too_much_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_TEXTS", 3)
    refused(put(tmp_path, "a.xlsx", shared(HEADER, ["a", "甲", "station"])), "send it as CSV")


def test_texts_that_cells_share_are_read(tmp_path: Path) -> None:
    assert import_path(
        put(tmp_path, "a.xlsx", shared(HEADER, ["a", "甲", "station"], ["b", "甲", "驿站"]))
    ).written
    assert set(Team.objects.values_list("code", "name", "kind")) == {
        ("a", "甲", "station"),
        ("b", "甲", "station"),
    }


def test_texts_and_numbers_of_a_workbook_are_read_as_they_stand(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "teams"
    for row in ([None, None, None], HEADER, [17, "甲 & <乙>\n丙", "station"], [], [True, 2.5, "驿站"]):
        sheet.append(row)
    path = put(tmp_path, "a.xlsx", saved(book))
    with reading.opened(path) as sheets:
        lines = list(sheets[0].lines())
    assert lines == [(2, HEADER), (3, [17, "甲 & <乙>\n丙", "station"]), (5, [True, 2.5, "驿站"])]


def shared(*rows: list[str]) -> bytes:
    """A workbook as Excel writes it: cells point to a list of texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet(SHEET)
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
    return out.getvalue()


def _sheet(rows: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    ).encode()


CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    digits=st.text(alphabet="0123456789", min_size=8, max_size=8),
    rest=st.text(alphabet=CODE, min_size=9, max_size=9),
    place=st.integers(0, 17),
    other=st.sampled_from(CODE + "IOSVZ-中٣a"),
)
def test_a_credit_code_is_right_when_the_standard_says_so(
    digits: str, rest: str, place: int, other: str
) -> None:
    code = digits + rest + numbers.calc_check_digit(digits + rest)
    changed = code[:place] + other + code[place + 1 :]
    assert _is_uscc(code)
    assert numbers.is_valid(code)
    assert _is_uscc(changed) == (changed == code)
