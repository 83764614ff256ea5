"""What outsiders say about checkpoints: hourly time stamps, cosignatures of witnesses; kept in two places.

Each is kept where the checkpoints are kept apart from the database, and then in a row.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from psycopg import Connection

from handoff_portal.adapters.timestamps import Authority, read_stamp
from handoff_portal.audit import note, store
from handoff_portal.audit.checkpoints import Anchor, ForkFoundError, LogKey
from handoff_portal.audit.export import Anchored
from handoff_portal.audit.model import SignedRoot, Spoken, Testimony
from handoff_portal.audit.store import testimony as rows

STAMP_EVERY = timedelta(minutes=55)
"""A little less than the hour that is promised, since the worker looks every few minutes only."""


def stamp_newest(
    connection: Connection, anchor: Anchor, authority: Authority, now: datetime
) -> Testimony | None:
    """Have the newest checkpoint stamped if the last stamp is an hour old and the log has grown.

    Raises:
        OutgoingError: The authority does not answer.
        StampError: It answered something else.
    """
    signed = store.newest_checkpoint(connection)
    if signed is None or not _is_due(connection, signed, now):
        return None
    token = authority.stamp(signed.note.encode())
    giver = urlsplit(authority.url).hostname or "unnamed"
    given = Testimony(signed.size, Spoken.TIMESTAMP, giver, token, read_stamp(token).at, now)
    _keep(connection, anchor, given)
    return given


def _is_due(connection: Connection, signed: SignedRoot, now: datetime) -> bool:
    stamps = [one for one in rows.newest_of_each(connection, signed.size) if one.kind == Spoken.TIMESTAMP]
    return all(one.size < signed.size and now - one.stored_at >= STAMP_EVERY for one in stamps)


def accept_cosignatures(
    connection: Connection,
    anchor: Anchor,
    key: LogKey,
    witnesses: Sequence[note.Verifier],
    raw: str,
    now: datetime,
) -> list[Testimony]:
    """Keep the cosignatures that known witnesses added to one of this log's checkpoints.

    Returns:
        Those of known witnesses; others are passed over.

    Raises:
        note.NoteError: Not a checkpoint that this log keeps, or a known witness's signature is false.
        ForkFoundError: This log's key signed another root for the same size.
    """
    point = note.opened(raw, key.origin, (*key.trusted, *witnesses))
    signed = store.checkpoint_at(connection, point.size)
    if signed is None:
        raise note.NoteError(f"This log keeps no checkpoint of {point.size} entries.")
    if signed.root != point.root:
        raise ForkFoundError(f"The log's key signed two roots of {point.size} entries.")
    known = {(one.name, one.key_id) for one in witnesses}
    found = [
        Testimony(
            point.size,
            Spoken.COSIGNATURE,
            one.name,
            one.line().encode(),
            _moment(note.cosigned_at(one)),
            now,
        )
        for one in note.parse(raw).signatures
        if (one.name, one.key_id) in known
    ]
    for given in found:
        _keep(connection, anchor, given)
    return found


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise note.NoteError("A witness names a time that no calendar has.") from error


def _keep(connection: Connection, anchor: Anchor, given: Testimony) -> None:
    anchor.put_if_absent(place_of(given), given.said)
    rows.add(connection, given)


def place_of(given: Testimony) -> str:
    """Where a testimony is kept apart from the database; the names sort like the sizes."""
    giver = sha256(given.giver.encode()).hexdigest()[:16]
    ending = "tsr" if given.kind == Spoken.TIMESTAMP else "txt"
    return f"{given.kind}s/{given.size:020d}-{giver}.{ending}"


def with_cosignatures(raw: str, given: Iterable[Testimony]) -> str:
    """The log's note with the lines of its witnesses."""
    lines = "".join(one.said.decode() for one in given if one.kind == Spoken.COSIGNATURE)
    return raw + lines


def anchored(signed: SignedRoot, given: Iterable[Testimony]) -> Anchored:
    """What outsiders said about this checkpoint, as an export carries it; one time stamp of several."""
    said = list(given)
    stamps = [one.said for one in said if one.kind == Spoken.TIMESTAMP]
    cosigned = with_cosignatures(signed.note, said)
    return Anchored(signed, stamps[0] if stamps else b"", cosigned if cosigned != signed.note else "")


def newest_given(connection: Connection, signed: SignedRoot) -> dict[int, list[Testimony]]:
    """The newest testimony of every giver, up to this checkpoint, by the size it speaks about."""
    found: dict[int, list[Testimony]] = {}
    for one in rows.newest_of_each(connection, signed.size):
        found.setdefault(one.size, []).append(one)
    return found
