"""Rows of the files of licences and assurance reports."""

from sqlalchemy import column, insert, select, table

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.model.profile import LicenceDocumentRead, LicenceDocumentStored, StoredDocument
from handoff_portal.core.ids import AgencyDocumentId, OrgId
from handoff_portal.core.refusals import NotFound

_COLUMNS = (
    "id",
    "agency_id",
    "object_key",
    "wrapped_key",
    "sealed_name",
    "media_type",
    "size",
    "sha256",
    "stored_at",
    "stored_by",
)
DOCUMENT = table("agency_document", *map(column, _COLUMNS))


def add(work: Work, made: StoredDocument, event: LicenceDocumentStored) -> None:
    """Insert the row of a file that is in the object store."""
    work.change(
        insert(DOCUMENT).values(
            id=made.id,
            agency_id=made.agency,
            object_key=made.object_key,
            wrapped_key=made.wrapped_key,
            sealed_name=made.sealed_name,
            media_type=made.media_type,
            size=made.size,
            sha256=made.sha256,
            stored_at=work.now,
            stored_by=work.actor.person,
        )
    )
    work.record(event)


def load(work: Work, wanted: AgencyDocumentId) -> StoredDocument:
    """One file's row; the agency and the operator only. Raises NotFound."""
    row = work.read(select(DOCUMENT).where(DOCUMENT.c.id == wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return StoredDocument(
        id=AgencyDocumentId(row["id"]),
        agency=OrgId(row["agency_id"]),
        object_key=row["object_key"],
        wrapped_key=row["wrapped_key"],
        sealed_name=row["sealed_name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
    )


def note_reading(work: Work, event: LicenceDocumentRead) -> None:
    """Write that somebody opened a file."""
    work.record(event)
