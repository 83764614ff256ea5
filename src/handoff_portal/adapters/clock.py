"""The one place that reads the clock and draws randomness."""

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID, SafeUUID

from handoff_portal.adapters.randomness import draw

_DRAWN = ~(0xF << 76 | 0x3 << 62)
_VERSION_4, _VERSION_7 = (version << 76 | 0x2 << 62 for version in (4, 7))
_set = object.__setattr__


def utc_now() -> datetime:
    """The current time, aware, UTC, microseconds."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def new_id() -> UUID:
    """An identifier that begins with the milliseconds since 1970 and goes on at random (RFC 9562 version 7).

    Rows made together lie together in every index, so writing many touches few pages; nothing relies on the
    order.
    """
    drawn = int.from_bytes(draw(10), "big")
    return _made(time.time_ns() // 1_000_000 << 80 | drawn & _DRAWN | _VERSION_7)


def new_event_id() -> UUID:
    """An identifier with all the randomness there can be (version 4): hashes of events are public."""
    return _made(int.from_bytes(draw(16), "big") & _DRAWN | _VERSION_4)


def _made(number: int) -> UUID:
    """UUID() would look at every way to make one, for three times as long; an imported account takes nine."""
    made = UUID.__new__(UUID)
    _set(made, "int", number)
    _set(made, "is_safe", SafeUUID.unknown)
    return made


def new_token() -> bytes:
    """32 random bytes for sessions, invitations and keys."""
    return secrets.token_bytes(32)
