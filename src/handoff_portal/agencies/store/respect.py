"""Counts of how agencies treat customers, of all businesses together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.model.respect import Counts
from handoff_portal.core.ids import OrgId

_COUNTS = text("select * from respect_counts(cast(:agencies as uuid[]), :since)")


def counts_of(work: Work, agencies: Sequence[OrgId], since: datetime) -> dict[OrgId, Counts]:
    """What happened since then, by agency; those that the reader may not see are left out."""
    found = work.read(_COUNTS, {"agencies": list(agencies), "since": since}).mappings()
    rows = [dict(row) for row in found]
    return {OrgId(row["agency_id"]): Counts(OrgId(row.pop("agency_id")), **row) for row in rows}
