"""What of the terms and claims of a case is sealed: one piece, because they are shown together."""

from collections.abc import Iterable
from typing import Self

import msgspec
from msgspec import Struct

from handoff_portal.cases.model.content import Claim, Terms
from handoff_portal.core.ids import ClaimId


class ClaimWords(Struct, frozen=True, gc=False):
    """What of a claim is sealed; its kind, days and amounts lie in clear beside it."""

    number: str
    description: str


class Particulars(Struct, frozen=True, gc=False):
    """The financial class of a case.

    Attributes:
        claims: The words of each claim, by its id.
    """

    terms: Terms = Terms()
    claims: dict[ClaimId, ClaimWords] = {}

    @classmethod
    def of(cls, terms: Terms, claims: Iterable[Claim]) -> Self:
        """What is to be sealed of a case."""
        return cls(terms, {one.id: ClaimWords(one.number, one.description) for one in claims})

    def encode(self) -> bytes:
        """As sealed: JSON."""
        return _ENCODER.encode(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Particulars":
        """The reverse of `encode`."""
        return _DECODER.decode(octets)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Particulars)
