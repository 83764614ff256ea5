"""Families of words, read from `families.yaml`: what words and phrases are about, whatever their form.

They stand in for a knowledge of language: a word that no example has is known by its family.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from handoff_portal.conduct.model.wording import stem

US = frozenset(["i", "we", "our", "my", "me", "us"])
YOU = frozenset(["you", "your", "yours", "yourself"])
OTHERS = frozenset(["he", "she", "they", "him", "her", "them", "his", "their"])
_SHORTEST = 3
_VOWELS = "aeiou"
_DOUBLED = "bdgmnprt"
"""Letters that double before an ending: "stop", "stopped"."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A family met at words[start:end]."""

    family: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Families:
    """Word -> its families, and first word -> the phrases that begin with it, with their family."""

    words: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]


def about(form: str) -> tuple[str, ...]:
    """The families of a word, actors included ("US" speaks, "YOU" is spoken to)."""
    actor = ("US",) if form in US else ("YOU",) if form in YOU else ()
    return actor + _of_word(form)


def find_families(forms: Sequence[str]) -> Iterator[Tag]:
    """The families of every word and of every phrase, in order."""
    phrases = _families().phrases
    for i, form in enumerate(forms):
        for family in _of_word(form):
            yield Tag(family, i, i + 1)
        for phrase, family in phrases.get(form, ()):
            if tuple(forms[i : i + len(phrase)]) == phrase:
                yield Tag(family, i, i + len(phrase))


def _of_word(form: str) -> tuple[str, ...]:
    known = _families().words
    return known.get(form, ()) or known.get(stem(form), ())


@cache
def _families() -> _Families:
    read = yaml.safe_load(files(__package__).joinpath("families.yaml").read_text(encoding="utf-8"))
    words: dict[str, dict[str, None]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for family, line in read.items():
        for entry in line.split():
            first, *further = entry.split("_")
            if further:
                phrases.setdefault(first, []).append(((first, *further), family))
                continue
            for form in _forms_of(entry):
                words.setdefault(form, {})[family] = None
    return _Families(
        {form: tuple(names) for form, names in words.items()},
        {first: tuple(found) for first, found in phrases.items()},
    )


def _forms_of(word: str) -> Iterator[str]:
    """A word and what it becomes with -s, -ed and -ing, whether it is a verb or not."""
    yield word
    if not word.isalpha() or len(word) < _SHORTEST:
        return
    for ending in ("s", "es", "ed", "ing"):
        yield word + ending
    if word.endswith("e"):
        yield from (word + "d", word[:-1] + "ing")
    if word.endswith("y") and word[-2] not in _VOWELS:
        yield from (word[:-1] + "ies", word[:-1] + "ied")
    if word[-1] in _DOUBLED and word[-2] in _VOWELS and word[-3] not in _VOWELS:
        yield from (word + word[-1] + "ed", word + word[-1] + "ing")
