"""What the linear model sees of a text: words, pairs, triples, families, negation, opening, close and manner.

Each feature is a short readable name with the numbers of the words it came from, so that a score can be
explained by words. `families.yaml` lists what words are about.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

from handoff_portal.conduct.model.wording import MARKS, NEGATIONS, Word, stem

Feature = tuple[str, tuple[int, ...]]
"""Name and the numbers of the words behind it."""

_US = frozenset(["i", "we", "our", "my", "me", "us"])
_YOU = frozenset(["you", "your", "yours", "yourself"])
_RULES = frozenset(
    ["agent", "collector", "anyone", "anybody", "nobody", "train", "coach", "module", "quiz", "reminder",
     "policy", "note", "lesson", "poster", "never"]
)  # fmt: skip
"""Openings of what is written to colleagues about how to work."""
_RULES_IN_TWO = frozenset(
    ["do not", "no one", "our policy", "our rule", "our staff", "our agents", "our system", "we do",
     "we never", "we take", "we are", "we will", "it is"]
)  # fmt: skip
"""The same in two words; the clause must also be negated."""
_REPORTS = frozenset(
    ["customer", "caller", "previous", "former", "complaint", "complain", "complained", "apologised",
     "apologized", "apologise", "apologize", "apologies", "sorry", "reported"]
)  # fmt: skip
"""Words of those who report or regret what others did or said."""


@cache
def families() -> dict[str, tuple[str, ...]]:
    """Word -> the names of its families."""
    text = files(__package__).joinpath("families.yaml").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for name, words in yaml.safe_load(text).items():
        for word in words.split():
            found[word] = (*found.get(word, ()), name)
    return found


def about(form: str) -> tuple[str, ...]:
    """The families of a word, actors included ("US" speaks, "YOU" is spoken to)."""
    known = families()
    actor = ("US",) if form in _US else ("YOU",) if form in _YOU else ()
    return actor + known.get(form, known.get(stem(form), ()))


def read_features(words: list[Word]) -> list[Feature]:
    """Every feature of the words; the same name may come more than once."""
    stems = [stem(word.form) for word in words]
    return [
        *_sequences(stems),
        *_apart(words, stems),
        *_sorts(words, stems),
        *_meanings(words, stems),
        *_denied(words),
        *_ends(words, stems),
        *_shape(words),
        *_manner(words, stems),
    ]


def _sequences(stems: list[str]) -> Iterator[Feature]:
    """Single words, pairs and triples."""
    for i, one in enumerate(stems):
        yield f"w={one}", (i,)
        if i > 0:
            yield f"b={stems[i - 1]} {one}", (i - 1, i)
        if i > 1:
            yield f"t={' '.join(stems[i - 2 : i + 1])}", (i - 2, i - 1, i)


def _apart(words: list[Word], stems: list[str]) -> Iterator[Feature]:
    """Pairs with one word between them, which may be any ("your _ will" for "your boss will")."""
    for i in range(2, len(stems)):
        if MARKS.isdisjoint(word.form for word in words[i - 2 : i + 1]):
            yield f"s={stems[i - 2]} {stems[i]}", (i - 2, i)


def _sorts(words: list[Word], stems: list[str]) -> Iterator[Feature]:
    """Pairs in which words stand for their family ("SEIZE your" for "take your" as for "freeze your")."""
    sorts = [(about(word.form) or (one,))[0] for word, one in zip(words, stems, strict=True)]
    for i in range(1, len(sorts)):
        yield f"q={sorts[i - 1]} {sorts[i]}", (i - 1, i)


def _meanings(words: list[Word], stems: list[str]) -> Iterator[Feature]:
    """What words are about, with ! for the negated."""
    for i, word in enumerate(words):
        mark = "!" if word.negated else ""
        if word.negated and word.form not in MARKS:
            yield f"n=!{stems[i]}", (i,)
        for family in about(word.form):
            yield f"f={mark}{family}", (i,)


def _denied(words: list[Word]) -> Iterator[Feature]:
    """What clauses with a negation are about, wherever in them it stands ("your wages can not be taken")."""
    denied = {word.clause for word in words if word.form in NEGATIONS}
    for i, word in enumerate(words):
        if word.clause in denied:
            for family in about(word.form):
                yield f"cn={family}", (i,)


def _ends(words: list[Word], stems: list[str]) -> Iterator[Feature]:
    """How the text opens, and its last clause: what follows "but" weighs more than what stands before."""
    spoken = [i for i, word in enumerate(words) if word.form not in MARKS]
    if not spoken:
        return
    yield f"first={stems[spoken[0]]}", (spoken[0],)
    if len(spoken) > 1:
        yield f"first2={stems[spoken[0]]} {stems[spoken[1]]}", (spoken[0], spoken[1])
    last = words[spoken[-1]].clause
    for i in spoken:
        if words[i].clause == last:
            yield f"l={stems[i]}", (i,)
            for family in about(words[i].form):
                yield f"l={'!' if words[i].negated else ''}{family}", (i,)


def _shape(words: list[Word]) -> Iterator[Feature]:
    """How long it is, who is spoken of, and how it ends."""
    spoken = [word.form for word in words if word.form not in MARKS]
    marks = [word.form for word in words if word.form in MARKS]
    end = marks[-1] if marks else ""
    actors = f"{'us' if _US & set(spoken) else ''} {'you' if _YOU & set(spoken) else ''}"
    yield f"len={min(6, len(spoken) // 4)}", ()
    yield f"sentences={min(4, sum(mark in '.?!' for mark in marks))}", ()
    yield f"who={actors}", ()
    yield f"who={actors}{end}", ()


def _manner(words: list[Word], stems: list[str]) -> Iterator[Feature]:
    """Whether it lays down how to work, or reports or regrets: what it names is then seldom what it does."""
    spoken = [i for i, word in enumerate(words) if word.form not in MARKS]
    opening = spoken[:2]
    if opening:
        pair = " ".join(words[i].form for i in opening)
        denied = any(word.form in NEGATIONS for word in words if word.clause == words[opening[0]].clause)
        if stems[opening[0]] in _RULES or (pair in _RULES_IN_TWO and denied):
            yield "x=rule", tuple(opening)
    for i in spoken:
        if words[i].form in _REPORTS:
            yield "x=report", (i,)
