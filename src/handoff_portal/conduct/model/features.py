"""What the linear model sees of a text: words, pairs, triples, families, negation, opening, close and manner.

Each feature is a short readable name with the numbers of the words it came from, so that a score can be
explained by words. `families.yaml` lists what words are about.
"""

from collections.abc import Iterator

from handoff_portal.conduct.model.families import OTHERS, US, YOU, Tag, about, find_families
from handoff_portal.conduct.model.wording import MARKS, NEGATIONS, Word, stem

Feature = tuple[str, tuple[int, ...]]
"""Name and the numbers of the words behind it."""

_OF_FAMILIES = ("F=", "K=", "D=", "L=", "P=")
_FAMILIES_COUNT = 0.35
"""What the families of a text count together, against 1 for its words."""
_MOST_FAMILIES = 40
"""Families of one text that are paired; a short text has fewer."""
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


def share(name: str) -> float:
    """What all features of this kind count together in a text."""
    return _FAMILIES_COUNT if name.startswith(_OF_FAMILIES) else 1.0


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
        *_families(words),
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
    actors = f"{'us' if US & set(spoken) else ''} {'you' if YOU & set(spoken) else ''}"
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


def _families(words: list[Word]) -> Iterator[Feature]:
    """What words and phrases are about: alone, denied, by whom the clause is about, last, in pairs."""
    tags = list(find_families([word.form for word in words]))
    manner = _clauses(words)
    last = max((word.clause for word in words if word.form not in MARKS), default=0)
    for tag in tags:
        places = tuple(range(tag.start, tag.end))
        clause = words[tag.start].clause
        actor, denied = manner[clause]
        inside = any(words[i].form in NEGATIONS for i in places)
        yield f"F={'!' if words[tag.start].negated and not inside else ''}{tag.family}", places
        yield f"K={actor}{'!' if denied else ''}{tag.family}", places
        if denied:
            yield f"D={tag.family}", places
        if clause == last:
            yield f"L={tag.family}", places
    yield from _pairs(tags)


def _pairs(tags: list[Tag]) -> Iterator[Feature]:
    """Any two families of the text."""
    first = {tag.family: tag.start for tag in reversed(tags)}
    names = sorted(first)[:_MOST_FAMILIES]
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            yield f"P={one}+{other}", (first[one], first[other])


def _clauses(words: list[Word]) -> dict[int, tuple[str, bool]]:
    """For each clause who is spoken of first, and whether anything in it is negated."""
    found: dict[int, tuple[str, bool]] = {}
    for word in words:
        actor, denied = found.get(word.clause, ("-", False))
        found[word.clause] = (_actor(word.form) if actor == "-" else actor, denied or word.form in NEGATIONS)
    return found


def _actor(form: str) -> str:
    return "US" if form in US else "YOU" if form in YOU else "TH" if form in OTHERS else "-"
