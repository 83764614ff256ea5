"""Rows of invitations and password resets. Only the SHA-256 of a link's token is stored."""

from datetime import datetime

from sqlalchemy import RowMapping, column, insert, select, table, update

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import InvitationId, PersonId
from handoff_portal.identity.model.credentials import Invitation
from handoff_portal.identity.model.organisation import Person
from handoff_portal.identity.store.organisations import ORGANISATION, PERSON, person_of

INVITATION = table(
    "invitation",
    *map(column, ("id", "org_id", "person_id", "token_hash", "created_at", "expires_at", "used_at")),
)
RESET = table(
    "password_reset", *map(column, ("token_hash", "person_id", "created_at", "expires_at", "used_at"))
)


def add_invitation(
    work: Work, invitation: InvitationId, person: Person, token_hash: bytes, until: datetime
) -> None:
    """Insert an invitation; earlier ones of the same person end (the person's event explains it)."""
    earlier = (INVITATION.c.person_id == person.id) & INVITATION.c.used_at.is_(None)
    work.keep_house(update(INVITATION).where(earlier).values(used_at=work.now))
    work.keep_house(
        insert(INVITATION).values(
            id=invitation,
            org_id=person.org,
            person_id=person.id,
            token_hash=token_hash,
            created_at=work.now,
            expires_at=until,
        )
    )


def find_invitation(work: Work, token_hash: bytes) -> Invitation | None:
    """The invitation that still holds for this link."""
    return _one(work, INVITATION.c.token_hash == token_hash)


def use_invitations(work: Work, person: PersonId) -> None:
    """The person is enrolled, or may not be any more: no link of theirs opens anything."""
    unused = (INVITATION.c.person_id == person) & INVITATION.c.used_at.is_(None)
    work.keep_house(update(INVITATION).where(unused).values(used_at=work.now))


def add_reset(work: Work, person: PersonId, token_hash: bytes, until: datetime) -> None:
    """Insert a reset (the event that it was asked for explains it)."""
    made = {"token_hash": token_hash, "person_id": person, "created_at": work.now, "expires_at": until}
    work.keep_house(insert(RESET).values(made))


def find_reset(work: Work, token_hash: bytes) -> PersonId | None:
    """Whose password this link may change, if it still holds."""
    live = (RESET.c.token_hash == token_hash) & RESET.c.used_at.is_(None) & (RESET.c.expires_at > work.now)
    found = work.read(select(RESET.c.person_id).where(live)).scalar_one_or_none()
    return PersonId(found) if found else None


def use_resets(work: Work, person: PersonId) -> int:
    """End every reset link of a person; gives how many still held."""
    unused = (RESET.c.person_id == person) & RESET.c.used_at.is_(None)
    return work.keep_house(update(RESET).where(unused).values(used_at=work.now)).rowcount


def sweep(work: Work, before: datetime) -> None:
    """Forget links that ended before that time."""
    work.keep_house(RESET.delete().where(RESET.c.expires_at < before))
    work.keep_house(INVITATION.delete().where(INVITATION.c.expires_at < before))


def _one(work: Work, which: object) -> Invitation | None:
    query = (
        select(INVITATION.c.id.label("invitation_id"), INVITATION.c.expires_at, ORGANISATION.c.name, *_PERSON)
        .join(PERSON, PERSON.c.id == INVITATION.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == INVITATION.c.org_id)
        .where(which, INVITATION.c.used_at.is_(None))  # type: ignore[arg-type]
        .where(INVITATION.c.expires_at > work.now, PERSON.c.state == "invited")
    )
    row = work.read(query).mappings().one_or_none()
    return _invitation(row) if row else None


def _invitation(row: RowMapping) -> Invitation:
    person = person_of({name: row[f"p_{name}"] for name in PERSON.c.keys()})  # noqa: SIM118 - a collection
    return Invitation(InvitationId(row["invitation_id"]), person, row["name"], row["expires_at"])


_PERSON = tuple(one.label(f"p_{one.name}") for one in PERSON.c)
