"""Blind indexes: finding equal values without storing them, each organisation under its own key.

Source: the keyed-index idea of CipherSweet; the derivation is HKDF-Expand-SHA-512 (RFC 5869) and HMAC-SHA-256
(RFC 2104). A dump shows equality inside one organisation and one column, nothing across. Phone numbers and
e-mail addresses get no index that spans organisations: such values are few enough to be guessed once the root
key leaks.
"""

import unicodedata
from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from handoff_portal.adapters.vault.macs import Mac
from handoff_portal.adapters.vault.seal import prefixed


class Rule(StrEnum):
    """What counts as the same value in a column."""

    TEXT = "text"
    """Letters' case, width and the amount of white space do not matter."""
    PHONE = "phone"
    """Only the digits count."""
    IDENTIFIER = "identifier"
    """White space and hyphens do not matter either."""


def normalise(value: str, rule: Rule) -> str:
    """Give the spelling all equal values share: NFKC, case folded, then the column's rule. May be empty."""
    if value.isascii():
        return _OF_ASCII[rule](value.lower())
    spelled = _by_rule(_folded(value), rule)
    while (again := _by_rule(_folded(spelled), rule)) != spelled:
        spelled = again  # leaving a space out can bring a letter and its accent together
    return spelled


_NO_DIGIT = {code: None for code in range(128) if not chr(code).isdecimal()}
_SPACE_OR_DASH = {code: None for code in range(128) if chr(code).isspace() or chr(code) == "-"}


_OF_ASCII: dict[Rule, Callable[[str], str]] = {
    Rule.TEXT: lambda lower: " ".join(lower.split()),
    Rule.PHONE: lambda lower: lower.translate(_NO_DIGIT),
    Rule.IDENTIFIER: lambda lower: lower.translate(_SPACE_OR_DASH),
}
"""The same for what most values are, in lower case: nothing to compose, one dash, one kind of digits."""


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())


def _by_rule(folded: str, rule: Rule) -> str:
    match rule:
        case Rule.TEXT:
            return " ".join(folded.split())
        case Rule.PHONE:
            return "".join(str(unicodedata.decimal(c)) for c in folded if c.isdecimal())
        case Rule.IDENTIFIER:
            return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Pd")


class BlindIndex:
    """Computes blind indexes under one 32-byte root key."""

    def __init__(self, root: bytes) -> None:
        self._root = root

    def of(
        self, org_id: UUID, column: str, value: str, rule: Rule, *, version: int = 1, bits: int = 128
    ) -> bytes:
        """Give the index of `value` in `column` (written "table.column") of one organisation.

        128 bits suit references; 16 bits with decrypt-and-compare suit national ids, where equality itself
        must stay vague. A value that is empty once normalised has no index (ValueError): nothing equals it.
        """
        if bits % 8 or not 8 <= bits <= 128:  # noqa: PLR2004 - the lengths named above
            raise ValueError("a blind index has 8 to 128 bits")
        return self.column(org_id, column, rule, version=version)(value)[: bits // 8]

    def column(self, org_id: UUID, column: str, rule: Rule, *, version: int = 1) -> Callable[[str], bytes]:
        """Give what makes the 128-bit indexes of one column of one organisation, for many values at once."""
        index_if_any = self._indexer(org_id, column, rule, version)

        def index(value: str) -> bytes:
            found = index_if_any(value)
            if found is None:
                raise ValueError("a blind index needs a value")
            return found

        return index

    def column_if_any(self, org_id: UUID, column: str, rule: Rule) -> Callable[[str], bytes | None]:
        """The same where values may be missing: None for what is empty once normalised."""
        return self._indexer(org_id, column, rule, 1)

    def _indexer(self, org_id: UUID, column: str, rule: Rule, version: int) -> Callable[[str], bytes | None]:
        code, of_ascii = Mac(self._column_key(org_id, column, version)).of, _OF_ASCII[rule]

        def index(value: str) -> bytes | None:
            normal = of_ascii(value.lower()) if value.isascii() else normalise(value, rule)
            return code(normal.encode())[:16] if normal else None

        return index

    def _column_key(self, org_id: UUID, column: str, version: int) -> bytes:
        place = prefixed(org_id.bytes) + prefixed(column.encode()) + version.to_bytes(2, "big")
        return HKDFExpand(SHA512(), 32, b"handoff/bi/v1\x00" + place).derive(self._root)
