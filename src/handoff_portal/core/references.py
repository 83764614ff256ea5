"""References people can read aloud: 50 bits of a case's id in Crockford's base 32, HP-XXXXX-XXXXX."""

import re
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_BITS = 50
_DIGITS = 10
_WRITTEN = re.compile(rf"(?:HP)?([{_ALPHABET}]{{{_DIGITS}}})")


def reference_of(case: UUID) -> str:
    """The reference of a case; it names the case without telling when or by whom it was made."""
    number = case.int >> (128 - _BITS)
    halves = (number >> 25, number & 0x1FFFFFF)
    first, last = (f"{_PAIRS[half >> 15]}{_PAIRS[half >> 5 & 1023]}{_ALPHABET[half & 31]}" for half in halves)
    return f"HP-{first}-{last}"


def read_reference(typed: str) -> str | None:
    """The reference that a person meant (dashes and look-alikes do not matter), or None."""
    plain = re.sub(r"[\s-]", "", typed).upper()
    found = _WRITTEN.fullmatch(plain) or _WRITTEN.fullmatch(plain.removeprefix("HP").translate(_LIKE))
    return f"HP-{found[1][:5]}-{found[1][5:]}" if found else None


def ids_of_reference(reference: str) -> tuple[UUID, UUID]:
    """First and last id that have this reference; the log keeps ids only."""
    number = 0
    for digit in reference.removeprefix("HP-").replace("-", ""):
        number = number << 5 | _ALPHABET.index(digit)
    low = number << (128 - _BITS)
    return UUID(int=low), UUID(int=low | ((1 << (128 - _BITS)) - 1))
