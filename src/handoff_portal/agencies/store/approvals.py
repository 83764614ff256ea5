"""Rows of approvals of collectors."""

from sqlalchemy import RowMapping, bindparam, column, insert, select, table, update

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.agencies.model.approval import Approval, ApprovalEnded, ApprovalRecorded
from handoff_portal.core.ids import ApprovalId, OrgId, PersonId

APPROVAL = table(
    "collector_approval",
    *map(
        column,
        (
            "id",
            "agency_id",
            "person_id",
            "jurisdiction",
            "reference",
            "valid_from",
            "valid_until",
            "recorded_at",
            "recorded_by",
            "ended_at",
            "ended_by",
        ),
    ),
)
_OF_PERSON = Prepared(
    select(APPROVAL).where(APPROVAL.c.person_id == bindparam("person"), APPROVAL.c.ended_at.is_(None))
)


def add(work: Work, made: Approval, event: ApprovalRecorded) -> None:
    """Insert an approval."""
    work.change(
        insert(APPROVAL).values(
            id=made.id,
            agency_id=made.agency,
            person_id=made.person,
            jurisdiction=made.jurisdiction,
            reference=made.reference,
            valid_from=made.valid_from,
            valid_until=made.valid_until,
            recorded_at=made.recorded_at,
            recorded_by=work.actor.person,
        )
    )
    work.record(event)


def end(work: Work, one: Approval, event: ApprovalEnded) -> None:
    """Say that it does not count any more."""
    values = {"ended_at": work.now, "ended_by": work.actor.person}
    work.change(update(APPROVAL).where(APPROVAL.c.id == one.id, APPROVAL.c.ended_at.is_(None)).values(values))
    work.record(event)


def list_of_agency(work: Work) -> list[Approval]:
    """Those of the actor's agency, newest first."""
    query = select(APPROVAL).where(APPROVAL.c.agency_id == work.actor.org)
    query = query.order_by(APPROVAL.c.recorded_at.desc(), APPROVAL.c.id)
    return [_read(row) for row in work.read(query).mappings()]


def list_of_person(work: Work, person: PersonId) -> list[Approval]:
    """Those of one person that were not ended."""
    return [_read(row) for row in work.read(_OF_PERSON, {"person": person}).mappings()]


def _read(row: RowMapping) -> Approval:
    return Approval(
        id=ApprovalId(row["id"]),
        agency=OrgId(row["agency_id"]),
        person=PersonId(row["person_id"]),
        jurisdiction=row["jurisdiction"],
        reference=row["reference"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        recorded_at=row["recorded_at"],
        ended_at=row["ended_at"],
    )
