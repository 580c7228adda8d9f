"""What a letter says: plain data, made by a function of the case in the active language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.cases import clock
from portal.cases.models import Case, Pause
from portal.park.models import Enterprise, Team
from portal.worktime.clock import Calendar, local
from portal.worktime.explain import explain


@dataclass(frozen=True)
class Wording:
    """The text of a letter. `signed_by` are the lines above the date, the issuing body first."""

    addressee: str
    paragraphs: Sequence[str]
    subject: str = ""
    signed_by: Sequence[str] = ()
    copies_to: str = ""


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def authority() -> str:
    """The issuing body: its name on the red head and above the date."""
    return str(settings.AUTHORITY_NAME_EN if in_english() else settings.AUTHORITY_NAME)


def team_name(team: Team | None) -> str:
    if team is None:
        return ""
    return team.name_en or team.name if in_english() else team.name


def enterprise_name(enterprise: Enterprise | None) -> str:
    """The name of an enterprise; a blank to be filled in by hand when the case has none."""
    if enterprise is None:
        return "________"
    return enterprise.name_en or enterprise.name if in_english() else enterprise.name


def day_prose(day: date) -> str:
    """A day as official documents write it: 2026年11月23日, 23 November 2026."""
    if in_english():
        return date_format(day, "j F Y")
    return f"{day.year}年{day.month}月{day.day}日"


def moment_prose(moment: datetime | None) -> str:
    """A moment in prose; a blank when there is none."""
    if moment is None:
        return "________"
    here = local(moment)
    joint = ", " if in_english() else ""
    return f"{day_prose(here.date())}{joint}{here:%H:%M}"


def deadline(case: Case) -> str:
    """Why this date: the promise of the case, computed as on its page; empty without a promise."""
    promise = clock.promise_limit(case)
    if promise is None or case.clock_from_at is None:
        return ""
    pauses = list(Pause.objects.filter(case=case).order_by("from_at")) if case.pause_count else []
    why = explain(Calendar.current(), case.clock_from_at, promise, clock.spans(pauses))
    return _("How the date was computed: %(why)s") % {"why": why.sentence}


def paragraphs(*texts: str) -> tuple[str, ...]:
    """The texts that say something, each line a paragraph of its own."""
    return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())


@dataclass(frozen=True)
class Sheet:
    """Everything that is printed. `number` empty and `watermark` set: a preview."""

    wording: Wording
    title: str
    number: str
    authority: str
    red_head: bool
    dated: str
    reference: str  # the case number, beside the QR code
    address: str  # of the case page
    language: str
    made_at: datetime
    watermark: str = ""
    note: str = ""  # below the title: that this is a translation

    def texts(self) -> tuple[str, ...]:
        """Everything that was written for this letter."""
        said = self.wording
        own = (self.title, self.number, self.authority, self.dated, self.reference, self.watermark, self.note)
        return (*own, said.addressee, said.subject, said.copies_to, *said.paragraphs, *said.signed_by)
