"""Texts become words with their places, split into clauses, with what is quoted and what is negated marked.

A word keeps the span of the text it came from, so that every finding can name the exact words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<money>(?:[£$€₹]|\b(?:gbp|usd|aud|sgd|eur|inr|rs\.?|s\$))\s?\d[\d.,]*|\d[\d.,]*\s?"
    r"(?:£|€|pounds?|dollars?|rupees|quid|bucks|euros?)\b)"
    r"|(?P<clock>\b\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|a\.m\.|p\.m\.|o'clock)|\b\d{1,2}:\d\d\b)"
    r"|(?P<number>\d[\d.,/%-]*)"
    r"|(?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*)"
    r"|(?P<mark>\.\.\.|[.,;:?!()\"“”])",
    re.IGNORECASE,
)
_FULL = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "let's": "let us",
    "i'm": "i am", "ain't": "is not", "needn't": "need not", "pls": "please", "u": "you", "ur": "your",
    "tmrw": "tomorrow", "cust": "customer", "debtor": "customer", "consumer": "customer", "pmt": "payment",
    "acct": "account", "w/out": "without", "thx": "thanks", "mum": "mother", "dad": "father",
    "mom": "mother", "kids": "children", "ma'am": "madam", "gonna": "going to", "gotta": "got to",
}  # fmt: skip
_APOSTROPHES = {0x2018: "'", 0x2019: "'"}
_ENDINGS = (("n't", " not"), ("'ll", " will"), ("'ve", " have"), ("'re", " are"), ("'d", " would"))
_SUBJECTS = frozenset(
    [
        "it",
        "that",
        "there",
        "he",
        "she",
        "what",
        "who",
        "here",
        "nobody",
        "everyone",
        "where",
        "how",
    ]
)
MARKS = frozenset([".", ",", ";", ":", "?", "!", "(", ")", '"', "..."])
_BREAKS = frozenset([".", ";", ":", "?", "!", "(", ")", "...", ","])
_JOINTS = frozenset(
    [
        "but",
        "however",
        "though",
        "although",
        "yet",
        "still",
        "because",
        "unless",
        "if",
        "until",
        "or",
        "and",
        "otherwise",
        "so",
    ]
)
NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "nobody",
        "none",
        "nothing",
        "without",
        "neither",
        "nor",
        "nowhere",
        "no-one",
    ]
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the features see it.

    Attributes:
        form: Lower case, in full ("don't" gives "do" and "not"); numbers become kinds such as "<money>".
        start: Where it begins in the text.
        end: Where it ends; 0 <= start < end <= len(text).
        clause: Number of its clause, from 0.
        negated: A negation stands before it in the same clause.
        quoted: It stands between quotation marks.
    """

    form: str
    start: int
    end: int
    clause: int
    negated: bool
    quoted: bool


def read_words(text: str) -> list[Word]:
    """The words of a text in order; punctuation marks are words of their own."""
    clause = 0
    negated = quoted = opened = False
    words: list[Word] = []
    for form, start, end in _forms(text):
        if form == '"':
            quoted = not quoted
        starts_clause = form in _BREAKS or (form in _JOINTS and opened)
        if starts_clause:
            clause, negated, opened = clause + 1, False, False
        words.append(Word(form, start, end, clause, negated, quoted and form != '"'))
        negated = negated or form in NEGATIONS
        opened = opened or form not in MARKS
    return words


def plain_quotes(text: str) -> str:
    """The text with plain apostrophes; every character keeps its place."""
    return text.translate(_APOSTROPHES)


def _forms(text: str) -> Iterator[tuple[str, int, int]]:
    for found in _TOKEN.finditer(plain_quotes(text)):
        for form in _in_full(found.lastgroup or "word", found.group()):
            yield form, found.start(), found.end()


def _in_full(kind: str, piece: str) -> list[str]:
    """One token as full words."""
    if kind == "mark":
        return ['"' if piece in "“”" else piece]
    if kind != "word":
        return [f"<{kind}>"]
    lower = piece.lower()
    if lower in _FULL:
        return _FULL[lower].split()
    for ending, full in _ENDINGS:
        if lower.endswith(ending) and len(lower) > len(ending):
            return (lower.removesuffix(ending) + full).split()
    if lower.endswith("'s"):
        stem = lower.removesuffix("'s")
        return [stem, "is"] if stem in _SUBJECTS else [stem, "'s"]
    return [lower]


_SHORTEST = 3
_SUFFIXES = ("ingly", "edly", "ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s")


def stem(form: str) -> str:
    """A light English stem: "calling", "calls" and "called" become "call"; short words stay as they are."""
    for suffix in _SUFFIXES:
        if form.endswith(suffix) and len(form) - len(suffix) >= _SHORTEST:
            base = form.removesuffix(suffix)
            return base + "y" if suffix in {"ies", "ied"} else base
    return form
