"""Tables of investment on paper: bulletins and rankings as PDF, on A4 in the type of the park's letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from string import printable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.cases.letters.wording import Sheet, Wording, authority, day_prose, in_english
from portal.worktime.clock import local

if TYPE_CHECKING:
    from portal.cases.letters.layout import Paper

SMALL, LINE, GAP = 9.0, 5.0, 3.0  # points, millimetres


@dataclass(frozen=True)
class Table:
    """One table below its heading. The first column is as wide as three of the others."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def texts(self) -> list[str]:
        return [self.title, *self.header, *(cell for row in self.rows for cell in row)]


def pdf(
    title: str, subject: str, tables: Sequence[Table], *, remarks: str, path: str, issued_at: datetime | None,
    now: datetime,
) -> bytes:  # fmt: skip
    """The tables as PDF in the active language; marked as a preview while nobody has issued them."""
    from portal.cases.letters import fonts  # some 30 MB that most processes never need
    from portal.cases.letters.layout import Paper

    sheet = Sheet(
        wording=Wording(addressee="", paragraphs=(remarks,), subject=subject),
        title=title,
        number="",
        authority=authority(),
        red_head=False,
        dated=day_prose(local(issued_at or now).date()),
        reference=subject,
        address=settings.PORTAL_URL.rstrip("/") + path,
        language="en" if in_english() else get_language() or "zh-hans",
        made_at=now,
        watermark="" if issued_at else _("PREVIEW"),
    )
    words = "".join(
        [*sheet.texts(), *(text for table in tables for text in table.texts()), printable, "—·：−"]
    )
    while True:
        paper = Paper(sheet, SMALL, LINE, fonts.load(words))
        _compose(paper, tables)
        made = bytes(paper.output(output_producer_class=fonts.Writer))
        more = fonts.lacking(paper)
        if not more:
            return made
        words += more


def _compose(paper: Paper, tables: Sequence[Table]) -> None:
    paper.add_page()
    with paper.bold():
        paper.centred(paper.sheet.title, 18, step=2)
    paper.centred(paper.sheet.wording.subject, 11, step=1.6)
    for table in tables:
        _table(paper, table)
    for text in paper.sheet.wording.paragraphs:
        _lines(paper, [text], [_width()], line=False)
    paper.down(LINE)
    _lines(paper, [f"{paper.sheet.authority}  {paper.sheet.dated}"], [_width()], line=False)


def _width() -> float:
    from portal.cases.letters.layout import TEXT_WIDTH

    return TEXT_WIDTH


def _table(paper: Paper, table: Table) -> None:
    paper.down(GAP)
    if table.title:
        with paper.bold():
            _lines(paper, [table.title], [_width()], line=False)
    unit = _width() / (len(table.header) + 2)
    widths = [3 * unit, *(unit for _cell in table.header[1:])]
    with paper.bold():
        _lines(paper, table.header, widths)
    for row in table.rows:
        _lines(paper, row, widths)


def _lines(paper: Paper, cells: Sequence[str], widths: Sequence[float], *, line: bool = True) -> None:
    """One row: each cell broken within its column, a line below it; on the next page where it ends."""
    from portal.cases.letters.breaking import lines
    from portal.cases.letters.layout import LEFT

    paper.set_font("sans", size=SMALL)
    found = [
        lines(cell, width - 2, paper.get_string_width) for cell, width in zip(cells, widths, strict=True)
    ]
    height = max((len(texts) for texts in found), default=1) * LINE
    if paper.room() < height:
        paper.add_page()
        paper.set_font("sans", size=SMALL)
    top, x = paper.get_y(), LEFT
    for place, (texts, width) in enumerate(zip(found, widths, strict=True)):
        paper.set_y(top)
        for text in texts:
            right = x + width - 1 - paper.get_string_width(text)
            paper.put(right if place else x, text, SMALL)
            paper.down(LINE)
        x += width
    paper.set_y(top + height + 0.8)
    if line:
        paper.set_line_width(0.15)
        paper.line(LEFT, paper.get_y(), LEFT + sum(widths), paper.get_y())
        paper.down(0.8)
