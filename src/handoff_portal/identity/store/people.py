"""Changes of people's rows (front door only: the application's role cannot write them).

Every change of a signed column goes through `rewrite`: it asks whether the row is genuine before it signs the
row anew, so that no honest change makes a forged row good.
"""

from sqlalchemy import column, select, table, update

from handoff_portal.adapters.database import Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.core.events import Event
from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.model.organisation import PersonState

_PERSON = table("person", *map(column, (*rows.PERSON.needed, "time_zone")))


def rewrite(
    work: Work, person: PersonId, event: Event, *, since: int | None = None, **values: object
) -> bool:
    """Change columns of a person's row and sign it anew; the row is locked meanwhile.

    Args:
        work: Front door.
        person: Whose row.
        event: What explains the change.
        since: Change nothing unless this is the role version in the row.
        values: The columns that get another value, spelled as in the table.

    Returns:
        False if the row has another role version.

    Raises:
        NotFound: There is no such row, or it is not genuine.
    """
    query = select(_PERSON).where(_PERSON.c.id == person).with_for_update()
    row = work.read(query).mappings().one_or_none()
    if row is None or not genuine(work, rows.PERSON, row, id=person):
        raise NotFound
    if since is not None and row["role_version"] != since:
        return False
    mac = rows.PERSON.sign(work.vault, {**row, **values})
    work.change(update(_PERSON).where(_PERSON.c.id == person).values(**values, mac=mac))
    work.record(event)
    return True


def set_details(work: Work, person: PersonId, name: str, time_zone: str, event: Event) -> None:
    """Change what a person is called and which zone they see times in. Raises NotFound."""
    rewrite(work, person, event, name=name, time_zone=time_zone)


def set_roles(work: Work, person: PersonId, roles: frozenset[Role], was: int, event: Event) -> bool:
    """Change roles; False if somebody else changed them since version `was`. Raises NotFound."""
    values = {"roles": sorted(role.value for role in roles), "role_version": was + 1}
    return rewrite(work, person, event, since=was, **values)


def set_state(work: Work, person: PersonId, state: PersonState, event: Event) -> None:
    """Let a person in or keep them out. Raises NotFound."""
    rewrite(work, person, event, state=state.value)
