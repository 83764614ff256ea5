"""Rows of what the guard knew when it judged a contact; people write them, the worker reads them."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import column, insert, select, table

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.guard_basis import open_basis, seal_basis
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import CommunicationId
from handoff_portal.guard.model.remembered import Remembered

_BASIS = table("contact_basis", *map(column, ("communication_id", "case_id", "business_id", "sealed")))


def add(work: Work, case: Case, contact: CommunicationId, known: Remembered) -> None:
    """Keep what the guard knew of a contact; part of logging that contact, which has its event."""
    sealed = seal_basis(work.vault, case.business, case.id, contact, known.encode())
    values = {"communication_id": contact, "case_id": case.id, "business_id": case.business}
    work.keep_house(insert(_BASIS).values(**values, sealed=sealed))


def list_of(work: Work, cases: Sequence[UUID]) -> dict[UUID, dict[UUID, Remembered]]:
    """By case and contact; what this portal did not write, or cannot read any more, counts as not there."""
    found: dict[UUID, dict[UUID, Remembered]] = defaultdict(dict)
    for row in work.read(select(_BASIS).where(_BASIS.c.case_id.in_(cases))):
        try:
            octets = open_basis(work.vault, row.business_id, row.case_id, row.communication_id, row.sealed)
            found[row.case_id][row.communication_id] = Remembered.decode(octets)
        except (Tampered, ValueError):
            continue
    return found
