"""Rows of invitations and password resets. Only the SHA-256 of a link's token is stored.

A link holds as long as its row is signed: using it up takes the code away.
"""

from datetime import datetime

from sqlalchemy import column, insert, select, table, update

from handoff_portal.adapters.database import Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.core.ids import InvitationId, PersonId
from handoff_portal.identity.model.credentials import Invitation
from handoff_portal.identity.model.organisation import Person, PersonState
from handoff_portal.identity.store.organisations import find_person, load_organisation

INVITATION = table(
    "invitation",
    *map(column, ("id", "org_id", "person_id", "token_hash", "created_at", "expires_at", "used_at", "mac")),
)
RESET = table(
    "password_reset", *map(column, ("token_hash", "person_id", "created_at", "expires_at", "used_at", "mac"))
)


def add_invitation(
    work: Work, invitation: InvitationId, person: Person, token_hash: bytes, until: datetime
) -> None:
    """Insert an invitation; earlier ones of the same person end (the person's event explains it)."""
    earlier = (INVITATION.c.person_id == person.id) & INVITATION.c.used_at.is_(None)
    work.keep_house(update(INVITATION).where(earlier).values(used_at=work.now, mac=None))
    values = {
        "id": invitation,
        "org_id": person.org,
        "person_id": person.id,
        "token_hash": token_hash,
        "created_at": work.now,
        "expires_at": until,
    }
    work.keep_house(insert(INVITATION).values(**values, mac=rows.INVITATION.sign(work.vault, values)))


def find_invitation(work: Work, token_hash: bytes) -> Invitation | None:
    """The invitation that still holds for this link, of somebody who has not enrolled yet."""
    live = INVITATION.c.used_at.is_(None) & (INVITATION.c.expires_at > work.now)
    query = select(INVITATION).where(INVITATION.c.token_hash == token_hash, live)
    row = work.read(query).mappings().one_or_none()
    if row is None or not genuine(work, rows.INVITATION, row, token_hash=token_hash):
        return None
    if row["expires_at"] <= work.now:
        return None
    person = find_person(work, PersonId(row["person_id"]))
    if person is None or person.state is not PersonState.INVITED or person.org != row["org_id"]:
        return None
    name = load_organisation(work, person.org).name
    return Invitation(InvitationId(row["id"]), person, name, row["expires_at"])


def use_invitations(work: Work, person: PersonId) -> None:
    """The person is enrolled, or may not be any more: no link of theirs opens anything."""
    unused = (INVITATION.c.person_id == person) & INVITATION.c.used_at.is_(None)
    work.keep_house(update(INVITATION).where(unused).values(used_at=work.now, mac=None))


def add_reset(work: Work, person: PersonId, token_hash: bytes, until: datetime) -> None:
    """Insert a reset (the event that it was asked for explains it)."""
    made = {"token_hash": token_hash, "person_id": person, "created_at": work.now, "expires_at": until}
    work.keep_house(insert(RESET).values(**made, mac=rows.RESET.sign(work.vault, made)))


def find_reset(work: Work, token_hash: bytes) -> PersonId | None:
    """Whose password this link may change, if it still holds."""
    live = (RESET.c.token_hash == token_hash) & RESET.c.used_at.is_(None) & (RESET.c.expires_at > work.now)
    row = work.read(select(RESET).where(live)).mappings().one_or_none()
    if row is None or not genuine(work, rows.RESET, row, token_hash=token_hash):
        return None
    return PersonId(row["person_id"]) if row["expires_at"] > work.now else None


def use_resets(work: Work, person: PersonId) -> int:
    """End every reset link of a person; gives how many still held."""
    unused = (RESET.c.person_id == person) & RESET.c.used_at.is_(None)
    return work.keep_house(update(RESET).where(unused).values(used_at=work.now, mac=None)).rowcount


def sweep(work: Work, before: datetime) -> None:
    """Forget links that ended before that time."""
    work.keep_house(RESET.delete().where(RESET.c.expires_at < before))
    work.keep_house(INVITATION.delete().where(INVITATION.c.expires_at < before))
