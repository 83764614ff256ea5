"""A file streams in: sealed chunk by chunk, visible only when whole, gone without a trace when not."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.objects.store import ObjectStore, Upload
from handoff_portal.adapters.parsing.media_type import HEAD, kind_of
from handoff_portal.adapters.vault.cases import DocumentKey
from handoff_portal.adapters.vault.stream import Sealer
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, Refusal, Unavailable, WrongState
from handoff_portal.documents import store
from handoff_portal.documents.actions.filing import note, stored_event
from handoff_portal.documents.actions.writing import Behind
from handoff_portal.documents.model import (
    Document,
    DocumentFailed,
    DocumentKind,
    Incoming,
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a received file goes.

    Attributes:
        largest: Bytes a file may have.
    """

    database: Database
    objects: ObjectStore
    largest: int


class Receiver:
    """One file on its way in. Blocking; call it from a worker thread, one call at a time.

    Use: `Receiver.start(…)`, `write(piece)` as often as needed, then `finish()` or `give_up()`.
    """

    def __init__(self, places: Places, actor: Actor, made: Incoming, key: DocumentKey) -> None:
        self.made = made
        self._places, self._actor, self._key = places, actor, key
        self._sealer: Sealer = key.sealer()
        self._digest = hashlib.sha256()
        self._head = b""
        self._size = 0
        self._over = self._placed = False
        self._upload: Upload = places.objects.begin(made.object_key)
        self._upload.write(self._sealer.header())
        self._storing, self._hashing = Behind(self._upload.write), Behind(self._hash)

    @classmethod
    def start(cls, places: Places, actor: Actor, case_id: CaseId, kind: DocumentKind, name: str) -> Self:
        """Note that a file begins to arrive.

        Raises:
            NotFound, Forbidden, WrongState: No paper may be added to this case.
            Unavailable: The object store does not answer.
        """
        with places.database.work(actor) as work:
            case = cases.load_case(work, case_id)
            made, key = start(work, case, kind, name)
        try:
            return cls(places, actor, made, key)
        except Refusal:
            _note_failure(places, actor, made, "store")
            raise

    def write(self, pieces: Sequence[bytes]) -> None:
        """Hash, seal and store the next bytes, which come in pieces of any size.

        Raises:
            Invalid: The file is too large or of a kind that is not taken; nothing of it is left.
            Unavailable: The object store does not answer; nothing of it is left.
        """
        self._size += sum(map(len, pieces))
        if self._size > self._places.largest:
            raise self._refuse("size", f"This file is larger than {_words(self._places.largest)}.")
        if len(self._head) < HEAD:
            self._head += b"".join(pieces)[: HEAD - len(self._head)]
        self._hashing.give(pieces)
        try:
            self._storing.give(self._sealer.update_lent(*pieces))  # one block is stored while one is sealed
        except Refusal:
            self.give_up("store")
            raise

    def finish(self) -> Document:
        """Make the file visible. Raises as `write` does."""
        kind = kind_of(self._head, self.made.name)
        if not self._size:
            raise self._refuse("empty", "This file is empty. Choose it again.")
        if kind.refusal:
            raise self._refuse("kind", kind.refusal)
        try:
            self._storing.give(self._sealer.finish())
            self._storing.settle()
            self._upload.commit()
        except Refusal:
            self.give_up("store")
            raise
        self._placed = True
        self._stop()
        return self._make_visible(kind.media_type)

    def give_up(self, reason: str = "broken_off") -> None:
        """Leave no object and no row; the log keeps that it was tried. Does nothing when all is over."""
        if self._over:
            return
        self._over = True
        self._stop()
        self._upload.abort()
        if self._placed:
            self._places.objects.delete(self.made.object_key)
        _note_failure(self._places, self._actor, self.made, reason)

    def _hash(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._digest.update(piece)

    def _stop(self) -> None:
        self._storing.stop()
        self._hashing.stop()

    def _make_visible(self, media_type: str) -> Document:
        """All or nothing, also when the database breaks off and nobody knows which.

        Then the bytes stay: either the row shows them, or both are cleared away as abandoned.
        """
        try:
            stored = self._save(media_type)
        except Unavailable:
            self._over = True
            raise
        except Refusal:
            self.give_up("store")
            raise
        self._over = True
        return stored

    def _save(self, media_type: str) -> Document:
        digest = self._digest.digest()
        meta = json.dumps({"name": self.made.name, "sha256": digest.hex()}, ensure_ascii=False)
        event = stored_event(self.made, self._size, media_type)
        with self._places.database.work(self._actor) as work:
            sealed = self._key.seal_meta("sealed_meta", meta.encode())
            if not store.save_stored(work, self.made.id, media_type, self._size, sealed, event):
                raise WrongState(
                    "This upload took too long and was cleared away. Please send the file again."
                )
        return Document(
            self.made.id,
            self.made.case,
            self._actor.org,
            self.made.kind,
            self.made.name,
            media_type,
            self._size,
            digest,
            work.now,
        )

    def _refuse(self, reason: str, say: str) -> Invalid:
        self.give_up(reason)
        return Invalid({"file": f"{self.made.name}: {say}"})


def start(work: Work, case: Case, kind: DocumentKind, name: str) -> tuple[Incoming, DocumentKey]:
    """Insert the row of a file that begins to arrive, with a key of its own."""
    work.actor.require(Permission.DOCUMENT_ADD)
    case.require_party(work.actor)
    case.require_state(CaseState.DRAFT, CaseState.READY, CaseState.OFFERED, CaseState.HELD)
    noted = note(work, case.business, cases.open_key(work, case), kind, name)
    return noted.made, noted.key


def receive_bytes(
    places: Places, actor: Actor, case_id: CaseId, kind: DocumentKind, name: str, octets: bytes
) -> Document:
    """A file that is in memory already, such as an attachment of a mail or a sample."""
    receiver = Receiver.start(places, actor, case_id, kind, name)
    receiver.write([octets])
    return receiver.finish()


def _note_failure(places: Places, actor: Actor, made: Incoming, reason: str) -> None:
    with places.database.work(actor) as work:
        event = DocumentFailed(case=made.case, own=made.own, document=made.id, reason=Code(reason))
        store.remove(work, made.id, event)


def _words(size: int) -> str:
    return f"{size // 1024**2} MiB" if size >= 1024**2 else f"{size // 1024} KiB"
