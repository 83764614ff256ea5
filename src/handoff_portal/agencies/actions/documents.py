"""Files of licences and reports: sealed on the way in, opened for the agency and the operator only."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.objects import ObjectStore
from handoff_portal.adapters.parsing.media_type import kind_of
from handoff_portal.adapters.vault.agency_documents import new_agency_document_key, open_agency_document_key
from handoff_portal.adapters.vault.vault import Vault
from handoff_portal.agencies.model.profile import LicenceDocumentRead, LicenceDocumentStored, StoredDocument
from handoff_portal.agencies.store import documents
from handoff_portal.core.ids import AgencyDocumentId, OrgId
from handoff_portal.core.refusals import Invalid

MOST_BYTES = 20 * 1024**2
"""Largest file of a licence or report."""

_PIECE = 1024**2
_LONGEST_NAME = 200
_REFUSED_PICTURES = frozenset({"image/svg+xml"})


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A file as it is sent to somebody."""

    name: str
    media_type: str
    content: bytes


@contextmanager
def kept(
    vault: Vault, objects: ObjectStore, agency: OrgId, name: str, content: bytes
) -> Iterator[StoredDocument]:
    """Seal a file into the object store for the block that stores its row; a failing block removes it again.

    Raises:
        Invalid: At the field `document`: too large, empty, or neither PDF nor picture.
        Unavailable: The object store does not answer.
    """
    media_type = _accepted(name, content)
    document = AgencyDocumentId(new_id())
    key, wrapped = new_agency_document_key(vault, agency, document)
    made = StoredDocument(
        id=document,
        agency=agency,
        object_key=f"agency/{agency}/{document}",
        wrapped_key=wrapped,
        sealed_name=key.seal_meta("sealed_name", name[-_LONGEST_NAME:].encode()),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
    )
    sealer, plain = key.sealer(), memoryview(content)
    with objects.begin(made.object_key) as upload:
        upload.write(sealer.header())
        for start in range(0, len(plain), _PIECE):
            upload.write(sealer.update(plain[start : start + _PIECE]))
        upload.write(sealer.finish())
        upload.commit()
    try:
        yield made
    except BaseException:
        objects.delete(made.object_key)
        raise


def store_row(work: Work, made: StoredDocument) -> None:
    """Store the row of a kept file, in the transaction that attaches it."""
    event = LicenceDocumentStored(document=made.id, size=made.size, sha256=made.sha256)
    documents.add(work, made, event)


def open_document(work: Work, objects: ObjectStore, wanted: AgencyDocumentId) -> OpenedDocument:
    """Open a file for somebody of the agency or the operator; written to the log.

    Raises:
        NotFound: There is none, or this organisation may not read it.
        Tampered: The file was changed in the store.
    """
    row = documents.load(work, wanted)
    key = open_agency_document_key(work.vault, row.agency, row.id, row.wrapped_key)
    content = b"".join(key.open_file(objects.read(row.object_key)))
    name = key.open_meta("sealed_name", row.sealed_name).decode()
    documents.note_reading(work, LicenceDocumentRead(document=row.id, agency=row.agency))
    return OpenedDocument(name, row.media_type, content)


def name_of(work: Work, wanted: AgencyDocumentId) -> tuple[str, int]:
    """File name and size in bytes, for a link. Raises NotFound where the file may not be read."""
    row = documents.load(work, wanted)
    key = open_agency_document_key(work.vault, row.agency, row.id, row.wrapped_key)
    return key.open_meta("sealed_name", row.sealed_name).decode(), row.size


def _accepted(name: str, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Invalid(
            {"document": f"This file is larger than {MOST_BYTES // 1024**2} MB. Send a smaller one."}
        )
    if not content:
        raise Invalid({"document": "This file is empty. Choose it again."})
    kind = kind_of(content, name)
    picture = kind.media_type.startswith("image/") and kind.media_type not in _REFUSED_PICTURES
    if kind.refusal or not (picture or kind.media_type == "application/pdf"):
        raise Invalid(
            {"document": f"This is a {kind.words}. Send the document as PDF or as a picture of it."}
        )
    return kind.media_type
