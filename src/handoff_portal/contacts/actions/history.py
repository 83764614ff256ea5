"""The history that a business brings along, while the case is a draft."""

from collections.abc import Mapping, Sequence

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.model.communications import Communication, HistoryEntry
from handoff_portal.contacts.model.events import HistoryAdded, HistoryRemoved
from handoff_portal.contacts.model.timeline import HistorySummary
from handoff_portal.contacts.store import communications
from handoff_portal.core.ids import CaseId, CommunicationId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, NotFound


def add_history(
    work: Work, case: Case, key: CaseKey, entries: Sequence[HistoryEntry]
) -> list[CommunicationId]:
    """Add messages to a draft, all or none.

    Returns:
        Their ids, in the order of the entries.

    Raises:
        Invalid: A time lies in the future (field `occurred_at`).
    """
    work.actor.require(Permission.CASE_DRAFT)
    case.require_owner(work.actor)
    case.require_state(CaseState.DRAFT)
    if any(entry.occurred_at is not None and entry.occurred_at > work.now for entry in entries):
        raise Invalid({"occurred_at": "This time is still to come. Write when it was said."})
    made = [_made(work, entry) for entry in entries]
    if made:
        sources = tuple(sorted({entry.source for entry in entries}))
        event = HistoryAdded(case=case.id, own=case.business, messages=len(made), sources=sources)
        communications.add(work, case, key, made, event)
    return [one.id for one in made]


def remove_history(work: Work, case: Case, wanted: CommunicationId) -> None:
    """Take a message out of a draft again; once submitted, history stays. Raises NotFound."""
    work.actor.require(Permission.CASE_DRAFT)
    case.require_owner(work.actor)
    case.require_state(CaseState.DRAFT)
    event = HistoryRemoved(case=case.id, own=case.business, communication=wanted)
    if not communications.remove(work, case, wanted, event):
        raise NotFound


def list_history(work: Work, case: Case, key: CaseKey) -> list[Communication]:
    """Everything said so far, oldest first; what has no date stands at the beginning."""
    work.actor.require(Permission.CASE_READ)
    return communications.list_all(work, case.id, key)


def list_milestones(work: Work, keys: Mapping[CaseId, CaseKey]) -> dict[CaseId, list[Communication]]:
    """Reminders, final notices and conversations of several cases at once, each oldest first."""
    work.actor.require(Permission.CASE_READ)
    return communications.list_milestones(work, keys)


def count_many(work: Work, cases: Sequence[CaseId]) -> dict[CaseId, int]:
    """How much was said in each of these cases; those in which nothing was are left out."""
    work.actor.require(Permission.CASE_READ)
    return communications.count_many(work, cases)


def summarise(work: Work, case: Case) -> HistorySummary:
    """What can be said of the history without opening a word of it."""
    work.actor.require(Permission.CASE_READ)
    return communications.summarise(work, case.id)


def _made(work: Work, entry: HistoryEntry) -> Communication:
    return Communication(
        id=CommunicationId(new_id()),
        org=work.actor.org,
        source=entry.source,
        occurred_at=entry.occurred_at,
        zone=entry.zone,
        channel=entry.channel,
        direction=entry.direction,
        party=entry.party,
        words=entry.words,
        recorded_at=work.now,
        stage=entry.stage,
        documents=entry.documents,
    )
