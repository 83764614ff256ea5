"""Days as people write them. Which of two numbers is the day is a question of the file, never a guess."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache

from babel.dates import get_month_names

from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.wrong import Wrong


class DateOrder(StrEnum):
    """What 03/04/2026 means."""

    DMY = "dmy"
    MDY = "mdy"


_ISO = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_NUMBERS = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?")
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
_YEARS = range(1900, 2200)
_CENTURY = 70
_MONTHS = 12
_NOTHING = frozenset({"19000101", "1900-01-01", "0000-00-00", "00000000", "00/00/0000"})
_MEND = "Write it like 2026-03-31."


def read_day(cell: Cell, order: DateOrder | None) -> date | None:
    """The day a cell means; None for a day that stands for nothing, such as 1900-01-01.

    Text in ISO 8601, day or month first, with the month in words, or the day number of a spreadsheet.

    Raises:
        Wrong: It is no day, or could be two and `order` is not known.
    """
    if not isinstance(cell, str):
        return _serial(float(cell))
    text = cell.strip()
    if text in _NOTHING:
        return None
    if found := _ISO.fullmatch(text):
        return _made(text, int(found[1]), int(found[3]), int(found[4]))
    if found := _NUMBERS.fullmatch(text):
        return _by_order(text, found, order)
    if _SERIAL.fullmatch(text):
        return _serial(float(text))
    return _in_words(text)


def order_of(cell: Cell) -> tuple[bool, DateOrder | None]:
    """Whether the order matters for this cell, and the one that it proves."""
    found = _NUMBERS.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None or found[2] == "." or found[1] == found[3]:
        return False, None
    first, second = int(found[1]), int(found[3])
    if first > _MONTHS >= second:
        return True, DateOrder.DMY
    if second > _MONTHS >= first:
        return True, DateOrder.MDY
    return True, None


def _by_order(text: str, found: re.Match[str], order: DateOrder | None) -> date:
    matters, proved = order_of(text)
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    order = order or proved or (None if matters else DateOrder.DMY)
    if order is None:
        raise Wrong(f"“{text}” can be two different days.", "Say whether the day or the month comes first.")
    if found[2] == ".":
        order = DateOrder.DMY  # everybody who writes points puts the day first
    day, month = (first, second) if order is DateOrder.DMY else (second, first)
    if month > _MONTHS >= day:
        raise Wrong(f"“{text}” has day and month the other way round than the rest of the file.", _MEND)
    return _made(text, year, month, day)


def _year(text: str) -> int:
    year = int(text)
    if len(text) > len("99"):
        return year
    return year + (2000 if year < _CENTURY else 1900)


def _serial(number: float) -> date:
    if not _SERIALS.start <= number < _SERIALS.stop:  # also refuses what is no number
        raise Wrong(f"{number:g} is no date.", _MEND)
    return _EXCEL_ZERO + timedelta(days=int(number))


def _in_words(text: str) -> date:
    words = [word.casefold() for word in _WORDS.findall(text)]
    numbers = [word.rstrip("stndrh") for word in words if word[0].isdigit()]
    months = {month for word in words if (month := _month_names().get(word))}
    if len(months) != 1 or len(numbers) < len(["31", "2026"]) or not all(n.isdecimal() for n in numbers[:2]):
        raise Wrong(f"“{text[:40]}” is no date.", _MEND)
    first, second = numbers[:2]
    year, day = (first, second) if len(first) == len("2026") else (second, first)
    return _made(text, _year(year), months.pop(), int(day))


def _made(text: str, year: int, month: int, day: int) -> date:
    try:
        made = date(year, month, day)
    except (ValueError, OverflowError):
        raise Wrong(f"The day “{text[:40]}” does not exist.", _MEND) from None
    if made.year not in _YEARS:
        raise Wrong(f"The year {made.year} is too far away.", _MEND)
    return made


@cache
def _month_names() -> dict[str, int]:
    """Names and short forms in English, German, French, Spanish, Italian and Dutch (Unicode CLDR)."""
    found: dict[str, int] = {"sept": 9, "mrz": 3}
    for locale in ("en", "de", "fr", "es", "it", "nl"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, locale)
                found |= {name.casefold().strip("."): number for number, name in names.items()}
    return found


def read_moment(cell: Cell, order: DateOrder | None) -> datetime | date:
    """A day, or a moment with or without its offset (RFC 3339, CCYYMMDDHHMMSS, or a day and a time).

    Raises:
        Wrong: It is neither.
    """
    text = cell.strip() if isinstance(cell, str) else ""
    try:
        if len(text) == len("20260331140500") and text.isdecimal():
            return datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone is the account's
        if len(text) > len("2026-03-31"):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    day = read_day(cell, order)
    if day is None:
        raise Wrong(f"“{text}” is no day.", _MEND)
    time = re.search(r"[T ,]\s*(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp][Mm])?\s*$", text)
    if time is None:
        return day
    hour = int(time[1]) % 12 + (12 if time[3].lower() == "pm" else 0) if time[3] else int(time[1])
    try:
        return datetime(day.year, day.month, day.day, hour, int(time[2]))  # noqa: DTZ001 - as above
    except ValueError:
        raise Wrong(f"The time in “{text[:40]}” does not exist.", "Write it like 14:05.") from None
