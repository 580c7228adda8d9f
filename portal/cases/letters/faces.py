"""Which typeface of letters has which character. What the one at work lacks comes from another, or is a box.

Names of people hold characters that no typeface at hand has (𠮷, say): a hole would be a wrong name. So a
box is printed in its place, and whoever issues the letter is told before.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import groupby

import pylopdf_fonts_zh_cn as files
import uharfbuzz as hb

from portal.cases.letters.breaking import seen

PATHS = {"serif": files.serif_path, "sans": files.sans_path}
BOX = ""  # what stands for a typeface where none has the character


@cache
def face(family: str) -> hb.Face:
    """The file of a typeface, mapped into memory that all processes share."""
    return hb.Face(hb.Blob.from_file_path(str(PATHS[family]())))


@cache
def _codes(family: str) -> hb.Set:
    return face(family).unicodes


@lru_cache(maxsize=16384)
def face_of(ch: str, family: str) -> str | None:
    """The typeface that prints a character: `family` if it can, else another, else BOX. None: a control."""
    if not seen(ch):
        return None
    return next((name for name in (family, *PATHS) if ord(ch) in _codes(name)), BOX)


def runs(text: str, family: str) -> list[tuple[str, str]]:
    """A text in pieces that one typeface prints each: (typeface or BOX, piece)."""
    found = [face_of(ch, family) for ch in text]
    if found.count(family) == len(found):  # nearly always
        return [(family, text)] if text else []
    pieces = groupby(zip(found, text, strict=True), lambda pair: pair[0])
    return [(name, "".join(ch for _name, ch in pairs)) for name, pairs in pieces if name is not None]


def lacking(text: str) -> list[str]:
    """The characters of a text that no typeface has, each once."""
    return [ch for ch in dict.fromkeys(text) if face_of(ch, "serif") == BOX]
