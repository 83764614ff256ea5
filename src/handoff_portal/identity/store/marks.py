"""Rows of passwords that are to be looked up again, or that leaked (front door only)."""

from enum import StrEnum

from sqlalchemy import column, delete, select, table
from sqlalchemy.dialects.postgresql import insert

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Event
from handoff_portal.core.ids import PersonId

MARK = table("password_mark", column("person_id"), column("mark"), column("since"))


class Mark(StrEnum):
    """What is known about a password in use."""

    UNCHECKED = "unchecked"
    LEAKED = "leaked"


def find(work: Work, person: PersonId) -> Mark | None:
    """The mark of a person's password; None if there is nothing to say."""
    found = work.read(select(MARK.c.mark).where(MARK.c.person_id == person)).scalar_one_or_none()
    return Mark(found) if found else None


def put(work: Work, person: PersonId, mark: Mark, event: Event) -> None:
    """Mark a person's password."""
    values = {"mark": mark.value, "since": work.now}
    query = insert(MARK).values(person_id=person, **values)
    work.change(query.on_conflict_do_update(index_elements=[MARK.c.person_id], set_=values))
    work.record(event)


def clear(work: Work, person: PersonId) -> None:
    """The password was looked up and is not on the list."""
    work.keep_house(delete(MARK).where(MARK.c.person_id == person))
