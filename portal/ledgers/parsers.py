"""Reading and writing cells: the formats of the ledger contract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from operator import mul
from time import time as unix_time
from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.ledgers.declaration import BadCell
from portal.worktime.clock import ZONE, local

FIRST_YEAR = 1900
YEARS_AHEAD = 30
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MOMENT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[ T](\d{1,2}):(\d{2})(?::\d{2})?")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")


def as_text(cell: Any) -> str:
    """What a person sees in a cell of a workbook, or the text of a CSV cell, without outer blanks."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time.min else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return str(cell).strip()


@dataclass(frozen=True)
class TextParser:
    """Text of at most so many characters."""

    most: int
    example: str = ""

    def form(self) -> str:
        return _("Text of at most %(most)s characters") % {"most": self.most}

    def parse(self, cell: Any) -> str:
        text = as_text(cell)
        if len(text) > self.most:
            raise BadCell(_("Longer than %(most)s characters.") % {"most": self.most})
        if "\x00" in text:
            raise BadCell(_("Contains a character that no text may contain."))
        return text

    def show(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class CodeParser:
    """One of several codes: the key, or its name in Chinese or English. Exports write the key."""

    names: Mapping[str, Sequence[str | Promise]]

    @cached_property
    def known(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                for key, names in self.names.items():
                    found.update({str(name).lower(): key for name in (key, *names)})
        return found

    @property
    def example(self) -> str:
        return next(iter(self.names))

    def form(self) -> str:
        return _("One of the allowed values: its key, or its name")

    def allowed(self) -> list[tuple[str, str]]:
        """Each key with its first Chinese name, or its label where it has none."""
        return [(key, str(names[1] if len(names) > 1 else names[0])) for key, names in self.names.items()]

    def parse(self, cell: Any) -> str:
        key = self.known.get(as_text(cell).lower())
        if key is None:
            chinese = (get_language() or "zh").startswith("zh")
            shown = [name if chinese else code for code, name in self.allowed()]
            raise BadCell(_("Not one of: %(codes)s.") % {"codes": ", ".join(shown)})
        return key

    def show(self, value: Any) -> str:
        return str(value)


def codes(choices: Sequence[tuple[Any, Any]], **chinese: str) -> CodeParser:
    """The codes of a set of choices, each with its label and the Chinese names of the contract."""
    return CodeParser(
        {str(key): [label, *filter(None, chinese.get(str(key), "").split("|"))] for key, label in choices}
    )


@lru_cache(maxsize=20_000)
def _day(text: str) -> date:
    """A day of a file, which names the same days again and again."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadCell(_("Not a date of the form YYYY-MM-DD."))
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise BadCell(_("There is no such day.")) from error


@lru_cache(maxsize=1)
def _latest_year(_quarter_of_an_hour: int) -> int:
    """Asked for every date: a year begins with a quarter of an hour everywhere on earth."""
    return timezone.localdate().year + YEARS_AHEAD


class DateParser:
    """YYYY-MM-DD, or a date of a workbook."""

    example = "2024-09-26"

    def form(self) -> str:
        return _("A date: YYYY-MM-DD, or a date cell of a workbook")

    def parse(self, cell: Any) -> date:
        if isinstance(cell, datetime):
            return self._sane(cell.date())
        if isinstance(cell, date):
            return self._sane(cell)
        return self._sane(_day(as_text(cell)))

    @staticmethod
    def _sane(day: date) -> date:
        if FIRST_YEAR <= day.year <= _latest_year(int(unix_time()) // 900):
            return day
        raise BadCell(_("The year cannot be right."))

    def show(self, value: date) -> str:
        return value.isoformat()


class MomentParser:
    """YYYY-MM-DD HH:MM, local time of the park; the minute is the finest that a ledger knows."""

    example = "2024-09-26 09:30"

    def form(self) -> str:
        return _("Date and time of the park: YYYY-MM-DD HH:MM")

    def parse(self, cell: Any) -> datetime:
        if isinstance(cell, datetime):
            DATE.parse(cell)
            # A workbook keeps moments as fractions of a day: round its error off.
            return (cell + timedelta(milliseconds=500)).replace(second=0, microsecond=0, tzinfo=ZONE)
        match = _MOMENT.fullmatch(as_text(cell))
        if match is None:
            raise BadCell(_("Not a moment of the form YYYY-MM-DD HH:MM."))
        day = DATE.parse(match[1])
        try:
            return datetime.combine(day, time(int(match[2]), int(match[3])), ZONE)
        except ValueError as error:
            raise BadCell(_("There is no such time of day.")) from error

    def show(self, value: datetime) -> str:
        return f"{local(value):%Y-%m-%d %H:%M}"


class MonthParser:
    """YYYY-MM; kept as the first day of the month. A date of a workbook stands for its month."""

    example = "2024-09"

    def form(self) -> str:
        return _("A month: YYYY-MM")

    def parse(self, cell: Any) -> date:
        if isinstance(cell, date):
            return DATE.parse(cell).replace(day=1)
        match = _MONTH.fullmatch(as_text(cell))
        if match is None or not 1 <= int(match[2]) <= 12:
            raise BadCell(_("Not a month of the form YYYY-MM."))
        return DATE.parse(f"{match[1]}-{match[2]}-01")

    def show(self, value: date) -> str:
        return f"{value:%Y-%m}"


class TimeParser:
    """HH:MM."""

    example = "08:30"

    def form(self) -> str:
        return _("A time of day: HH:MM")

    def parse(self, cell: Any) -> time:
        match = _TIME.fullmatch(as_text(cell))
        if match is None:
            raise BadCell(_("Not a time of the form HH:MM."))
        try:
            return time(int(match[1]), int(match[2]))
        except ValueError as error:
            raise BadCell(_("There is no such time of day.")) from error

    def show(self, value: time) -> str:
        return f"{value:%H:%M}"


BOOLEANS = {"1": True, "true": True, "是": True, "0": False, "false": False, "否": False}


class BoolParser:
    """1/0, true/false, 是/否."""

    example = "1"

    def form(self) -> str:
        return _("Yes or no: 1 or 0, true or false, 是 or 否")

    def parse(self, cell: Any) -> bool:
        value = BOOLEANS.get(as_text(cell).lower())
        if value is None:
            raise BadCell(_("Not yes or no: write 1 or 0, true or false, 是 or 否."))
        return value

    def show(self, value: bool) -> str:
        return "1" if value else "0"


@dataclass(frozen=True)
class NumberParser:
    """A number with so many decimals at most, between two bounds."""

    decimals: int
    least: Decimal = Decimal(0)
    most: Decimal = Decimal("999999999999.99")
    example: str = "1250000.5"

    def form(self) -> str:
        told = {"least": f"{self.least:f}", "most": f"{self.most:f}", "decimals": self.decimals}
        return _("A number from %(least)s to %(most)s with at most %(decimals)s decimals") % told

    def parse(self, cell: Any) -> Decimal:
        try:
            value = Decimal(as_text(cell).replace(",", ""))
        except InvalidOperation as error:
            raise BadCell(_("Not a number.")) from error
        if not value.is_finite():
            raise BadCell(_("Not a number."))
        if not self.least <= value <= self.most:
            least, most = f"{self.least:f}", f"{self.most:f}"
            raise BadCell(_("Not between %(least)s and %(most)s.") % {"least": least, "most": most})
        if value != round(value, self.decimals):
            raise BadCell(_("More than %(most)s decimals.") % {"most": self.decimals})
        return value

    def show(self, value: Any) -> str:
        return plain_number(Decimal(value))


@dataclass(frozen=True)
class WholeParser:
    """A whole number between two bounds."""

    least: int = 0
    most: int = 2_000_000_000
    example: str = "3"

    def form(self) -> str:
        return _("A whole number from %(least)s to %(most)s") % {"least": self.least, "most": self.most}

    def parse(self, cell: Any) -> int:
        text = as_text(cell).replace(",", "")
        if not re.fullmatch(r"[+-]?\d{1,18}", text):
            raise BadCell(_("Not a whole number."))
        if not self.least <= int(text) <= self.most:
            raise BadCell(_("Not between %(least)s and %(most)s.") % {"least": self.least, "most": self.most})
        return int(text)

    def show(self, value: int) -> str:
        return str(value)


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = [pow(3, place, 31) for place in range(17)]


def _is_uscc(text: str) -> bool:
    """Whether the check digit is right, of 18 characters (GB 32100)."""
    if not (text[:8].isascii() and text[:8].isdigit()):
        return False
    values = [_USCC.find(character) for character in text]
    return -1 not in values and (sum(map(mul, values, _USCC_WEIGHTS)) + values[17]) % 31 == 0


class UsccParser:
    """统一社会信用代码 with its check digit (GB 32100)."""

    example = "91350100M000100Y43"

    def form(self) -> str:
        return _("A unified social credit code: 18 characters, the last one checks the others")

    def parse(self, cell: Any) -> str:
        text = as_text(cell).upper()
        if len(text) != 18:  # the library would also take separators; the register does not
            raise BadCell(_("A unified social credit code has exactly 18 characters."))
        if not _is_uscc(text):
            raise BadCell(_("Not a valid unified social credit code: check all 18 characters."))
        return text

    def show(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class ListParser:
    """Several words, separated by semicolons."""

    most: int
    example: str = "甲;乙"

    def form(self) -> str:
        return _("Several words with semicolons between, each of at most %(most)s characters") % {
            "most": self.most
        }

    def parse(self, cell: Any) -> list[str]:
        words = [word.strip() for word in as_text(cell).replace("；", ";").split(";")]
        if any(len(word) > self.most for word in words):
            raise BadCell(_("A word is longer than %(most)s characters.") % {"most": self.most})
        return [word for word in words if word]

    def show(self, value: Sequence[str]) -> str:
        return ";".join(value)


def plain_number(value: Decimal) -> str:
    """Without exponent and without needless noughts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


MONEY = NumberParser(2)
DATE, MONTH, MOMENT, TIME = DateParser(), MonthParser(), MomentParser(), TimeParser()
BOOL, USCC = BoolParser(), UsccParser()
