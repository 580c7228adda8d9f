"""Letters on paper: lines break as Chinese typography asks, long and missing data have their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from zlib import decompress

import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fpdf.fonts import TTFFont

from portal.cases.letters import breaking, faces, fonts, layout
from portal.cases.letters.layout import Paper, compose, draw, words
from portal.cases.letters.wording import Sheet, Wording
from tests.people import MONDAY

Printed = Callable[[Sheet], tuple[float, list[str]]]


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


def streams(pdf: bytes) -> list[bytes]:
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [decompress(s) if s.startswith(b"x") else s for s in found]


def shapes(pdf: bytes) -> list[dict[str, bytes]]:
    """The outline of each printed character, by typeface: what a reader sees and what it can copy, in one."""
    found: list[dict[str, bytes]] = []
    texts: dict[bytes, str] = {}
    glyphs: dict[bytes, int] = {}
    for stream in streams(pdf):
        if b"beginbfchar" in stream:
            pairs = re.findall(rb"^<(\w{4})> <(\w+)>$", stream, re.MULTILINE)
            texts = {code: bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
        elif b"begincidchar" in stream:
            glyphs = {c: int(g) for c, g in re.findall(rb"^<(\w{4})> (\d+)$", stream, re.MULTILINE)}
        elif stream.startswith(b"\x01\x00\x04"):
            cff = CFFFontSet()
            cff.decompile(BytesIO(stream), None)
            outlines = cff.topDictIndex[0].CharStrings
            named = {text: f"cid{glyphs[code]:05}" for code, text in texts.items() if text != "\0"}
            found.append({text: outlines[name].bytecode for text, name in named.items()})
    return found


def test_a_short_letter_is_one_page_and_a_long_one_as_many_as_it_needs() -> None:
    assert pages(draw(sheet("现予受理。"))) == 1
    assert pages(draw(sheet(*["请补充材料，" * 20] * 12))) >= 3


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Lays a letter out without writing it: its type size, and the lines of each page, in order."""
    kept: list[tuple[Paper, int, str]] = []
    put = Paper.put

    def note(paper: Paper, x: float, text: str, size: float) -> None:
        kept.append((paper, paper.page_no(), text))
        put(paper, x, text, size)

    def pages_of(letter: Sheet) -> tuple[float, list[str]]:
        kept.clear()
        paper = compose(letter, words(letter))
        found = [(page, text) for by, page, text in kept if by is paper]  # not of smaller type that was tried
        numbers = range(1, paper.page_no() + 1)
        return paper.body_pt, ["|".join(text for page, text in found if page == number) for number in numbers]

    monkeypatch.setattr(Paper, "put", note)
    return pages_of


# Paragraphs of one line, type size, and how many of them share the last page with the signature: both sides of
# every turn. Between two turns each further line joins the page that is being filled, so nothing else can happen.
TURNS = [
    (9, 16.0, 1, 9),
    (10, 15.0, 1, 10),  # the signature no longer fits: smaller type
    (11, 15.0, 1, 11),
    (12, 14.0, 1, 12),  # still smaller
    (13, 16.0, 2, 1),  # not even that: the last paragraph goes over with the signature
    (15, 16.0, 2, 1),
    (16, 16.0, 2, 2),  # the first page is full
    (31, 16.0, 2, 17),
    (32, 16.0, 3, 1),  # the same at the end of the second page
    (37, 16.0, 3, 1),
    (38, 16.0, 3, 2),
]


@pytest.mark.parametrize(("count", "body_pt", "pages", "beside"), TURNS)
def test_the_signature_is_never_alone_on_a_page(
    printed: Printed, count: int, body_pt: float, pages: int, beside: int
) -> None:
    size, made = printed(sheet(*["请补充材料。"] * count))
    assert (size, len(made)) == (body_pt, pages)
    assert made[-1].count("请补充材料。") == beside
    assert made[-1].endswith("管理委员会|2026年11月16日")


def test_the_end_of_a_paragraph_longer_than_a_page_goes_with_the_signature(
    printed: Printed,
) -> None:
    for length in range(820, 1000, 27):  # one line more each time: over the end of a page and on
        _, made = printed(sheet("请" * length))
        assert made[-1].count("请") > 27
        assert "2026年11月16日" in made[-1]


def test_long_names_and_missing_data_still_make_a_letter() -> None:
    long = "湖南省湘潭市新能源动力电池与先进储能材料研发制造及再生利用一体化示范产业集团股份有限公司"
    assert pages(draw(sheet("现予受理。", addressee=long * 2, authority=long))) == 1
    assert pages(draw(sheet(addressee="________", number="", watermark="预览", red_head=False))) == 1


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert draw(sheet("现予受理。")) == draw(sheet("现予受理。"))


def test_every_printed_character_is_embedded_and_can_be_copied() -> None:
    wording = Wording("启明电源（示范）", ["现予受理。"], copies_to="张三")
    made = draw(sheet(wording=wording, watermark="预览"))
    assert b"NotoSerifSC" in made
    assert b"NotoSansSC" in made
    serif, sans = shapes(made)
    assert (
        set("潭高新受〔2026〕1号 受理告知书 启明电源（示范）：现予受理。— 1 — 预览 抄送：张三")
        <= serif.keys()
    )
    assert set("QS20261116-000001·（印章）") <= sans.keys()
    assert all(len(outline) > 10 for face in (serif, sans) for text, outline in face.items() if text != " ")


def test_words_of_the_layout_that_it_does_not_announce_are_printed_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    announced = draw(sheet("现予受理。"))
    monkeypatch.setattr(layout, "words", lambda letter: " ")
    assert draw(sheet("现予受理。")) == announced


# Characters ----------------------------------------------------------------------------------------

RARE = "𠮷"  # of names, and in no typeface of letters
SANS_ONLY, SERIF_ONLY = "𧾷", "䶶"
NEWER = "\U00031350"  # than the table of Python
PRIVATE = "\ue863"  # of old systems of household registration


def ink(made: bytes, text: str) -> float:
    """How much of the box of the addressee's second character is dark, as a reader's viewer draws it."""
    page = pypdfium2.PdfDocument(made)[0]
    shown = page.get_textpage().search(text).get_next()
    assert shown is not None, text
    left, bottom, right, top = page.get_textpage().get_charbox(shown[0])
    scale, em = 4, right - left
    picture = page.render(scale=scale).to_pil().convert("L")
    height = page.get_height()
    place = (right, height - top - em * 0.1, right + em * 1.1, height - bottom + em * 0.1)
    pixels = picture.crop(tuple(int(edge * scale) for edge in place)).tobytes()
    return sum(value < 128 for value in pixels) / len(pixels)


@pytest.mark.parametrize("missing", [RARE, NEWER, PRIVATE])
def test_a_character_that_no_typeface_has_is_a_box_and_no_hole(missing: str) -> None:
    assert ink(draw(sheet(addressee="鑫　材料")), "鑫") == 0
    assert ink(draw(sheet(addressee="鑫材　料")), "鑫") > 0.05
    assert ink(draw(sheet(addressee=f"鑫{missing}材料")), "鑫") > 0.05
    assert faces.lacking(f"鑫{missing}材{missing}") == [missing]


def test_what_one_typeface_lacks_is_drawn_from_the_other() -> None:
    made = draw(sheet(f"现予受理{SANS_ONLY}。", reference=f"QS{SERIF_ONLY}"))
    serif, sans = shapes(made)
    assert len(sans[SANS_ONLY]) > 10
    assert len(serif[SERIF_ONLY]) > 10
    assert faces.lacking(SANS_ONLY + SERIF_ONLY) == []


def test_lines_leave_room_for_boxes_and_break_beside_them(printed: Printed) -> None:
    plain = printed(sheet("材" * 60))
    for missing in (RARE, PRIVATE):
        assert printed(sheet(missing * 60)) == (plain[0], [page.replace("材", missing) for page in plain[1]])


@pytest.mark.parametrize("mark", ["\U000e0100", "\ufe00", "\u200d", "\u202e", "\x07"])
def test_what_nobody_sees_is_neither_printed_nor_missing(mark: str) -> None:
    assert faces.lacking(f"葛{mark}城") == []
    assert draw(sheet(f"葛{mark}城")) == draw(sheet("葛城"))


def test_of_the_typefaces_only_what_is_needed_is_read() -> None:
    for face in fonts.load("现予受理。").values():
        assert isinstance(face, TTFFont)
        assert len(face.ttfont.getGlyphOrder()) == 6  # the first stands for characters that are missing
