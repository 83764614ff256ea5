"""Rows of promises."""

from datetime import date

from sqlalchemy import ColumnElement, RowMapping, bindparam, column, insert, select, table, update

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.events import PromiseBroken, PromiseMade
from handoff_portal.contacts.model.promises import Promise, PromiseState
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, CommunicationId, OrgId, PromiseId

_COLUMNS = (
    "id",
    "case_id",
    "business_id",
    "org_id",
    "communication_id",
    "amount",
    "paid",
    "currency",
    "due_on",
    "state",
    "made_at",
)
PROMISE = table("promise", *map(column, _COLUMNS))
_OF_CASE = Prepared(
    select(PROMISE).where(PROMISE.c.case_id == bindparam("case")).order_by(PROMISE.c.due_on, PROMISE.c.id)
)


def add(work: Work, case: Case, made: Promise, event: PromiseMade) -> None:
    """Insert a promise."""
    work.change(
        insert(PROMISE).values(
            id=made.id,
            case_id=case.id,
            business_id=case.business,
            org_id=made.org,
            communication_id=made.communication,
            amount=made.minor,
            currency=made.currency,
            due_on=made.due_on,
            state=made.state.value,
            made_at=made.made_at,
        )
    )
    work.record(event)


def save(work: Work, promise: Promise, event: Event | None) -> None:
    """Write what came in and where it stands; without an event only the count moved."""
    statement = (
        update(PROMISE).where(PROMISE.c.id == promise.id).values(state=promise.state.value, paid=promise.paid)
    )
    if event is None:
        work.keep_house(statement)
        return
    work.change(statement)
    work.record(event)


def list_of_case(work: Work, case: CaseId) -> list[Promise]:
    """The promises of a case by their day."""
    return [_read(row) for row in work.read(_OF_CASE, {"case": case}).mappings()]


def list_due(work: Work, org: OrgId, until: date, most: int) -> list[Promise]:
    """Open promises that this organisation noted and whose day has come, earliest first."""
    c = PROMISE.c
    due = (c.org_id == org) & (c.state == PromiseState.OPEN.value) & (c.due_on <= until)
    return _list(work, due, most)


def find_overdue(work: Work, before: date, most: int) -> list[tuple[PromiseId, CaseId, OrgId]]:
    """Open promises of all cases whose day lies before this one (sweeper)."""
    c = PROMISE.c
    query = (
        select(c.id, c.case_id, c.business_id)
        .where(c.state == PromiseState.OPEN.value, c.due_on < before)
        .order_by(c.due_on)
        .limit(most)
    )
    return [(PromiseId(row.id), CaseId(row.case_id), OrgId(row.business_id)) for row in work.read(query)]


def break_one(work: Work, wanted: PromiseId, event: PromiseBroken) -> None:
    """Note that the day of a promise passed (sweeper)."""
    broken = update(PROMISE).where(PROMISE.c.id == wanted, PROMISE.c.state == PromiseState.OPEN.value)
    work.change(broken.values(state=PromiseState.BROKEN.value))
    work.record(event)


def _list(work: Work, condition: ColumnElement[bool], most: int | None = None) -> list[Promise]:
    query = select(PROMISE).where(condition).order_by(PROMISE.c.due_on, PROMISE.c.id).limit(most)
    return [_read(row) for row in work.read(query).mappings()]


def _read(row: RowMapping) -> Promise:
    return Promise(
        id=PromiseId(row["id"]),
        case=CaseId(row["case_id"]),
        org=OrgId(row["org_id"]),
        communication=CommunicationId(row["communication_id"]),
        minor=row["amount"],
        currency=row["currency"],
        due_on=row["due_on"],
        state=PromiseState(row["state"]),
        made_at=row["made_at"],
        paid=row["paid"],
    )
