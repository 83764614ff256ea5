"""Promises to pay: made with a contact, kept by payments, broken by the calendar."""

from datetime import UTC, date, timedelta

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.actions.holds import lift_kind
from handoff_portal.contacts.model.communications import Promised
from handoff_portal.contacts.model.events import PromiseBroken, PromiseKept, PromiseMade
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.contacts.model.promises import Promise, PromiseState, settle
from handoff_portal.contacts.store import promises
from handoff_portal.core.events import Code, Event
from handoff_portal.core.ids import CommunicationId, PromiseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import WrongState

GRACE = timedelta(days=3)
"""Money needs time to arrive and to be reported; only then is a promise called broken."""


def make_promise(work: Work, case: Case, communication: CommunicationId, promised: Promised) -> PromiseId:
    """Note a promise; part of logging the contact in which it was made.

    Raises:
        WrongState: The case has no currency yet.
    """
    if case.currency is None:
        raise WrongState("This case has no currency yet.")
    made = Promise(
        id=PromiseId(new_id()),
        case=case.id,
        org=work.actor.org,
        communication=communication,
        minor=promised.minor,
        currency=case.currency,
        due_on=promised.due_on,
        state=PromiseState.OPEN,
        made_at=work.now,
    )
    event = PromiseMade(
        case=case.id,
        own=case.business,
        promise=made.id,
        minor=made.minor,
        currency=Code(made.currency),
        due_on=made.due_on,
    )
    promises.add(work, case, made, event)
    return made.id


def settle_promises(work: Work, case: Case, key: CaseKey, paid_on: date, minor: int) -> list[Promise]:
    """Count a payment towards the open promises; part of reporting the payment.

    Once nothing is open any more, the promise hold ends too.

    Args:
        paid_on: The day the customer paid.
        minor: Minor units; what is left over is not counted anywhere.

    Returns:
        The promises that changed.
    """
    known = promises.list_of_case(work, case.id)
    changed = settle(known, paid_on, minor)
    for promise in changed:
        promises.save(work, promise, _settled(case, promise))
    closed = {one.id for one in changed if one.state is not PromiseState.OPEN}
    if closed and not any(one.state is PromiseState.OPEN and one.id not in closed for one in known):
        lift_kind(work, case, key, HoldKind.PROMISE, "The promised money came in.")
    return changed


def list_promises(work: Work, case: Case) -> list[Promise]:
    """The promises of a case by their day."""
    work.actor.require(Permission.CASE_READ)
    return promises.list_of_case(work, case.id)


def list_promises_due(work: Work, until: date, most: int = 20) -> list[Promise]:
    """Open promises that this agency noted and whose day has come, earliest first."""
    work.actor.require(Permission.CASE_READ)
    return promises.list_due(work, work.actor.org, until, most)


def break_promises(database: Database, most: int = 500) -> int:
    """Note promises whose day and grace passed; a sweep of the worker. Returns how many."""
    with database.worker() as work:
        before = (work.now - GRACE).astimezone(UTC).date()
        overdue = promises.find_overdue(work, before, most)
        for promise, case, business in overdue:
            promises.break_one(work, promise, PromiseBroken(case=case, own=business, promise=promise))
        return len(overdue)


def _settled(case: Case, promise: Promise) -> Event | None:
    if promise.state is PromiseState.KEPT:
        return PromiseKept(case=case.id, own=case.business, promise=promise.id)
    if promise.state is PromiseState.BROKEN:
        return PromiseBroken(case=case.id, own=case.business, promise=promise.id)
    return None
