"""What makes a good password: long, not common, not about us (NIST SP 800-63B-4 section 3.1.1.2)."""

import re
from collections.abc import Callable, Iterable

from handoff_portal.core.refusals import Invalid

SHORTEST = 15
LONGEST = 128
_MOST_REST = 8
_LEAST_LETTERS = 6
_RUN = 4
_LEAST_WORD = 4
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_PRODUCT = ("handoff", "portal", "password", "passphrase", "welcome", "letmein", "collection", "agency")
_HOW = "Four or five words that have nothing to do with each other make a good one."


def require_good_password(
    password: str, own_words: Iterable[str], is_common: Callable[[str], bool], name: str = "password"
) -> None:
    """Refuse a password that others would try.

    Args:
        password: As typed; every character counts, none is changed.
        own_words: Names of the person, the organisation and the address; of no use in a password.
        is_common: Whether a word is on the list of common passwords.
        name: Field that gets the message.

    Raises:
        Invalid: At that field, with what to do instead.
    """
    mistake = _length(password) or _pattern(password) or _words(password, own_words, is_common)
    if mistake:
        raise Invalid({name: mistake})


def words_in(*texts: str) -> list[str]:
    """The words of names and addresses that a password should not lean on."""
    found = {
        word
        for text in texts
        for word in re.split(r"[\W_]+", text.casefold())
        if len(word) >= _LEAST_WORD and word not in {"limited", "company"}
    }
    return sorted(found, key=lambda word: (-len(word), word))


def _length(password: str) -> str:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; this has {len(password)}. {_HOW}"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters; this has {len(password)}."
    return ""


def _pattern(password: str) -> str:
    folded = password.casefold()
    period = _period(folded)
    repeats = period < SHORTEST and period * 2 <= len(folded)
    if repeats or len(set(folded)) < _LEAST_LETTERS:
        return f"This repeats itself, so it is easy to guess. {_HOW}"
    if len(_without_runs(folded)) < _MOST_REST:
        return f"This is mostly a row of keys or letters in order. {_HOW}"
    return ""


def _words(password: str, own_words: Iterable[str], is_common: Callable[[str], bool]) -> str:
    folded = password.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    if is_common(folded) or (len(core) >= _RUN and is_common(core)):
        return f"This is one of the passwords that are tried first. {_HOW}"
    rest = folded
    for word in (*own_words, *_PRODUCT):
        rest = rest.replace(word, "")
    if rest != folded and len(re.sub(r"[\W_]", "", rest)) < _MOST_REST:
        return f"This is mostly your name, your organisation or the portal's. {_HOW}"
    return ""


def _period(text: str) -> int:
    """Length of the shortest piece that the text repeats, its last repeat perhaps cut."""
    return next(size for size in range(1, len(text) + 1) if text[size:] == text[: len(text) - size])


def _without_runs(text: str) -> str:
    """The text with every run along a row (up or down) of four or more letters shortened to one."""
    kept, at = [], 0
    while at < len(text):
        kept.append(text[at])
        at += _run_at(text, at)
    return "".join(kept)


def _run_at(text: str, at: int) -> int:
    longest = 1
    for row in _ROWS:
        for way in (row, row[::-1]):
            size = 1
            while at + size < len(text) and text[at : at + size + 1] in way:
                size += 1
            longest = max(longest, size)
    return longest if longest >= _RUN else 1
