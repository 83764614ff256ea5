"""The bytes of one event in the log, and the code that proves this portal wrote them.

A leaf is UTF-8 JSON with sorted keys and no spaces, of text, whole numbers, true/false, lists and objects.
It is stored as it stands and never written anew from its parts.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from handoff_portal.adapters.vault.macs import Mac

VERSION = 1
MOST_BYTES = 65_535
_MAC_PURPOSE = b"handoff/audit/v1\x00"
_LARGEST = 2**53 - 1
_DEEPEST = 7
_TEXT = frozenset({str})

APPEND_SQL = (
    "select append_event(%(eid)s, %(ts)s, %(kid)s, %(mac)s, %(leaf)s, %(org)s, %(own)s, %(case)s, %(cseq)s,"
    " %(actor)s, %(action)s, %(outcome)s)"
)
"""Puts one event into the log's queue; must be the last statement of the transaction that it explains."""

APPEND_ALL_SQL = (
    "select append_events(%(eids)s, %(ts)s, %(kid)s, %(macs)s, %(leaves)s, %(org)s, %(own)s, %(cases)s,"
    " %(cseqs)s, %(actor)s, %(actions)s, %(outcomes)s)"
)
"""The same for many events of one person on cases of one business."""


class _Leaf(Struct, kw_only=True, omit_defaults=True, gc=False):
    """The parts as `encode` explains them, in the order of their names."""

    act: str
    actor: UUID | None = None
    at: str
    case: UUID | None = None
    cseq: int | None = None
    d: Mapping[str, object] | None = None
    eid: UUID
    ip: str | None = None
    org: UUID | None = None
    out: str
    own: UUID | None = None
    req: str | None = None
    sess: str | None = None
    v: int


class LeafError(ValueError):
    """This cannot be a leaf: another type, too large a number, too many bytes, or another spelling."""


def encode(
    *,
    act: str,
    at: datetime,
    eid: UUID,
    out: str,
    actor: UUID | None = None,
    case: UUID | None = None,
    cseq: int | None = None,
    d: Mapping[str, object] | None = None,
    ip: str = "",
    org: UUID | None = None,
    own: UUID | None = None,
    req: str = "",
    sess: str | None = None,
) -> bytes:
    """The leaf of one event; parts that are None or empty are left out.

    Args:
        act: Action, such as `case.accepted`.
        at: When, with a time zone; written in UTC with microseconds.
        eid: The event's own id.
        out: Outcome.
        actor: The person who acted.
        case: The case concerned.
        cseq: The event's number within the case, from 1 without a gap.
        d: Details: ids, codes, counts and dates as JSON values.
        ip: Client address.
        org: The organisation that acted.
        own: The organisation that owns the case.
        req: Reference of the request.
        sess: First 16 hex digits of the SHA-256 of the session token.

    Raises:
        LeafError: A detail is of another type, or the leaf would exceed 65,535 bytes.
    """
    if d:
        _require_plain(d, _DEEPEST)
    return _written(
        _Leaf(
            act=act,
            actor=actor,
            at=moment(at),
            case=case,
            cseq=cseq,
            d=d or None,
            eid=eid,
            ip=ip or None,
            org=org,
            out=out,
            own=own,
            req=req or None,
            sess=sess or None,
            v=VERSION,
        )
    )


def decode(leaf: bytes) -> dict[str, Any]:
    """The parts of a leaf.

    Raises:
        LeafError: The bytes are not a leaf in its only spelling.
    """
    try:
        parts = json.loads(leaf.decode())
    except (ValueError, RecursionError) as error:
        raise LeafError("This is not JSON.") from error
    if isinstance(parts, dict):
        _require_plain(parts, _DEEPEST + 1)
        if parts.get("v") == VERSION and _written(parts) == leaf:
            return parts
    raise LeafError("This is not a leaf in its only spelling.")


def mac(key: bytes, leaf: bytes) -> bytes:
    """32 bytes: HMAC-SHA-256 under the portal's `audit-mac` key, kept beside the leaf outside the tree."""
    return _mac_under(key).of(_MAC_PURPOSE + leaf)


_mac_under = lru_cache(4)(Mac)


@lru_cache(16)
def moment(at: datetime) -> str:
    """A time as it stands in leaves: `2026-01-02T03:04:05.678901Z`.

    Raises:
        LeafError: The time has no zone.
    """
    if at.tzinfo is None:
        raise LeafError("A time needs its zone.")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _written(parts: _Leaf | Mapping[str, object]) -> bytes:
    try:
        octets = _ENCODER.encode(parts)
    except UnicodeEncodeError as error:
        raise LeafError("This text is not valid Unicode.") from error
    if len(octets) > MOST_BYTES:
        raise LeafError(f"A leaf has at most {MOST_BYTES} bytes, this would have {len(octets)}.")
    return octets


def _plain_text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    raise LeafError(f"A {type(value).__name__} does not belong in a leaf.")


_ENCODER = msgspec.json.Encoder(order="deterministic", enc_hook=_plain_text)


def _require_plain(value: object, depth: int) -> None:
    if isinstance(value, str) or (isinstance(value, int) and -_LARGEST <= value <= _LARGEST):
        return
    for part in _parts_of(value, depth):
        if type(part) is int and -_LARGEST <= part <= _LARGEST:
            continue  # as most parts are that are not text, and every change of the portal is written here
        if type(part) is not str:
            _require_plain(part, depth - 1)


def _parts_of(value: object, depth: int) -> Iterable[object]:
    if depth and isinstance(value, dict):
        if _TEXT.issuperset(map(type, value)):
            return value.values()
        raise LeafError("A name in a leaf is text.")
    if depth and isinstance(value, list):
        return value
    raise LeafError(f"A {type(value).__name__} like this does not belong in a leaf.")
