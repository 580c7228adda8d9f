"""From a case and a declared letter to the sheets that are printed; and its document number."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.cases.declaration import Letter
from portal.cases.letters.wording import Sheet, authority, day_prose
from portal.cases.models import Case
from portal.worktime.clock import local

CHINESE, ENGLISH = "zh-hans", "en"

# The row stays locked until the letter is committed or rolled back: no gap, no double.
_DRAW = """
INSERT INTO cases_lettercounter AS c (mark, year, last) VALUES (%s, %s, 1)
ON CONFLICT (mark, year) DO UPDATE SET last = c.last + 1 RETURNING last
"""


def draw_serial(mark: str, year: int) -> int:
    """The next number of a series; to be called in the transaction that keeps the letter."""
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, [mark, year])
        return int(cursor.fetchone()[0])


def number_text(mark: str, year: int, serial: int) -> str:
    """发文字号 as GB/T 9704 writes it: 机关代字, year in hexagonal brackets, number without zeros."""
    return f"{settings.AUTHORITY_MARK}{mark}〔{year}〕{serial}号"


def sheet(case: Case, letter: Letter, *, number: str, now: datetime, language: str) -> Sheet:
    """What is printed, in one language. Without a number it is a preview."""
    path = letter.address(case) if letter.address else reverse("cases:case_view", args=[case.pk])
    with translation.override(language):
        return Sheet(
            wording=letter.words(case),
            title=letter.title(case) if letter.title else str(letter.label),
            number=number,
            authority=authority(),
            red_head=settings.LETTER_RED_HEAD,
            dated=day_prose(local(now).date()),
            reference=case.number,
            address=settings.PORTAL_URL.rstrip("/") + path,
            language=language,
            made_at=now,
            watermark="" if number else _("PREVIEW"),
            note=_("Translation for information; the Chinese text is authoritative.")
            if language == ENGLISH
            else "",
        )


def unprintable(case: Case, letter: Letter, *, now: datetime) -> list[str]:
    """The characters, of the letter or its translation, that would be printed as boxes."""
    from portal.cases.letters.faces import lacking  # maps the typefaces, which most processes never need

    sheets = [sheet(case, letter, number="", now=now, language=language) for language in (CHINESE, ENGLISH)]
    return lacking("".join(text for made in sheets for text in made.texts()))


def pdf(case: Case, letter: Letter, *, number: str, now: datetime, language: str) -> bytes:
    """The letter as PDF."""
    from portal.cases.letters.layout import draw  # some 30 MB that most processes never need

    made = sheet(case, letter, number=number, now=now, language=language)
    with translation.override(language):
        return draw(made)
