"""The one place that reads the clock and draws randomness."""

import secrets
from datetime import UTC, datetime
from uuid import UUID, SafeUUID

from handoff_portal.adapters.randomness import draw

_RANDOM = ~(0xF << 76 | 0x3 << 62)
_FIXED = 0x4 << 76 | 0x2 << 62
_set = object.__setattr__


def utc_now() -> datetime:
    """The current time, aware, UTC, microseconds."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def new_id() -> UUID:
    """A random identifier (RFC 9562 version 4).

    An imported account takes nine, and UUID() would look at every way to make one, for three times as long.
    """
    made = UUID.__new__(UUID)
    _set(made, "int", int.from_bytes(draw(16), "big") & _RANDOM | _FIXED)
    _set(made, "is_safe", SafeUUID.unknown)
    return made


def new_token() -> bytes:
    """32 random bytes for sessions, invitations and keys."""
    return secrets.token_bytes(32)
