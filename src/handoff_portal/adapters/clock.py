"""The one place that reads the clock and draws randomness."""

import secrets
from datetime import UTC, datetime
from uuid import UUID

from handoff_portal.adapters.randomness import draw

_RANDOM = ~(0xF << 76 | 0x3 << 62)
_FIXED = 0x4 << 76 | 0x2 << 62


def utc_now() -> datetime:
    """The current time, aware, UTC, microseconds."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def new_id() -> UUID:
    """A random identifier (RFC 9562 version 4)."""
    return UUID(int=int.from_bytes(draw(16), "big") & _RANDOM | _FIXED)


def new_token() -> bytes:
    """32 random bytes for sessions, invitations and keys."""
    return secrets.token_bytes(32)
