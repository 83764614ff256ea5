"""Changes of people's rows (front door only: the application's role cannot write them)."""

from sqlalchemy import column, table, update

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Event
from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import Role
from handoff_portal.identity.model.organisation import PersonState

_PERSON = table("person", *map(column, ("id", "name", "time_zone", "roles", "role_version", "state")))


def set_details(work: Work, person: PersonId, name: str, time_zone: str, event: Event) -> None:
    """Change what a person is called and which zone they see times in."""
    work.change(update(_PERSON).where(_PERSON.c.id == person).values(name=name, time_zone=time_zone))
    work.record(event)


def set_roles(work: Work, person: PersonId, roles: frozenset[Role], was: int, event: Event) -> bool:
    """Change roles; False if they were changed by somebody else since version `was`."""
    same = (_PERSON.c.id == person) & (_PERSON.c.role_version == was)
    values = {"roles": sorted(role.value for role in roles), "role_version": was + 1}
    if work.change(update(_PERSON).where(same).values(values)).rowcount != 1:
        return False
    work.record(event)
    return True


def set_state(work: Work, person: PersonId, state: PersonState, event: Event) -> None:
    """Let a person in or keep them out."""
    work.change(update(_PERSON).where(_PERSON.c.id == person).values(state=state.value))
    work.record(event)
