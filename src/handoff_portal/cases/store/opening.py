"""Rows of cases as the worker sees them while it adds papers: through one function and no table."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.bulk import uuids
from handoff_portal.cases.model.case import CaseState
from handoff_portal.core.ids import CaseId

_FOR_PAPERS = "select case_id, state, time_zone, wrapped, key_version from paper_cases(%(wanted)s)"


@dataclass(frozen=True, slots=True)
class Row:
    """One case with the business's own grant."""

    case: CaseId
    state: CaseState
    time_zone: str
    wrapped: bytes
    key_version: int


def list_for_papers(work: Work, wanted: Sequence[CaseId]) -> list[Row]:
    """Cases of the business whose portfolio this work has entered."""
    cursor = work.connection.connection.cursor()
    cursor.execute(_FOR_PAPERS, {"wanted": uuids(wanted)})
    rows = [
        Row(CaseId(UUID(str(case))), CaseState(state), zone or "UTC", bytes(wrapped), version)
        for case, state, zone, wrapped, version in cursor.fetchall()
    ]
    cursor.close()
    return rows
