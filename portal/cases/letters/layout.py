"""A letter as PDF on A4, in the spirit of GB/T 9704: margins, red head, number, title, signature.

Lengths in millimetres, type sizes in points. The fonts are embedded; the stamp is a placeholder.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from string import printable
from typing import cast

import segno
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import RenderStyle, TextMode
from fpdf.fonts import TTFFont

from portal.cases.letters import fonts
from portal.cases.letters.breaking import lines
from portal.cases.letters.faces import BOX, face_of, runs
from portal.cases.letters.wording import Sheet

TOP, LEFT, RIGHT, BOTTOM = 37.0, 28.0, 26.0, 35.0
WIDTH, HEIGHT = 210.0, 297.0
TEXT_WIDTH = WIDTH - LEFT - RIGHT
TEXT_END = HEIGHT - BOTTOM
RED = (200, 22, 22)
BLACK = (0, 0, 0)
GREY = (110, 110, 110)
TITLE_PT, HEAD_PT, SMALL_PT, PAGE_PT = 22.0, 40.0, 9.0, 14.0
# Type size and line height of the text: 22 lines to a page as the standard has it; the smaller ones
# only where they keep the signature of a short letter on its first page.
BODY_PT, LINE = 16.0, 9.9
SETTINGS = ((BODY_PT, LINE), (15.0, 9.1), (14.0, 8.4))
PT = 25.4 / 72
STAMP = 38.0
QR = 24.0


PLAIN_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


class Paper(FPDF):
    """The pages. Fonts: serif for the text, sans for small print."""

    def __init__(self, sheet: Sheet, body_pt: float, line: float, typefaces: fonts.Typefaces) -> None:
        super().__init__(format="A4", unit="mm")
        self.sheet = sheet
        self.body_pt = body_pt
        self.step = line
        self._advances: dict[tuple[str, str], float] = {}
        self.fonts.update(typefaces)
        self.pdf_version = fonts.PDF_VERSION
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(False)
        self.set_creation_date(sheet.made_at)
        self.set_title(f"{sheet.title} {sheet.number}".strip())
        self.set_author(sheet.authority)
        self.set_lang("en" if sheet.language == "en" else "zh-CN")
        self.alias_nb_pages("{pages}")

    def header(self) -> None:
        """The mark of a preview lies below the text of every page."""
        if self.sheet.watermark:
            self.set_font("serif", size=96)
            self.set_text_color(228, 228, 228)
            wide = self.get_string_width(self.sheet.watermark)
            with self.rotation(40, WIDTH / 2, HEIGHT / 2):
                self.text(WIDTH / 2 - wide / 2, HEIGHT / 2 + 12, self.sheet.watermark)
        self.set_text_color(*BLACK)

    def footer(self) -> None:
        """— 1 —: odd pages to the right, even pages to the left."""
        self.set_font("serif", size=PAGE_PT)
        text = f"— {self.page_no()} —"
        indent = PAGE_PT * PT
        wide = self.get_string_width(text)
        x = WIDTH - RIGHT - indent - wide if self.page_no() % 2 else LEFT + indent
        self.text(x, TEXT_END + 7 + PAGE_PT * PT, text)
        self.set_font("sans", size=7.5)
        self.set_text_color(*GREY)
        small = " · ".join(part for part in (self.sheet.number, self.sheet.reference) if part)
        wide = self.get_string_width(small)
        self.text(LEFT if self.page_no() % 2 else WIDTH - RIGHT - wide, TEXT_END + 12, small)
        self.set_text_color(*BLACK)

    # Pieces --------------------------------------------------------------------------------------

    def get_string_width(self, s: str, normalized: bool = False, markdown: bool = False) -> float:
        """The width of a text in the present type, without fpdf2's search for styles and directions in it."""
        return sum(self._advance(ch) for ch in s) * self.font_size_pt * 0.001 / self.k

    def _advance(self, ch: str) -> float:
        """In thousandths of the type size."""
        key = self.font_family, ch
        if key not in self._advances:
            face = face_of(ch, self.font_family)
            if face is None or face == BOX:
                self._advances[key] = 0.0 if face is None else 1000.0
            else:
                self._advances[key] = cast("TTFFont", self.fonts[face]).cw[ord(ch)]
        return self._advances[key]

    def text(self, x: float, y: float, text: str = "") -> None:
        """A text on its baseline; what the present typeface lacks is drawn from another, or is a box."""
        family, size = self.font_family, self.font_size_pt
        for face, piece in runs(text, family):
            wide = self.get_string_width(piece)
            if face == BOX:
                for place in range(len(piece)):
                    self._box(x + place * self.font_size, y)
            else:
                self.set_font(face, size=size)
                super().text(x, y, piece)
                self.set_font(family, size=size)
            x += wide

    def _box(self, x: float, y: float) -> None:
        """What stands for a character that no typeface has: nobody takes it for a space."""
        em = self.font_size
        with self.local_context(draw_color=self.text_color, line_width=em / 16):
            self.rect(x + em * 0.1, y - em * 0.78, em * 0.8, em * 0.8)

    def room(self) -> float:
        return TEXT_END - self.get_y()

    def down(self, by: float) -> None:
        self.set_y(self.get_y() + by)

    def put(self, x: float, text: str, size: float) -> None:
        """One line of text whose box begins at the present height."""
        self.text(x, self.get_y() + self.step / 2 + size * PT * 0.36, text)

    def bold(self) -> AbstractContextManager[object]:
        """The package brings the regular weight only: a heading is drawn with an outline of its colour."""
        return self.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.25)

    def centred(self, text: str, size: float, *, step: float = 1.0) -> None:
        self.set_font("serif", size=size)
        for line in lines(text, TEXT_WIDTH - 8, self.get_string_width):
            self.put(LEFT + (TEXT_WIDTH - self.get_string_width(line)) / 2, line, size)
            self.down(self.step * step)


def draw(sheet: Sheet) -> bytes:
    """The PDF of a letter."""
    text = words(sheet)
    while True:
        paper = compose(sheet, text)
        made = bytes(paper.output(output_producer_class=fonts.Writer))
        more = fonts.lacking(paper)
        if not more:
            return made
        text += more  # what the layout adds and `words` does not know of


def compose(sheet: Sheet, text: str) -> Paper:
    """The pages of a letter, not yet written out: one if a slightly smaller type does it, else as many as
    the standard says. `text` has the characters that may be printed.
    """
    typefaces = fonts.load(text)  # shared: only one of the papers is written out
    first = _compose(sheet, *SETTINGS[0], typefaces)
    if first.page_no() == 2:
        for body_pt, line in SETTINGS[1:]:
            tighter = _compose(sheet, body_pt, line, typefaces)
            if tighter.page_no() == 1:
                return tighter
    return first


def words(sheet: Sheet) -> str:
    """Every character that the letter may show."""
    return "".join((*sheet.texts(), printable, "—·：", _("(stamp)"), _("Copy to: %(who)s")))


def _compose(sheet: Sheet, body_pt: float, line: float, typefaces: fonts.Typefaces) -> Paper:
    paper = Paper(sheet, body_pt, line, typefaces)
    paper.add_page()
    _head(paper)
    _title(paper)
    _body(paper)
    _signature(paper)
    _copies(paper)
    return paper


def _text(paper: Paper, text: str) -> str:
    """Quotation marks of the Chinese font are as wide as a character: English takes the plain ones."""
    return text.translate(PLAIN_QUOTES) if paper.sheet.language == "en" else text


def _head(paper: Paper) -> None:
    sheet = paper.sheet
    if not sheet.red_head:
        paper.set_font("serif", size=paper.body_pt)
        wide = paper.get_string_width(sheet.number)
        paper.put(WIDTH - RIGHT - wide, sheet.number, paper.body_pt)
        paper.down(paper.step * 2)
        return
    paper.set_text_color(*RED)
    paper.set_draw_color(*RED)
    size = _fit(paper, sheet.authority, HEAD_PT)
    paper.set_font("serif", size=size)
    with paper.bold():
        x = LEFT + (TEXT_WIDTH - paper.get_string_width(sheet.authority)) / 2
        paper.text(x, TOP + 14, sheet.authority)
    paper.set_text_color(*BLACK)
    paper.set_y(TOP + 14 + paper.step * 1.2)
    paper.centred(sheet.number or " ", paper.body_pt)
    paper.set_line_width(0.6)
    paper.line(LEFT, paper.get_y() + 2.5, WIDTH - RIGHT, paper.get_y() + 2.5)
    paper.set_draw_color(*BLACK)
    paper.down(paper.step * 1.6)


def _fit(paper: Paper, text: str, size: float, width: float = TEXT_WIDTH) -> float:
    """The largest size, up to `size`, at which a text fits one line."""
    paper.set_font("serif", size=size)
    wide = float(paper.get_string_width(text))
    return size if wide <= width else size * width / wide * 0.995


def _title(paper: Paper) -> None:
    sheet = paper.sheet
    with paper.bold():
        paper.centred(sheet.title, TITLE_PT, step=1.15)
    for text in (sheet.wording.subject, sheet.note):
        if text:
            paper.set_text_color(*GREY)
            paper.centred(text, 12, step=0.75)
            paper.set_text_color(*BLACK)
    paper.down(paper.step * 0.8)


def _body(paper: Paper) -> None:
    wording = paper.sheet.wording
    paper.set_font("serif", size=paper.body_pt)
    colon = ":" if paper.sheet.language == "en" else "："
    for line in lines(_text(paper, wording.addressee + colon), TEXT_WIDTH, paper.get_string_width):
        _line(paper, LEFT, line)
    texts = list(wording.paragraphs)
    for place, text in enumerate(texts):
        last = place == len(texts) - 1
        _paragraph(paper, _text(paper, text), keep=_signature_height(paper) if last else 0.0)


def _paragraph(paper: Paper, text: str, *, keep: float) -> None:
    """A paragraph indented by two characters. The last one stays together with the signature, for which
    `keep` is left: as a whole, or, when it is longer than a page, by its last two lines.
    """
    indent = 2 * paper.body_pt * PT
    found = lines(text, TEXT_WIDTH, paper.get_string_width, first=TEXT_WIDTH - indent)
    whole = len(found) * paper.step + keep <= TEXT_END - TOP
    together = len(found) if whole else 2
    for place, line in enumerate(found):
        if keep and len(found) - place == together and paper.room() < together * paper.step + keep:
            _turn(paper)
        _line(paper, LEFT + (0 if place else indent), line)


def _line(paper: Paper, x: float, text: str) -> None:
    if paper.room() < paper.step:
        _turn(paper)
    paper.put(x, text, paper.body_pt)
    paper.down(paper.step)


def _turn(paper: Paper) -> None:
    """To the next page, in the type of the text."""
    paper.add_page()
    paper.set_font("serif", size=paper.body_pt)


def _signers(paper: Paper) -> list[str]:
    """The lines of the signature, a long name on two."""
    paper.set_font("serif", size=paper.body_pt)
    texts = [*(paper.sheet.wording.signed_by or (paper.sheet.authority,)), paper.sheet.dated]
    width = TEXT_WIDTH - QR - 16
    return [line for text in texts for line in lines(text, width, paper.get_string_width)]


def _signature_height(paper: Paper) -> float:
    copies = paper.step * 2 if paper.sheet.wording.copies_to else 0.0
    return max(paper.step * (2 + len(_signers(paper))), STAMP + paper.step) + copies


def _signature(paper: Paper) -> None:
    """Issuing body and date to the right, where the stamp goes; the QR code to the left."""
    if paper.room() < _signature_height(paper):
        paper.add_page()
    paper.down(paper.step * 1.5)
    top = paper.get_y()
    texts, size = _signers(paper), paper.body_pt
    widest = max(paper.get_string_width(text) for text in texts)
    middle = WIDTH - RIGHT - min(2 * paper.body_pt * PT, TEXT_WIDTH - QR - 8 - widest) - widest / 2
    _stamp(paper, middle, top + paper.step * len(texts) / 2)
    paper.set_font("serif", size=size)
    for text in texts:
        paper.put(middle - paper.get_string_width(text) / 2, text, size)
        paper.down(paper.step)
    _qr(paper, top)
    below_stamp = top + paper.step * len(texts) / 2 + STAMP / 2 + 1
    paper.set_y(max(paper.get_y(), top + QR + 6, below_stamp))


def _stamp(paper: Paper, x: float, y: float) -> None:
    paper.set_draw_color(225, 140, 140)
    paper.set_line_width(0.4)
    paper.set_dash_pattern(dash=2, gap=1.5)
    paper.ellipse(x - STAMP / 2, y - STAMP / 2, STAMP, STAMP)
    paper.set_dash_pattern()
    paper.set_draw_color(*BLACK)
    paper.set_font("sans", size=SMALL_PT)
    paper.set_text_color(215, 110, 110)
    text = _("(stamp)")
    paper.text(x - paper.get_string_width(text) / 2, y + STAMP / 2 - 4, text)
    paper.set_text_color(*BLACK)


def _qr(paper: Paper, top: float) -> None:
    """The case page as a QR code, drawn as squares: sharp at any size, no picture inside."""
    rows = _modules(paper.sheet.address)
    side = QR / len(rows)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                paper.rect(LEFT + x * side, top + y * side, side, side, style=RenderStyle.F)
    paper.set_font("sans", size=SMALL_PT)
    paper.set_text_color(*GREY)
    paper.text(LEFT, top + QR + 4, paper.sheet.reference)
    paper.set_text_color(*BLACK)


@lru_cache(maxsize=16)
def _modules(address: str) -> tuple[bytes, ...]:
    """The code of an address, row by row: 1 where it is dark. The letter and its translation share it."""
    return tuple(bytes(row) for row in segno.make(address, error="m", micro=False).matrix)


def _copies(paper: Paper) -> None:
    """版记: to whom copies go, between two lines."""
    if not paper.sheet.wording.copies_to:
        return
    paper.down(paper.step * 0.4)
    paper.set_line_width(0.35)
    paper.line(LEFT, paper.get_y(), WIDTH - RIGHT, paper.get_y())
    paper.set_font("serif", size=PAGE_PT)
    text = _("Copy to: %(who)s") % {"who": paper.sheet.wording.copies_to}
    for line in lines(text, TEXT_WIDTH - 8, paper.get_string_width):
        paper.put(LEFT + 4, line, PAGE_PT)
        paper.down(paper.step * 0.85)
    paper.line(LEFT, paper.get_y(), WIDTH - RIGHT, paper.get_y())
