"""Past contacts for trying rule files; for the worker, from clear columns alone."""

from datetime import datetime
from uuid import UUID

from handoff_portal.adapters.database import Work
from handoff_portal.contacts.model.past import past_case
from handoff_portal.contacts.store import past
from handoff_portal.guard.model.replay import PastCase


def count_past(work: Work, since: datetime, until: datetime) -> int:
    """Contacts that agencies made with customers in this time."""
    return past.count_contacts(work, since, until)


def past_cases(work: Work, since: datetime, until: datetime, after: UUID | None, most: int) -> list[PastCase]:
    """The next cases with such contacts, in the order of their ids, after one of them; at most `most`."""
    return [past_case(one) for one in past.list_cases(work, since, until, after, most)]
