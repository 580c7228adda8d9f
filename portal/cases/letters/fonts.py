"""The typefaces of letters: HarfBuzz cuts out of their files what a letter needs, fpdf2 embeds that.

A file holds 31,000 characters. To read and cut one in Python takes seconds and some hundred megabytes for
every letter; HarfBuzz maps it into memory that all processes share and cuts it in two milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import uharfbuzz as hb
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import CoreFont, TTFFont
from fpdf.output import OutputProducer

from portal.cases.letters.faces import PATHS, face

Typefaces = dict[str, CoreFont | TTFFont]
OUTLINES = "CFF "
PDF_VERSION = "1.6"  # the first that embeds such outlines
# What shapes text or sets it from top to bottom: letters do neither.
LEFT_OUT = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")
FLAGS = hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_LAYOUT_CLOSURE


@dataclass(frozen=True)
class Finished:
    """Outlines that are cut already: where fpdf2 has fontTools cut them once more, they stay as they are."""

    data: bytes

    def compile(self, font: object) -> bytes:
        return self.data

    def prune_pre_subset(self, font: object, options: object) -> bool:
        return True

    def closure_glyphs(self, subsetter: object) -> None:
        """No outline is made of others."""

    def subset_glyphs(self, subsetter: object) -> bool:
        return True

    def prune_post_subset(self, font: object, options: object) -> bool:
        return True


def load(text: str) -> Typefaces:
    """The typefaces of a paper, with the characters of a text as far as the files have them."""
    paper = FPDF()  # numbers them
    for family in PATHS:
        # By its path a font would be read whole. fpdf2 passes it on to fontTools, which takes a stream.
        stream = cast("Any", BytesIO(_cut(family, map(ord, text))))
        paper.fonts[family] = TTFFont(paper, stream, family, "")
    return paper.fonts


def lacking(paper: FPDF) -> str:
    """The characters that were printed, that the file has, and for which `load` was not asked."""
    found = [
        chr(code)
        for family, font in _fonts(paper)
        for code in font.missing_glyphs
        if hb.Font(face(family)).get_nominal_glyph(code)
    ]
    return "".join(found)


class Writer(OutputProducer):
    """Writes a paper out, its typefaces cut down to what was printed."""

    def bufferize(self) -> bytearray:
        """Called when the last page has its footer."""
        for family, font in _fonts(self.fpdf):
            _finish(family, font)
        return super().bufferize()


def _finish(family: str, font: TTFFont) -> None:
    used = [code for glyph, _ in font.subset.items() if glyph for code in cast("Any", glyph.unicode)]
    cut = TTFont(BytesIO(_cut(family, used)), lazy=True, recalcBBoxes=False)
    cut[OUTLINES].cff.topDictIndex[0].FontBBox = _box(family, used)
    font.ttfont = TTFont(sfntVersion="OTTO")
    font.ttfont.setGlyphOrder(cut.getGlyphOrder())
    font.ttfont[OUTLINES] = Finished(cut[OUTLINES].compile(cut))


def _box(family: str, codes: Iterable[int]) -> list[int]:
    """What the largest of these characters take: by this a viewer decides how finely it places them."""
    font = hb.Font(face(family))
    sizes = [font.get_glyph_extents(glyph) for glyph in {font.get_nominal_glyph(code) or 0 for code in codes}]
    left, top = (size.x_bearing for size in sizes), (size.y_bearing for size in sizes)
    right = (size.x_bearing + size.width for size in sizes)
    bottom = (size.y_bearing + size.height for size in sizes)
    return [min(left), min(bottom), max(right), max(top)]


def _fonts(paper: FPDF) -> list[tuple[str, TTFFont]]:
    return [(family, font) for family, font in paper.fonts.items() if isinstance(font, TTFFont)]


def _cut(family: str, codes: Iterable[int]) -> bytes:
    """An OpenType font of these characters; the names of its glyphs are those of the whole font."""
    wanted = hb.SubsetInput()
    wanted.flags = FLAGS
    wanted.sets(hb.SubsetInputSets.UNICODE).update(codes)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
        int.from_bytes(tag.encode(), "big") for tag in LEFT_OUT
    )
    return bytes(hb.subset(face(family), wanted).blob.data)
