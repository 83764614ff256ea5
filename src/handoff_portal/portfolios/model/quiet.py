"""Times at which a customer does not want contact, as people write them: “Mon-Fri 09:00-17:00; Sun”."""

import re

from handoff_portal.cases.model.content import Quiet
from handoff_portal.portfolios.model.wrong import Wrong

_DAY = 24 * 3600
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = (
    "mon|monday|mo|montag|lun|lundi|lunes",
    "tue|tues|tuesday|di|dienstag|mar|mardi|martes",
    "wed|wednesday|mi|mittwoch|mer|mercredi|mie|mié|miércoles|miercoles",
    "thu|thur|thurs|thursday|do|donnerstag|jeu|jeudi|jue|jueves",
    "fri|friday|fr|freitag|ven|vendredi|vie|viernes",
    "sat|saturday|sa|samstag|sam|samedi|sáb|sab|sábado|sabado",
    "sun|sunday|so|sonntag|dim|dimanche|dom|domingo",
)
_DAYS = {name: number for number, names in enumerate(_NAMES) for name in names.split("|")}
_SPANS = {
    **dict.fromkeys(("weekdays", "weekday", "werktags", "workdays"), tuple(range(5))),
    **dict.fromkeys(("weekend", "weekends", "wochenende"), (5, 6)),
    **dict.fromkeys(
        ("daily", "always", "all", "every day", "everyday", "täglich", "any day"), tuple(range(7))
    ),
}
_CLOCK = r"(?:\d{1,2}(?:[:.h]\d{2})?\s*(?:am|pm|uhr|h)?|noon|midnight)"
_TIMES = re.compile(
    rf"(?P<word>before|until|till|after|from|vor|bis|nach|ab|avant|après|antes|después)?\s*(?P<first>{_CLOCK})"
    rf"(?:\s*(?:-|to|until|till|bis|and|à|a)\s*(?P<last>{_CLOCK}))?$"
)
_BETWEEN = re.compile(r"\s*(?:-|\b(?:to|bis|à)\b)\s*")
_DASHES = {ord("\N{EN DASH}"): "-", ord("\N{EM DASH}"): "-"}
_UNTIL = frozenset({"before", "until", "till", "vor", "bis", "avant", "antes"})
_HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?")
_NOON = 12


def read_times(text: str) -> tuple[str, ...]:
    """The times of a cell, each as `write_time` writes it.

    Raises:
        Wrong: A part names no days or hours that can be read.
    """
    parts = (part.strip() for part in re.split(r"[;\n]", text))
    return tuple(dict.fromkeys(write_time(read_time(part)) for part in parts if part))


def read_time(text: str) -> Quiet:
    """One time: days, hours, or both. Without days every day is meant, without hours the whole day.

    Raises:
        Wrong: It names no days or hours that can be read.
    """
    plain = " ".join(text.casefold().translate(_DASHES).split())
    found = _TIMES.search(plain)
    named = plain[: found.start()] if found else plain
    start, end = _hours(found, text) if found else (0, _DAY)
    days = _days(named.strip(" ,:"), text)
    if start == end:
        raise Wrong(f"“{text[:40]}” begins and ends at the same time.", "Write it like Mon-Fri 09:00-17:00.")
    return Quiet(days, start, end)


def write_time(time: Quiet) -> str:
    """The same in the shortest words that `read_time` reads."""
    days = " ".join(_WEEK[day] for day in time.days) or "daily"
    return days if (time.start, time.end) == (0, _DAY) else f"{days} {_clock(time.start)}-{_clock(time.end)}"


def _days(named: str, text: str) -> tuple[int, ...]:
    if not named or named in _SPANS:
        days = _SPANS.get(named, ())
        return () if len(days) == len(_WEEK) else days
    found: set[int] = set()
    for part in re.split(r"[,\s]+", _BETWEEN.sub("-", named)):
        found |= _span(part.strip("."), text)
    return tuple(sorted(found))


def _span(part: str, text: str) -> set[int]:
    if part in _SPANS:
        return set(_SPANS[part])
    if part in {"", "and", "und", "et", "y", "on", "&"}:
        return set()
    ends = [end.strip(".") for end in part.split("-")]
    if not all(end in _DAYS for end in ends) or len(ends) > len(("from", "to")):
        raise _unclear(text)
    first, last = _DAYS[ends[0]], _DAYS[ends[-1]]
    return {(first + step) % len(_WEEK) for step in range((last - first) % len(_WEEK) + 1)}


def _hours(found: re.Match[str], text: str) -> tuple[int, int]:
    first, last, word = found["first"], found["last"], found["word"] or ""
    if last is None:
        if not word:
            raise _unclear(text)
        return (0, _second(first, text)) if word in _UNTIL else (_second(first, text), _DAY)
    begin = _second(first, text)
    end = _second(last, text)
    if "am" not in first and "pm" not in first and "pm" in last and begin > end:
        raise _unclear(text)
    return begin, end or _DAY


def _second(clock: str, text: str) -> int:
    if clock in {"noon", "midnight"}:
        return _NOON * 3600 if clock == "noon" else 0
    hour, minute, half = _HOUR.match(clock).groups()  # type: ignore[union-attr] # it begins with a number
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= _NOON:
            raise _unclear(text)
        hours = hours % _NOON + (_NOON if half == "pm" else 0)
    second = hours * 3600 + minutes * 60
    if second > _DAY or minutes > 59:  # noqa: PLR2004 - minutes of an hour
        raise _unclear(text)
    return second


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def _unclear(text: str) -> Wrong:
    return Wrong(f"“{text[:40]}” says no times that can be read.", "Write it like Mon-Fri 09:00-17:00; Sun.")
