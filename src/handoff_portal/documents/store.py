"""Rows of documents. The name and digest are sealed under the document's own key."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    RowMapping,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.database.bulk import columns, numbers, octets, texts, uuids
from handoff_portal.adapters.vault.cases import CaseKey, DocumentKey
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, DocumentId, OrgId
from handoff_portal.core.refusals import NotFound
from handoff_portal.documents.model import Document, DocumentKind, Incoming

DOCUMENT = table(
    "document",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "org_id",
            "kind",
            "state",
            "media_type",
            "size",
            "object_key",
            "wrapped_key",
            "key_version",
            "sealed_meta",
            "started_at",
            "stored_at",
        ),
    ),
)
_OF_CASE = Prepared(
    select(DOCUMENT)
    .where(DOCUMENT.c.case_id == bindparam("case"), DOCUMENT.c.state == "stored")
    .order_by(DOCUMENT.c.stored_at, DOCUMENT.c.id)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with what is needed to open its file."""

    document: Document
    key: DocumentKey
    object_key: str


_COMING = (
    ("id", uuids),
    ("case_id", uuids),
    ("kind", texts),
    ("object_key", texts),
    ("wrapped_key", octets),
    ("key_version", numbers),
    ("sealed_meta", octets),
)
_COMING_NAMES = ", ".join(name for name, _ in _COMING)
_ADD_ALL = f"""
insert into document ({_COMING_NAMES}, state, business_id, org_id, started_at)
select t.*, 'uploading', %(own)s, %(org)s, %(now)s
from unnest({", ".join(f"%({name})s" for name, _ in _COMING)}) as t({_COMING_NAMES})
"""  # noqa: S608 - put together of names in this file
_ARRIVED = (("id", uuids), ("media_type", texts), ("size", numbers), ("sealed_meta", octets))
_SAVE_ALL = """
update document d
set state = 'stored', media_type = t.media_type, size = t.size, sealed_meta = t.meta, stored_at = %(now)s
from unnest(%(id)s, %(media_type)s, %(size)s, %(sealed_meta)s) as t(id, media_type, size, meta)
where d.id = t.id and d.state = 'uploading'
"""


@dataclass(frozen=True, slots=True)
class Coming:
    """A row to insert.

    Attributes:
        wrapped: The document's key under that of its case.
        version: Of the case's key.
        meta: Its name, sealed.
    """

    made: Incoming
    wrapped: bytes
    version: int
    meta: bytes


def add_all_incoming(work: Work, own: OrgId, coming: Sequence[Coming], events: Sequence[Event]) -> None:
    """Insert files of one business that begin to stream in; invisible until they are stored."""
    if coming:
        rows = [
            (
                one.made.id,
                one.made.case,
                one.made.kind.value,
                one.made.object_key,
                one.wrapped,
                one.version,
                one.meta,
            )
            for one in coming
        ]
        common = {"own": own, "org": work.actor.org, "now": work.now}
        work.change_many(_ADD_ALL, {**common, **columns(_COMING, rows)})
    work.record_each(events, own)


def save_all_stored(
    work: Work, own: OrgId, arrived: Sequence[tuple[DocumentId, str, int, bytes]], events: Sequence[Event]
) -> bool:
    """Make files visible, each with media type, size and sealed meta; False if a row is gone."""
    done = work.change_many(_SAVE_ALL, {"now": work.now, **columns(_ARRIVED, arrived)}) if arrived else 0
    work.record_each(events, own)
    return done == len(arrived)


def add_incoming(work: Work, coming: Coming, event: Event) -> None:
    """Insert a file that begins to stream in; invisible until it is stored."""
    made = coming.made
    work.change(
        insert(DOCUMENT).values(
            id=made.id,
            case_id=made.case,
            business_id=made.own,
            org_id=work.actor.org,
            kind=made.kind.value,
            state="uploading",
            object_key=made.object_key,
            wrapped_key=coming.wrapped,
            key_version=coming.version,
            sealed_meta=coming.meta,
            started_at=work.now,
        )
    )
    work.record(event)


def save_stored(
    work: Work, wanted: DocumentId, media_type: str, size: int, meta: bytes, event: Event
) -> bool:
    """Make a file visible; False if its row is gone."""
    done = work.change(
        update(DOCUMENT)
        .where(DOCUMENT.c.id == wanted, DOCUMENT.c.state == "uploading")
        .values(state="stored", media_type=media_type, size=size, sealed_meta=meta, stored_at=work.now)
    ).rowcount
    work.record(event)
    return done == 1


def remove(work: Work, wanted: DocumentId, event: Event) -> None:
    """Delete a row and with it the only key of the file."""
    work.change(delete(DOCUMENT).where(DOCUMENT.c.id == wanted))
    work.record(event)


def list_stored(work: Work, case: CaseId, key: CaseKey) -> list[Document]:
    """The papers of a case, oldest first."""
    return [_stored(row, key).document for row in work.read(_OF_CASE, {"case": case}).mappings()]


def load_stored(work: Work, case: CaseId, wanted: DocumentId, key: CaseKey) -> Stored:
    """One paper with its key. Raises NotFound."""
    query = select(DOCUMENT).where(
        DOCUMENT.c.id == wanted, DOCUMENT.c.case_id == case, DOCUMENT.c.state == "stored"
    )
    row = work.read(query).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _stored(row, key)


def count_by_kind(work: Work, case: CaseId) -> dict[DocumentKind, int]:
    """How many papers of each kind; needs no key."""
    query = (
        select(DOCUMENT.c.kind, func.count().label("number"))
        .where(DOCUMENT.c.case_id == case, DOCUMENT.c.state == "stored")
        .group_by(DOCUMENT.c.kind)
    )
    return {DocumentKind(row["kind"]): row["number"] for row in work.read(query).mappings()}


def count_by_kind_many(work: Work, cases: Sequence[CaseId]) -> dict[CaseId, dict[DocumentKind, int]]:
    """The same for several cases; those without papers are left out."""
    among = DOCUMENT.c.case_id == any_(cast(bindparam("cases"), ARRAY(Uuid)))
    query = (
        select(DOCUMENT.c.case_id, DOCUMENT.c.kind, func.count().label("number"))
        .where(among, DOCUMENT.c.state == "stored")
        .group_by(DOCUMENT.c.case_id, DOCUMENT.c.kind)
    )
    found: dict[CaseId, dict[DocumentKind, int]] = {}
    for row in work.read(query, {"cases": list(cases)}):
        found.setdefault(CaseId(row.case_id), {})[DocumentKind(row.kind)] = row.number
    return found


def list_unfinished(work: Work, case: CaseId) -> list[DocumentId]:
    """Files of a case that have not arrived whole."""
    query = select(DOCUMENT.c.id).where(DOCUMENT.c.case_id == case, DOCUMENT.c.state == "uploading")
    return [DocumentId(row.id) for row in work.read(query)]


def list_abandoned(work: Work, before: datetime) -> list[RowMapping]:
    """Files that began before this time and never arrived whole (worker's door)."""
    columns = [DOCUMENT.c[name] for name in ("id", "case_id", "business_id", "object_key")]
    abandoned = (DOCUMENT.c.state == "uploading") & (DOCUMENT.c.started_at < before)
    query = select(*columns).where(abandoned).order_by(DOCUMENT.c.started_at).limit(500)
    return list(work.read(query).mappings())


def _stored(row: RowMapping, key: CaseKey) -> Stored:
    document_key = key.document(row["id"], row["wrapped_key"])
    meta = json.loads(document_key.open_meta("sealed_meta", row["sealed_meta"]))
    document = Document(
        id=DocumentId(row["id"]),
        case=CaseId(row["case_id"]),
        org=OrgId(row["org_id"]),
        kind=DocumentKind(row["kind"]),
        name=meta["name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=bytes.fromhex(meta.get("sha256", "")),
        stored_at=row["stored_at"] or row["started_at"],
    )
    return Stored(document, document_key, row["object_key"])
