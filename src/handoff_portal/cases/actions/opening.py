"""Cases that the worker adds papers to, for the business whose portfolio it commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, OrgKey
from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.store import opening
from handoff_portal.core.ids import CaseId

TAKES_PAPERS = frozenset({CaseState.READY, CaseState.OFFERED, CaseState.HELD})
"""A closed case is over, and a draft has pages of its own."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case whose key is there.

    Attributes:
        time_zone: IANA zone of the customer.
    """

    key: CaseKey
    time_zone: str


def open_for_papers(work: Work, own: OrgKey, wanted: Sequence[CaseId]) -> Mapping[CaseId, Opened]:
    """Those of these cases that take papers now and belong to the business of the named portfolio."""
    return {
        row.case: Opened(
            CaseKey.unwrap(own, row.case, own.org_id, row.wrapped, row.key_version), row.time_zone
        )
        for row in opening.list_for_papers(work, wanted)
        if row.state in TAKES_PAPERS
    }
