"""What the guard looked at when it judged a contact, as bytes: so that other rules can be asked later.

History is left out; it is counted anew from the contacts that are stored.
"""

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from handoff_portal.guard.model.situation import Proposed, Situation


@dataclass(frozen=True, slots=True)
class Remembered:
    """A contact and what was known when it was judged.

    Attributes:
        situation: Without history.
    """

    situation: Situation
    proposed: Proposed

    def encode(self) -> bytes:
        """As JSON; zones by their IANA names."""
        return _ENCODER.encode(replace(self, situation=replace(self.situation, history=())))

    @classmethod
    def decode(cls, octets: bytes) -> "Remembered":
        """The reverse of `encode`. Raises ValueError for anything else, or a zone that nobody knows."""
        try:
            return _DECODER.decode(octets)
        except (msgspec.DecodeError, LookupError, OSError) as error:
            raise ValueError("this is not what the guard remembers") from error


def _name(value: object) -> str:
    if isinstance(value, ZoneInfo) and value.key:
        return value.key
    raise NotImplementedError(type(value).__name__)


def _zone(wanted: type, value: Any) -> tzinfo:  # noqa: ANN401 - as msgspec hands it over
    if wanted is tzinfo:
        return ZoneInfo(value)
    raise NotImplementedError(wanted.__name__)


_ENCODER = msgspec.json.Encoder(enc_hook=_name)
_DECODER = msgspec.json.Decoder(Remembered, dec_hook=_zone)
