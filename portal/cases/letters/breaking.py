"""Breaking text into lines: Chinese between any two characters, Latin between words.

Punctuation that closes never begins a line, punctuation that opens never ends one (避头尾).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

NEVER_FIRST = frozenset("，。、；：？！）〕》」』】”’…—％,.;:?!)]}%")
NEVER_LAST = frozenset("（〔《「『【“‘([{")
CONTROLS = ("Cc", "Cf", "Cs")
# They say which form of the character before is meant.
VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
Measure = Callable[[str], float]


def lines(text: str, width: float, measure: Measure, *, first: float | None = None) -> list[str]:
    """The lines of one paragraph; `first` is the width of the first line where it is indented."""
    out: list[str] = []
    line, used, room = "", 0.0, width if first is None else first
    for piece in _fitting(pieces(text), width, measure):
        size = measure(piece)
        if line and used + size > room:
            line, carried = _carry(line, piece)
            out.append(line.rstrip())
            line = (carried + piece).lstrip() if not carried else carried + piece
            used, room = measure(line), width
        else:
            line, used = line + piece, used + size
    if line.strip() or not out:
        out.append(line.rstrip())
    return out


def pieces(text: str) -> Iterator[str]:
    """What a line may be broken between: one wide character, one word, one space; nothing unseen."""
    word = ""
    for ch in text:
        if not seen(ch):
            continue
        if ch.isspace() or _wide(ch):
            if word:
                yield word
            word = ""
            yield " " if ch.isspace() and ch != "　" else ch
        else:
            word += ch
    if word:
        yield word


def seen(ch: str) -> bool:
    """Whether a character is there to be read. One that is private, or newer than Python's table, is."""
    return unicodedata.category(ch) not in CONTROLS and ch not in VARIANTS


def _wide(ch: str) -> bool:
    private = unicodedata.category(ch) == "Co"  # rare characters of old systems: as wide as others
    return private or unicodedata.east_asian_width(ch) in ("W", "F") or ch in "“”‘’…—"


def _fitting(found: Iterator[str], width: float, measure: Measure) -> Iterator[str]:
    """A word longer than a line (a web address, a code) is cut."""
    for piece in found:
        while measure(piece) > width and len(piece) > 1:
            cut = len(piece) - 1
            while cut > 1 and measure(piece[:cut]) > width:
                cut -= 1
            yield piece[:cut]
            piece = piece[cut:]
        yield piece


def _carry(line: str, piece: str) -> tuple[str, str]:
    """The line as it stands, and what of its end has to go to the next with `piece`."""
    cut = len(line)
    if piece[:1] in NEVER_FIRST:
        while cut > 1 and line[cut - 1] in NEVER_FIRST:
            cut -= 1
        cut -= 1
        while cut > 1 and not _wide(line[cut]) and not line[cut - 1].isspace() and not _wide(line[cut - 1]):
            cut -= 1  # never inside a word
    while cut > 1 and line[cut - 1] in NEVER_LAST:
        cut -= 1
    return (line[:cut], line[cut:]) if cut > 0 else (line, "")
