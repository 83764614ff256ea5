"""Asking outsiders to vouch for the log: time stamps, cosignatures, the weekly mail to officers."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from handoff_portal.adapters import mail
from handoff_portal.adapters.database import Database
from handoff_portal.adapters.database.raw import connection_of, sequencing
from handoff_portal.adapters.outgoing import OutgoingError
from handoff_portal.adapters.timestamps import Authority, StampError, read_roots
from handoff_portal.audit import note, store
from handoff_portal.audit.checkpoints import Anchor, LogKey
from handoff_portal.audit.model import SignedRoot, Testimony
from handoff_portal.audit.store import testimony as rows
from handoff_portal.audit.testimony import accept_cosignatures, stamp_newest, with_cosignatures
from handoff_portal.core.ids import PersonId
from handoff_portal.identity.actions.letters import written

_log = logging.getLogger(__name__)
_LETTER = "log_checkpoint"
_WEEK = timedelta(days=7)


class OutsideSettings(Protocol):
    """The settings about time stamps."""

    @property
    def timestamp_url(self) -> str:
        """Where time stamps are asked for; empty for none."""
        ...

    @property
    def timestamp_roots(self) -> str:
        """File with the certificates that are trusted, or empty."""
        ...


def authority(settings: OutsideSettings) -> Authority | None:
    """The time stamp authority of the settings, if there is one."""
    if not settings.timestamp_url:
        return None
    roots = read_roots(Path(settings.timestamp_roots)) if settings.timestamp_roots else ()
    return Authority(settings.timestamp_url, roots)


def witnesses(vkeys: Iterable[str]) -> tuple[note.Verifier, ...]:
    """The witnesses that the portal knows.

    Raises:
        ValueError: A key is damaged, or is not that of a witness.
    """
    found = tuple(map(note.verifier, vkeys))
    if any(one.kind != note.COSIGNATURE for one in found):
        raise note.NoteError("This is a log's key, not that of a witness (kind 4).")
    return found


def stamp(database: Database, anchor: Anchor, asked: Authority) -> bool:
    """Have the newest checkpoint stamped if it is time; a failing authority is noted and asked again."""
    with sequencing(database) as connection:
        try:
            stamp_newest(connection, anchor, asked, database.clock())
        except (OutgoingError, StampError) as error:
            _log.warning("no time stamp for the log: %s", error)
    return False


def submit(
    database: Database, anchor: Anchor, key: LogKey, known: Sequence[note.Verifier], raw: str
) -> list[Testimony]:
    """Keep the cosignatures of known witnesses in a checkpoint that came back.

    Raises:
        note.NoteError: It is not a checkpoint of this log, or none of a known witness.
        ForkFoundError: The log's key signed two histories.
    """
    with sequencing(database) as connection:
        found = accept_cosignatures(connection, anchor, key, known, raw, database.clock())
    if not found:
        raise note.NoteError("No witness that this portal knows signed this checkpoint.")
    return found


def public_checkpoint(database: Database) -> str | None:
    """The newest checkpoint with the cosignatures that came back for it."""
    with sequencing(database) as connection:
        signed = store.newest_checkpoint(connection)
        return with_cosignatures(signed.note, rows.about(connection, signed.size)) if signed else None


def public_tile(database: Database, level: int, n: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile, if the newest checkpoint covers them."""
    with sequencing(database) as connection:
        signed = store.newest_checkpoint(connection)
        nodes = (signed.size if signed else 0) >> (8 * level)
        if not 1 <= width <= min(256, nodes - n * 256):
            return None
        return store.tile(connection, level, n)[: width * 32]


def given(database: Database) -> list[Testimony]:
    """The newest testimony of every outsider, for the officer's page."""
    with sequencing(database) as connection:
        signed = store.newest_checkpoint(connection)
        return rows.newest_of_each(connection, signed.size) if signed else []


def write_to_officers(database: Database) -> bool:
    """Once a week every compliance officer gets the newest checkpoint: the portal cannot take a mail back."""
    with sequencing(database) as connection:
        signed = store.newest_checkpoint(connection)
    if signed is not None:
        _post(database, signed)
    return False


def _post(database: Database, signed: SignedRoot) -> None:
    with database.worker() as work:
        connection = connection_of(work)
        rows.lock_letters(connection)
        for person, zone in rows.officers_to_write_to(connection, _LETTER, work.now - _WEEK):
            mail.post(
                work,
                PersonId(person),
                _LETTER,
                checkpoint=signed.note,
                entries=f"{signed.size:,}",
                when=written(signed.created_at, zone),
            )
