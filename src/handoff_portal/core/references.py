"""References people can read aloud: 50 random bits of a case's id in Crockford's base 32, HP-XXXXX-XXXXX."""

import re
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_BITS = 50
_BELOW = 12
_DIGITS = 10
_VARIANT = 0b10 << 62
_WRITTEN = re.compile(rf"(?:HP)?([{_ALPHABET}]{{{_DIGITS}}})")


def reference_of(case: UUID) -> str:
    """The reference of a case; it names the case without telling when or by whom it was made."""
    number = case.int >> _BELOW & (1 << _BITS) - 1
    halves = (number >> 25, number & 0x1FFFFFF)
    first, last = (f"{_PAIRS[half >> 15]}{_PAIRS[half >> 5 & 1023]}{_ALPHABET[half & 31]}" for half in halves)
    return f"HP-{first}-{last}"


def read_reference(typed: str) -> str | None:
    """The reference that a person meant (dashes and look-alikes do not matter), or None."""
    plain = re.sub(r"[\s-]", "", typed).upper()
    found = _WRITTEN.fullmatch(plain) or _WRITTEN.fullmatch(plain.removeprefix("HP").translate(_LIKE))
    return f"HP-{found[1][:5]}-{found[1][5:]}" if found else None


def tails_of(reference: str) -> tuple[bytes, bytes]:
    """First and last of the eight octets that the id of this reference may end with (RFC 9562 variant)."""
    number = 0
    for digit in reference.removeprefix("HP-").replace("-", ""):
        number = number << 5 | _ALPHABET.index(digit)
    low = _VARIANT | number << _BELOW
    return low.to_bytes(8, "big"), (low | (1 << _BELOW) - 1).to_bytes(8, "big")
