"""Reading values out of uploaded rule files and vectors: each says what is wrong with it, in words."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from handoff_portal.guard.model.limits import Week, Window

E = TypeVar("E", bound=StrEnum)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BETWEEN = re.compile(r"[\s_-]+")
_YEARS = range(1900, 2200)
_DAY_SECONDS = 24 * 3600
MOST = 10_000
"""Days, minutes, years or contacts in a rule: 27 years of days."""
_SPANS = {"all": range(7), "weekdays": range(5), "weekends": range(5, 7), "weekend": range(5, 7)}


class BadValue(ValueError):
    """A value that cannot be read; the text says what was expected."""


def text(value: object) -> str:
    """Words on one or more lines, not empty."""
    if not isinstance(value, str) or not value.strip():
        raise BadValue("must be words")
    return value.strip()


def one_of(kind: type[E], value: object) -> E:
    """A word of a closed list."""
    try:
        return kind(str(value))
    except ValueError as error:
        raise BadValue(f"{value!r} is none of {', '.join(kind)}") from error


def many(kind: type[E], value: object) -> frozenset[E]:
    """A list of words of a closed list."""
    if not isinstance(value, list):
        raise BadValue("must be a list")
    return frozenset(one_of(kind, one) for one in value)


def number(value: object) -> int:
    """A whole number from 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadValue("must be a whole number, 0 or more")
    return value


def small_number(value: object) -> int:
    """A whole number as rules use them, up to `MOST`: more would only keep people waiting for an answer."""
    found = number(value)
    if found > MOST:
        raise BadValue(f"must be at most {MOST}")
    return found


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise BadValue("must be true or false")
    return value


def day(value: object) -> date:
    """An ISO 8601 date; a time behind it is ignored where the file writes a moment."""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise BadValue(f"{value!r} is no date like 2026-06-09") from error
    _require_near(found.year)
    return found.date() if isinstance(found, datetime) else found


def _require_near(year: int) -> None:
    if year not in _YEARS:
        raise BadValue(f"the year {year} is too far away")


def moment(value: object) -> datetime:
    """An ISO 8601 moment with its offset from UTC."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip().upper())
    except ValueError as error:
        raise BadValue(f"{value!r} is no moment like 2026-06-09T13:00:00Z") from error
    if found.tzinfo is None:
        raise BadValue(f"{value!r} has no offset; write 2026-06-09T13:00:00Z")
    _require_near(found.year)
    return found.astimezone(UTC)


def moment_in(zone: tzinfo) -> Callable[[object], datetime]:
    """A reader of moments that takes a bare date as the beginning of that day in the zone."""

    def read(value: object) -> datetime:
        bare = isinstance(value, date) and not isinstance(value, datetime)
        if bare or _DATE.fullmatch(str(value).strip()):
            return datetime.combine(day(value), time(), zone).astimezone(UTC)
        return moment(value)

    return read


def plain_word(value: object) -> str:
    """A word in the form in which words are looked up: lower case, one underscore between its parts."""
    return _BETWEEN.sub("_", str(value).strip().lower())


def second_of_day(value: object) -> int:
    """A time of day as seconds, 24:00 the end of the day. YAML reads a bare 12:00 as 720, that is minutes."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value // 60:02}:{value % 60:02}"
    found = _CLOCK.fullmatch(str(value))
    if found is None:
        raise BadValue(f"{value!r} is no time like 08:00")
    hour, minute, second = (int(part or 0) for part in found.groups())
    if (seconds := hour * 3600 + minute * 60 + second) > _DAY_SECONDS:
        raise BadValue(f"{value!r} is past the end of the day")
    return seconds


def window(value: object) -> Window:
    """Two times of day, "08:00-21:00", the first before the second."""
    start, dash, end = str(value).partition("-")
    if not dash:
        raise BadValue(f"{value!r} is no window like 08:00-21:00")
    found = second_of_day(start.strip()), second_of_day(end.strip())
    if found[0] >= found[1]:
        raise BadValue(f"{value!r} ends before it begins")
    return found


def weekdays(value: object) -> frozenset[int]:
    """Days: "all", "weekdays", "weekends", "mon", "mon-fri", or a list of these."""
    if isinstance(value, list):
        return frozenset(found for one in value for found in weekdays(one))
    word = str(value).strip().lower()
    if word in _SPANS:
        return frozenset(_SPANS[word])
    first, _, last = word.partition("-")
    try:
        return frozenset(range(DAYS.index(first[:3]), DAYS.index((last or first)[:3]) + 1))
    except ValueError as error:
        raise BadValue(f"{value!r} names no days like mon or mon-fri") from error


def week(value: object) -> Week:
    """Days to windows; a day that is not named has none."""
    if not isinstance(value, dict) or not value:
        raise BadValue("must name days with windows, such as mon-sat: 08:00-21:00")
    found: list[Window | None] = [None] * len(DAYS)
    for days, hours in value.items():
        for one in weekdays(days):
            found[one] = window(hours)
    return tuple(found)


def values_for(
    kind: type, given: Mapping[str, object], problem: Callable[[str, str], None]
) -> dict[str, Any]:
    """The parts of a dataclass out of a mapping, read by their types.

    Args:
        kind: The dataclass.
        given: What the file says.
        problem: Called with the name of a part and what is wrong with it.
    """
    hints = get_type_hints(kind)
    for name in given.keys() - hints.keys():
        problem(name, f"is not known here; known are {', '.join(hints)}")
    found: dict[str, Any] = {}
    for name, hint in hints.items():
        if given.get(name) is None:
            continue
        try:
            found[name] = _as(hint, given[name])
        except BadValue as bad:
            problem(name, str(bad))
    return found


def _as(hint: Any, value: object) -> Any:  # noqa: ANN401 - a type says what comes out
    if hint == Week:
        return week(value)
    if get_origin(hint) is UnionType:
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is frozenset:
        return _set_of(get_args(hint)[0], value)
    if hint == tuple[str, ...]:
        return _texts(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return one_of(hint, value)
    return {int: small_number, bool: flag, str: text, date: day}[hint](value)


def _set_of(kind: Any, value: object) -> Any:  # noqa: ANN401
    return frozenset(_texts(value)) if kind is str else many(kind, value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadValue("must be a list")
    return tuple(text(one) for one in value)
