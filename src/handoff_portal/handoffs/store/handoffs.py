"""Rows of hand-offs; they begin and end through two database functions that check the caller and the race."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, column, select, table, text

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.cases.model.account import Bucket
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, HandoffId, OfferId, OrgId, PersonId
from handoff_portal.handoffs.model.handoff import EndKind, Handoff

HANDOFF = table(
    "handoff",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "agency_id",
            "offer_id",
            "licence",
            "commission_bp",
            "allocation",
            "accepted_at",
            "accepted_by",
            "ended_at",
            "end_kind",
            "end_reason",
            "agency_reference",
        ),
    ),
)
_OF_CASE = Prepared(
    select(HANDOFF).where(HANDOFF.c.case_id == bindparam("case")).order_by(HANDOFF.c.accepted_at.desc())
)
_RUNNING = Prepared(
    select(HANDOFF).where(HANDOFF.c.case_id == bindparam("case"), HANDOFF.c.ended_at.is_(None))
)
_ACCEPT = text("select accept_offer(:offer, :handoff, cast(:licence as jsonb), :at, :due)")
_END = text("select end_handoff(:case, :kind, :reason, :at)")


def accept(
    work: Work,
    offer: OfferId,
    handoff: HandoffId,
    licence: Mapping[str, object],
    due: datetime,
    events: tuple[Event, ...],
) -> bool:
    """Take the case, make the hand-off and the grant, end the other offers: all or nothing.

    Returns:
        False when another agency was faster or the offer has ended; nothing was changed then.
    """
    values = {
        "offer": offer,
        "handoff": handoff,
        "licence": json.dumps(licence),
        "at": work.now,
        "due": due,
    }
    if not work.keep_house(_ACCEPT, values).scalar_one():
        return False
    for event in events:
        work.record(event)
    return True


def end(work: Work, case: CaseId, kind: EndKind, reason: str, events: tuple[Event, ...]) -> bool:
    """End the running hand-off and delete the agency's grant; False when this organisation has none."""
    values = {"case": case, "kind": kind.value, "reason": reason, "at": work.now}
    if work.keep_house(_END, values).scalar_one() is None:
        return False
    for event in events:
        work.record(event)
    return True


def find_running(work: Work, case: CaseId) -> Handoff | None:
    """The hand-off in force."""
    row = work.read(_RUNNING, {"case": case}).mappings().one_or_none()
    return _handoff(row) if row else None


def list_of_case(work: Work, case: CaseId) -> list[Handoff]:
    """All hand-offs of a case, newest first."""
    return [_handoff(row) for row in work.read(_OF_CASE, {"case": case}).mappings()]


def find_of_offer(work: Work, offer: OfferId) -> Handoff | None:
    """The hand-off that came of an offer, running or ended; None if this organisation knows of none."""
    row = work.read(select(HANDOFF).where(HANDOFF.c.offer_id == offer)).mappings().one_or_none()
    return _handoff(row) if row else None


def _handoff(row: RowMapping) -> Handoff:
    return Handoff(
        id=HandoffId(row["id"]),
        case=CaseId(row["case_id"]),
        business=OrgId(row["business_id"]),
        agency=OrgId(row["agency_id"]),
        offer=OfferId(row["offer_id"]),
        licence=row["licence"],
        commission_bp=row["commission_bp"],
        allocation=tuple(map(Bucket, row["allocation"])),
        accepted_at=row["accepted_at"],
        accepted_by=PersonId(row["accepted_by"]),
        ended_at=row["ended_at"],
        end_kind=EndKind(row["end_kind"]) if row["end_kind"] else None,
        end_reason=row["end_reason"],
        agency_reference=row["agency_reference"],
    )
