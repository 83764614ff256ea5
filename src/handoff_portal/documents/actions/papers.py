"""Listing, opening and removing the papers of a case, and clearing away what never arrived whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.vault.cases import CaseKey, DocumentKey
from handoff_portal.adapters.vault.seal import sealed_size
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, DocumentId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents import store
from handoff_portal.documents.model import (
    Document,
    DocumentFailed,
    DocumentKind,
    DocumentRead,
    DocumentRemoved,
    require_may_remove,
)

ABANDONED_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Opened:
    """A paper whose bytes may be sent now; the log already says so."""

    document: Document
    key: DocumentKey
    object_key: str

    def read(self, objects: ObjectStore, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`. Raises Tampered, Unavailable."""
        size = sealed_size(self.document.size)
        return self.key.open_range(
            lambda first, last: objects.read(self.object_key, first, last), size, start=start, stop=stop
        )


def list_documents(work: Work, case: Case, key: CaseKey) -> list[Document]:
    """The papers of a case, oldest first."""
    work.actor.require(Permission.DOCUMENT_READ)
    return store.list_stored(work, case.id, key)


def counts_by_kind(work: Work, case: Case) -> dict[DocumentKind, int]:
    """How many papers of each kind; readable without the key, for the offer's preview."""
    return store.count_by_kind(work, case.id)


def counts_by_kind_many(work: Work, wanted: Sequence[CaseId]) -> dict[CaseId, dict[DocumentKind, int]]:
    """The same for several cases at once; those without papers are left out."""
    return store.count_by_kind_many(work, wanted)


def open_document(work: Work, case_id: CaseId, wanted: DocumentId) -> Opened:
    """Record that a paper is read; the bytes are sent only after this work has committed."""
    work.actor.require(Permission.DOCUMENT_READ)
    case = cases.load_case(work, case_id)
    found = store.load_stored(work, case_id, wanted, cases.open_key(work, case))
    work.record(DocumentRead(case=case.id, own=case.business, document=wanted))
    return Opened(found.document, found.key, found.object_key)


def remove_document(work: Work, objects: ObjectStore, case: Case, wanted: DocumentId) -> None:
    """Take a paper back from a draft: the key goes with its row, the sealed bytes once that is committed."""
    work.actor.require(Permission.DOCUMENT_ADD)
    found = store.load_stored(work, case.id, wanted, cases.open_key(work, case))
    require_may_remove(found.document, case, work.actor)
    store.remove(work, wanted, DocumentRemoved(case=case.id, own=case.business, document=wanted))
    work.afterwards.append(partial(objects.delete, found.object_key))


def remove_all(work: Work, objects: ObjectStore, case: Case, key: CaseKey) -> None:
    """Empty a draft of its papers, also of those that are still arriving."""
    for paper in store.list_stored(work, case.id, key):
        remove_document(work, objects, case, paper.id)
    for unfinished in store.list_unfinished(work, case.id):
        event = DocumentFailed(case=case.id, own=case.business, document=unfinished, reason=Code("discarded"))
        store.remove(work, unfinished, event)


def reap_uploads(database: Database, objects: ObjectStore) -> int:
    """Clear away files that began half a day ago and never arrived whole; gives how many."""
    with database.worker() as work:
        before = work.now - ABANDONED_AFTER
        found = store.list_abandoned(work, before)
    for row in found:
        objects.delete(row["object_key"])
        with database.worker() as work:
            document = DocumentId(row["id"])
            case, own = CaseId(row["case_id"]), OrgId(row["business_id"])
            event = DocumentFailed(case=case, own=own, document=document, reason=Code("abandoned"))
            store.remove(work, document, event)
    for orphan in objects.orphans(before.timestamp()):
        objects.reap(orphan)
    return len(found)
