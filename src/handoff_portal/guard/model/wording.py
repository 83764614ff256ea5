"""Rules in words for people: where, what kind, which numbers."""

import dataclasses
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Final

from handoff_portal.core.jurisdictions import is_place, place_name
from handoff_portal.guard.model.limits import Week
from handoff_portal.guard.model.rulefile import KINDS
from handoff_portal.guard.model.rules import Calendar, Rule
from handoff_portal.guard.model.terms import Effect, Force, Standing
from handoff_portal.guard.model.values import DAYS

_KIND_OF = {kind: word for word, kind in KINDS.items()}
KIND_WORDS: Final[dict[str, str]] = {
    "hours": "Hours of the day",
    "wishes": "Times the customer asked for",
    "frequency": "How often",
    "pace": "Pace of calls",
    "cooldown": "Rest after a conversation",
    "ban": "Closed channels or contents",
    "opt_out": "Opting out of a channel",
    "work_request": "No calls at work",
    "stop": "End of contact",
    "protection": "Breathing space",
    "pause": "Pause until an answer",
    "hold": "Pause for some days",
    "deadline": "Notice within days",
    "overshadowing": "Notice not drowned out",
    "wait": "Notice first",
    "licence": "Licence and approval",
    "duty": "Duty to keep in mind",
    "retention": "How long records are kept",
}
FORCE_WORDS: Final[dict[Force, str]] = {
    Force.STATUTE: "Statute",
    Force.REGULATION: "Regulation",
    Force.DIRECTIVE: "Directive",
    Force.PRESUMPTION: "Presumption",
    Force.GUIDELINE: "Guideline of a regulator",
    Force.HOUSE: "House policy",
    Force.DRAFT: "Draft",
    Force.NONE: "For information",
}
STANDING_WORDS: Final[dict[Standing, str]] = {
    Standing.LAW: "Law",
    Standing.GUIDELINE: "Guideline",
    Standing.HOUSE: "House policy",
    Standing.INFORMATION: "Information",
}
EFFECT_WORDS: Final[dict[Effect, str]] = {
    Effect.BLOCK: "Blocks",
    Effect.WARN: "Warns",
    Effect.EVIDENCE: "A duty",
}
_PLACES = {"*": "Everywhere", "EU": "European Union", "GB-EAW": "England and Wales"}
_DAY_SECONDS = 24 * 3600


def kind_of(rule: Rule) -> str:
    """The word for the rule's kind in a rule file."""
    return _KIND_OF[type(rule.says)]


def place_words(jurisdiction: str) -> str:
    """A place of a rule file for people: "United States", "New York City, New York, United States"."""
    named = _PLACES.get(jurisdiction)
    if named:
        return named
    place, _, city = jurisdiction.partition("/")
    words = place_name(place) if is_place(place) else place
    return f"{city}, {words}" if city else words


def numbers_of(rule: Rule) -> list[tuple[str, str]]:
    """What the rule's kind says beyond its defaults: name and value in words."""
    return [(name.replace("_", " "), value) for name, value in _parts(rule.says)]


def fields_of(rule: Rule) -> dict[str, str]:
    """Every field that a file can change, by name, in words; what is left out is empty."""
    about = {part.name: in_words(getattr(rule, part.name)) for part in dataclasses.fields(rule)}
    del about["says"], about["id"]
    said = {f"says: {name}": in_words(getattr(rule.says, name)) for name in _names(rule.says)}
    return {"kind": KIND_WORDS[kind_of(rule)], **about, **said}


def in_words(value: object) -> str:
    """One value of a rule; empty where nothing is said."""
    if isinstance(value, tuple) and len(value) == len(DAYS):
        return week_words(value)
    if isinstance(value, frozenset | tuple):
        words = map(in_words, value)
        return "; ".join(words) if isinstance(value, tuple) else ", ".join(sorted(words))
    if isinstance(value, Calendar):
        return " ".join(part for part in (value.country, value.subdivision, *value.categories) if part)
    return _one_word(value)


def _one_word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)


def week_words(week: Week) -> str:
    """Windows of a week, days with the same hours together: "mon-sat 08:00-21:00"."""
    found: list[tuple[int, int, str]] = []
    for day, window in enumerate(week):
        hours = " to ".join(map(_clock, window)) if window else "closed"
        if found and found[-1][2] == hours:
            found[-1] = (found[-1][0], day, hours)
        else:
            found.append((day, day, hours))
    return ", ".join(f"{_days(first, last)} {hours}" for first, last, hours in found)


def _days(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _clock(second: int) -> str:
    if second == _DAY_SECONDS:
        return "24:00"
    text = f"{second // 3600:02}:{second // 60 % 60:02}"
    return text if second % 60 == 0 else f"{text}:{second % 60:02}"


def _names(says: object) -> Iterable[str]:
    return [part.name for part in dataclasses.fields(says)]  # type: ignore[arg-type]


def _parts(says: object) -> Iterable[tuple[str, str]]:
    for part in dataclasses.fields(says):  # type: ignore[arg-type]
        value = getattr(says, part.name)
        if value != part.default and (words := in_words(value)):
            yield part.name, words
