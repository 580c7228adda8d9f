"""Letters on paper: lines break as Chinese typography asks, long and missing data have their place."""

from __future__ import annotations

import re
from datetime import datetime
from zlib import decompress

import pytest

from portal.cases.letters import breaking
from portal.cases.letters.layout import Sheet, draw
from portal.cases.letters.wording import Wording
from tests.people import MONDAY


def measure(text: str) -> float:
    """Wide characters count two, others one."""
    return sum(2 if breaking._wide(ch) else 1 for ch in text)


def broken(text: str, width: float, **more: float) -> list[str]:
    return breaking.lines(text, width, measure, **more)


def test_no_line_begins_with_closing_punctuation() -> None:
    assert broken("请于本周五前，报送材料。", 12) == ["请于本周五", "前，报送材", "料。"]
    assert all(line[0] not in breaking.NEVER_FIRST for line in broken("一二三四五，“六七”。八九十！" * 5, 14))


def test_no_line_ends_with_an_opening_bracket() -> None:
    assert all(
        line[-1] not in breaking.NEVER_LAST for line in broken("关于（示范）公司《规定》的“通知”" * 4, 14)
    )


def test_words_and_numbers_stay_whole_unless_longer_than_a_line() -> None:
    assert broken("Please reply by Friday", 12) == ["Please reply", "by Friday"]
    assert broken("编号 QS20261116-000001 的诉求", 20) == ["编号", "QS20261116-000001 的", "诉求"]
    assert "".join(broken("x" * 50, 20)) == "x" * 50


def test_the_first_line_leaves_room_for_its_indent() -> None:
    assert broken("一二三四五六七八", 10, first=6) == ["一二三", "四五六七八"]


def test_control_characters_do_not_reach_the_page() -> None:
    assert broken("一\x00二\u202e三", 20) == ["一二三"]
    assert broken("", 20) == [""]


@pytest.mark.parametrize("text", ["“" * 40, "，" * 40, "（）" * 40, " " * 40, "一" * 200])
def test_any_text_comes_to_an_end_and_nothing_is_lost(text: str) -> None:
    assert "".join(broken(text, 10)).replace(" ", "") == text.replace(" ", "")


def sheet(
    *paragraphs: str, addressee: str = "启明电源（示范）", moment: datetime = MONDAY, **more: object
) -> Sheet:
    values: dict[str, object] = {
        "wording": Wording(addressee, paragraphs),
        "title": "受理告知书",
        "number": "潭高新受〔2026〕1号",
        "authority": "湘潭高新技术产业开发区管理委员会",
        "red_head": True,
        "dated": "2026年11月16日",
        "reference": "QS20261116-000001",
        "address": "https://portal.example/cases/1/",
        "language": "zh-hans",
        "made_at": moment,
        **more,
    }
    return Sheet(**values)  # type: ignore[arg-type]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def streams(pdf: bytes) -> bytes:
    return b"".join(
        decompress(s) for s in re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", pdf, re.DOTALL) if s
    )


def test_a_short_letter_is_one_page_and_a_long_one_as_many_as_it_needs() -> None:
    assert pages(draw(sheet("现予受理。"))) == 1
    assert pages(draw(sheet(*["请补充材料，" * 20] * 12))) >= 3


def test_the_signature_is_never_alone_on_a_page() -> None:
    for count in range(8, 24):
        made = draw(sheet(*["请补充材料。"] * count))
        assert pages(made) <= 2


def test_long_names_and_missing_data_still_make_a_letter() -> None:
    long = "湖南省湘潭市新能源动力电池与先进储能材料研发制造及再生利用一体化示范产业集团股份有限公司"
    assert pages(draw(sheet("现予受理。", addressee=long * 2, authority=long))) == 1
    assert pages(draw(sheet(addressee="________", number="", watermark="预览", red_head=False))) == 1


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert draw(sheet("现予受理。")) == draw(sheet("现予受理。"))


def test_the_fonts_are_embedded() -> None:
    made = draw(sheet("现予受理。"))
    assert b"/FontFile3" in made or b"/FontFile2" in made
    assert b"Noto" in made
