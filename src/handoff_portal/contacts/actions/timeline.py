"""The one timeline of both sides: messages, contacts, notes, holds and promises in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions.cases import opened_since
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.communications import Communication, doubtful_channels
from handoff_portal.contacts.model.holds import Hold, MayContact, may_contact
from handoff_portal.contacts.model.moments import (
    of_communication,
    of_hold,
    of_lifting,
    of_note,
    of_promise,
    with_told,
)
from handoff_portal.contacts.model.notes import Note
from handoff_portal.contacts.model.promises import Promise
from handoff_portal.contacts.model.timeline import Moment, in_order
from handoff_portal.contacts.store import communications, conduct, holds, notes, overrides, promises
from handoff_portal.core.permissions import OrgKind, Permission


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that was said and done with a customer, read once.

    Attributes:
        moments: The timeline, oldest first.
        communications: What of it was said, oldest first.
        holds: Those that count now.
    """

    moments: list[Moment]
    communications: Sequence[Communication]
    holds: Sequence[Hold]
    notes: Sequence[Note]
    promises: Sequence[Promise]
    may_contact: MayContact


def read_story(work: Work, case: Case, key: CaseKey) -> Story:
    """Everything that both sides said and did with the customer."""
    work.actor.require(Permission.CASE_READ)
    since = _handed_over(work, case)
    said = communications.list_all(work, case.id, key)
    placed = holds.list_all(work, case.id, key)
    written = notes.list_all(work, case.id, key)
    promised = promises.list_of_case(work, case.id)
    looked_at = conduct.told_of_case(work, case.id, key)
    why = overrides.reasons_of(work, case.id, key)
    told = [of_communication(case, one, since, why.get(one.id, "")) for one in said]
    moments = [with_told(one, looked_at.get(row.id)) for one, row in zip(told, said, strict=True)]
    moments += [of_note(case, note) for note in written]
    moments += [of_hold(case, hold, work.now) for hold in placed]
    moments += [of_lifting(case, hold) for hold in placed if hold.lifted_at is not None]
    moments += [of_promise(case, promise) for promise in promised]
    return Story(
        moments=in_order(moments),
        communications=said,
        holds=[hold for hold in placed if hold.is_open(work.now)],
        notes=written,
        promises=promised,
        may_contact=may_contact(placed, work.now, doubtful_channels(said)),
    )


def list_timeline(work: Work, case: Case, key: CaseKey) -> list[Moment]:
    """The timeline alone, oldest first."""
    return read_story(work, case, key).moments


def _handed_over(work: Work, case: Case) -> datetime | None:
    """When the agency that reads got the case; the business need not know for its own reading."""
    return opened_since(work, case) if work.actor.org_kind is OrgKind.AGENCY else None
