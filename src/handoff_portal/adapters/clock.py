"""The one place that reads the clock and draws randomness."""

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID, SafeUUID

from handoff_portal.adapters.randomness import draw

_RANDOM = ~(0xF << 76 | 0x3 << 62)
_FIXED = 0x7 << 76 | 0x2 << 62
_set = object.__setattr__


def utc_now() -> datetime:
    """The current time, aware, UTC, microseconds."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def new_id() -> UUID:
    """An identifier that begins with the milliseconds since 1970 and goes on at random (RFC 9562 version 7).

    Rows made together lie together in every index, so writing many touches few pages; nothing relies on the
    order. An imported account takes nine, and UUID() would look at every way to make one, for three times as
    long.
    """
    made = UUID.__new__(UUID)
    milliseconds, drawn = time.time_ns() // 1_000_000, int.from_bytes(draw(10), "big")
    _set(made, "int", milliseconds << 80 | drawn & _RANDOM | _FIXED)
    _set(made, "is_safe", SafeUUID.unknown)
    return made


def new_token() -> bytes:
    """32 random bytes for sessions, invitations and keys."""
    return secrets.token_bytes(32)
