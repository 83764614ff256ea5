"""The lexicon: patterns of words with class, reason and kinder wording, read from the YAML files here.

A pattern speaks only for the agency's own words: what is quoted, reported or negated is passed over.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from handoff_portal.conduct.model.terms import Harm, Practice
from handoff_portal.conduct.model.wording import Word, plain_quotes

_REPORTED = re.compile(
    r"\b(?:cust(?:omer)?|consumer|debtor|caller|she|he|they|you|per cust)\b[^.;!?]{0,30}\b"
    r"(?:says?|said|states?d?|alleg\w+|reports?|reported|claims?|claimed|complain\w*|writes?|wrote|"
    r"quoted|mention(?:ed)?|told us|tells us|worr\w+|afraid|asked (?:if|whether)|asks? (?:if|whether))\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of patterns.yaml; `words` is None for the last resort of a class."""

    harm: Harm
    words: re.Pattern[str] | None
    sure: bool
    about: frozenset[str]
    why: str
    kinder: str


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern met in the agency's own words at text[start:end]."""

    pattern: Pattern
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns by class, citations by class, and how practices sound."""

    patterns: dict[Harm, tuple[Pattern, ...]]
    rules: dict[Harm, tuple[str, ...]]
    practices: dict[Practice, re.Pattern[str]]


@cache
def lexicon() -> Lexicon:
    """The committed lexicon."""
    read, classes, practices = (_yaml(f"{name}.yaml") for name in ("patterns", "classes", "practices"))
    return Lexicon(
        {harm: tuple(_pattern(harm, row) for row in read[harm]) for harm in Harm},
        {harm: tuple(classes[harm]["rules"]) for harm in Harm},
        {one: re.compile(practices[one], re.IGNORECASE) for one in Practice},
    )


def find_matches(text: str, words: list[Word]) -> list[Match]:
    """Every pattern in the agency's own words, in the order of the text."""
    plain = plain_quotes(text)
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(plain))]
    found = [
        Match(pattern, hit.start(), hit.end())
        for patterns in lexicon().patterns.values()
        for pattern in patterns
        if pattern.words is not None
        for hit in pattern.words.finditer(plain)
        if hit.end() > hit.start() and _own(plain, hit.start(), words, ends)
    ]
    return sorted(found, key=lambda one: (one.start, one.end))


def find_practices(text: str) -> tuple[Practice, ...]:
    """Respectful practices that the text sounds like."""
    return tuple(one for one, sound in lexicon().practices.items() if sound.search(plain_quotes(text)))


def advice_for(harm: Harm, families: set[str]) -> Pattern:
    """The pattern of a class whose subject is nearest to what the words are about."""
    patterns = lexicon().patterns[harm]
    return (
        max(patterns[:-1], key=lambda one: len(one.about & families), default=patterns[-1])
        if any(one.about & families for one in patterns)
        else patterns[-1]
    )


def _own(text: str, start: int, words: list[Word], ends: list[int]) -> bool:
    """Said by the agency itself: not quoted, not negated, not reported of somebody."""
    number = bisect_right(words, start, key=lambda word: word.end)
    if number == len(words) or words[number].quoted or words[number].negated:
        return False
    return _REPORTED.search(text, ends[bisect_right(ends, start) - 1], start) is None


def _pattern(harm: Harm, row: dict[str, Any]) -> Pattern:
    words = re.compile(rf"\b(?:{row['words']})", re.IGNORECASE) if "words" in row else None
    about = frozenset(row.get("about", ()))
    return Pattern(harm, words, row.get("sure", False), about, row["why"], row["kinder"])


def _yaml(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return read
