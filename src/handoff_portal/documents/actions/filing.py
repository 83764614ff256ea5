"""A document of a case in its three steps: noted, poured into the object store, made visible.

Whoever calls decides what belongs into which transaction; between two of them a process may die: what is
noted and not visible is cleared away like any broken upload.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.parsing.media_type import HEAD, kind_of
from handoff_portal.adapters.vault.cases import CaseKey, DocumentKey
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, DocumentId, OrgId
from handoff_portal.core.refusals import WrongState
from handoff_portal.documents import store
from handoff_portal.documents.model import (
    DocumentFailed,
    DocumentKind,
    DocumentStarted,
    DocumentStored,
    Incoming,
    clean_name,
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A document that is to come, with its key and the row that says so."""

    coming: store.Coming
    key: DocumentKey

    @property
    def made(self) -> Incoming:
        """What and whose it is."""
        return self.coming.made


@dataclass(frozen=True, slots=True)
class Poured:
    """What lies in the object store.

    Attributes:
        size: Bytes of the file.
        sha256: Its digest, 32 bytes.
        media_type: By content.
    """

    size: int
    sha256: bytes
    media_type: str


def draw(own: OrgId, case_key: CaseKey, kind: DocumentKind, name: str) -> Noted:
    """Give a document an id and a key of its own; whether it may be added was checked before.

    Args:
        own: The business that owns the case.
    """
    document_id, case = DocumentId(new_id()), CaseId(case_key.case_id)
    made = Incoming(document_id, case, own, kind, clean_name(name), f"documents/{document_id}")
    key, wrapped = case_key.new_document(document_id)
    meta = key.seal_meta("sealed_meta", json.dumps({"name": made.name}, ensure_ascii=False).encode())
    return Noted(store.Coming(made, wrapped, case_key.version, meta), key)


def note(work: Work, own: OrgId, case_key: CaseKey, kind: DocumentKind, name: str) -> Noted:
    """Insert the row of one document with a key of its own; whether it may be added was checked before.

    Args:
        own: The business that owns the case.
    """
    one = draw(own, case_key, kind, name)
    event = DocumentStarted(case=one.made.case, own=own, document=one.made.id, kind=kind)
    store.add_incoming(work, one.coming, event)
    return one


def note_all(work: Work, own: OrgId, drawn: Sequence[Noted]) -> None:
    """Insert the rows of documents of one business."""
    events = [
        DocumentStarted(case=one.made.case, own=own, document=one.made.id, kind=one.made.kind)
        for one in drawn
    ]
    store.add_all_incoming(work, own, [one.coming for one in drawn], events)


def pour(objects: ObjectStore, noted: Noted, pieces: Iterable[bytes]) -> Poured:
    """Seal a file into the object store; nothing of it is left if that fails. Raises Unavailable."""
    sealer, digest = noted.key.sealer(), hashlib.sha256()
    head, size = b"", 0
    with objects.begin(noted.made.object_key) as upload:
        upload.write(sealer.header())
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            head += piece[: HEAD - len(head)]
            upload.write(sealer.update(piece))
        upload.write(sealer.finish())
        upload.commit()
    return Poured(size, digest.digest(), kind_of(head, noted.made.name).media_type)


def show_all(work: Work, own: OrgId, arrived: Sequence[tuple[Noted, Poured]]) -> None:
    """Make documents of one business visible, all or none.

    Raises:
        WrongState: The row of one was cleared away meanwhile.
    """
    rows = []
    for noted, poured in arrived:
        meta = json.dumps({"name": noted.made.name, "sha256": poured.sha256.hex()}, ensure_ascii=False)
        sealed = noted.key.seal_meta("sealed_meta", meta.encode())
        rows.append((noted.made.id, poured.media_type, poured.size, sealed))
    events = [stored_event(noted.made, poured.size, poured.media_type) for noted, poured in arrived]
    if not store.save_all_stored(work, own, rows, events):
        raise WrongState("This upload took too long and was cleared away. Please send the file again.")


def drop(work: Work, noted: Noted, reason: str) -> None:
    """Take the row of a document away that did not come; the log keeps that it was tried."""
    made = noted.made
    event = DocumentFailed(case=made.case, own=made.own, document=made.id, reason=Code(reason))
    store.remove(work, made.id, event)


def stored_event(made: Incoming, size: int, media_type: str) -> DocumentStored:
    """What the log says of a document that became visible."""
    return DocumentStored(
        case=made.case,
        own=made.own,
        document=made.id,
        kind=made.kind,
        size=size,
        media_type=Code(media_type.replace("/", ".")[:40].replace("+", "-")),
    )
