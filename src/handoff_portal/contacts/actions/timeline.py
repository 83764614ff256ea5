"""The one timeline of both sides: messages, contacts, notes, holds and promises in the order of time."""

from datetime import datetime

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions.cases import opened_since
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.moments import (
    of_communication,
    of_hold,
    of_lifting,
    of_note,
    of_promise,
)
from handoff_portal.contacts.model.timeline import Moment, in_order
from handoff_portal.contacts.store import communications, holds, notes, promises
from handoff_portal.core.permissions import OrgKind, Permission


def list_timeline(work: Work, case: Case, key: CaseKey) -> list[Moment]:
    """Everything that both sides said and did with the customer, oldest first."""
    work.actor.require(Permission.CASE_READ)
    since = _handed_over(work, case)
    moments = [of_communication(case, one, since) for one in communications.list_all(work, case.id, key)]
    moments += [of_note(case, note) for note in notes.list_all(work, case.id, key)]
    for hold in holds.list_all(work, case.id, key):
        moments.append(of_hold(case, hold, work.now))
        moments += [of_lifting(case, hold)] if hold.lifted_at is not None else []
    moments += [of_promise(case, promise) for promise in promises.list_of_case(work, case.id)]
    return in_order(moments)


def _handed_over(work: Work, case: Case) -> datetime | None:
    """When the agency that reads got the case; the business need not know for its own reading."""
    return opened_since(work, case) if work.actor.org_kind is OrgKind.AGENCY else None
