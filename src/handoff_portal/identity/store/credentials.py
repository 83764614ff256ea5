"""Rows of passwords, authenticators and recovery codes (front door only)."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, column, delete, func, insert, select, table, update
from sqlalchemy.dialects.postgresql import insert as upsert

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Event
from handoff_portal.core.ids import PersonId
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.model.credentials import Authenticator, Credentials
from handoff_portal.identity.store.organisations import PERSON, person_of

_SECRET = table(
    "person",
    *map(column, ("id", "email", "password_hash", "pepper_kid", "password_changed_at", "strange_failures")),
)
TOTP = table(
    "totp",
    *map(column, ("person_id", "sealed", "last_counter", "confirmed_at", "candidate", "candidate_at")),
)
RECOVERY = table("recovery_code", *map(column, ("person_id", "code_hash", "used_at")))
_COLUMNS = (
    *PERSON.c,
    column("password_hash"),
    column("password_changed_at"),
    column("strange_failures"),
)


def find_by_email(work: Work, email: str) -> Credentials | None:
    """The person who signs in with this address."""
    row = work.read(select(*_COLUMNS).where(PERSON.c.email == email)).mappings().one_or_none()
    return _credentials(row) if row else None


def load(work: Work, person: PersonId) -> Credentials:
    """One person's credentials. Raises NotFound."""
    row = work.read(select(*_COLUMNS).where(PERSON.c.id == person)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _credentials(row)


def set_password(work: Work, person: PersonId, hashed: str, kid: int, event: Event) -> None:
    """Store a new password's hash; wrong attempts are forgotten."""
    values = {"password_hash": hashed, "pepper_kid": kid, "password_changed_at": work.now}
    work.change(update(_SECRET).where(_SECRET.c.id == person).values(**values, strange_failures=0))
    work.record(event)


def rehash(work: Work, person: PersonId, was: str, hashed: str, kid: int) -> None:
    """Store the same password at today's cost, unless it was changed meanwhile."""
    same = (_SECRET.c.id == person) & (_SECRET.c.password_hash == was)
    work.keep_house(update(_SECRET).where(same).values(password_hash=hashed, pepper_kid=kid))


def count_strange_failure(work: Work, email: str) -> None:
    """One more wrong password from an unknown browser; nothing happens for an unknown address."""
    more = _SECRET.c.strange_failures + 1
    work.keep_house(update(_SECRET).where(_SECRET.c.email == email).values(strange_failures=more))


def forget_failures(work: Work, person: PersonId) -> None:
    """The person was there: begin to count anew."""
    work.keep_house(update(_SECRET).where(_SECRET.c.id == person).values(strange_failures=0))


def find_authenticator(work: Work, person: PersonId) -> Authenticator | None:
    """The app of a person; None before enrolment began."""
    columns = (TOTP.c.sealed, TOTP.c.last_counter, TOTP.c.candidate, TOTP.c.candidate_at)
    row = work.read(select(*columns).where(TOTP.c.person_id == person)).mappings().one_or_none()
    return Authenticator(**row) if row else None


def put_candidate(work: Work, person: PersonId, sealed: bytes) -> None:
    """Keep a secret until its first code proves it; it opens nothing before."""
    fresh = {"candidate": sealed, "candidate_at": work.now}
    query = upsert(TOTP).values(person_id=person, last_counter=0, **fresh)
    work.keep_house(query.on_conflict_do_update(index_elements=[TOTP.c.person_id], set_=fresh))


def accept_candidate(work: Work, person: PersonId, sealed: bytes, counter: int, event: Event) -> bool:
    """Let the candidate take the place of the app; False if it is not the one that was shown."""
    same = (TOTP.c.person_id == person) & (TOTP.c.candidate == sealed)
    accepted = {"sealed": sealed, "last_counter": counter, "confirmed_at": work.now}
    query = update(TOTP).where(same).values(**accepted, candidate=None, candidate_at=None)
    if work.keep_house(query).rowcount != 1:
        return False
    work.record(event)
    return True


def advance_counter(work: Work, person: PersonId, counter: int) -> bool:
    """Use up a step and all before it; False if a code of this step or a later one was used already."""
    unused = (TOTP.c.person_id == person) & (TOTP.c.last_counter < counter)
    return work.keep_house(update(TOTP).where(unused).values(last_counter=counter)).rowcount == 1


def replace_recovery_codes(work: Work, person: PersonId, hashes: Sequence[bytes], event: Event) -> None:
    """Void all recovery codes of a person and store new ones."""
    work.change(delete(RECOVERY).where(RECOVERY.c.person_id == person))
    work.change(insert(RECOVERY), [{"person_id": person, "code_hash": code} for code in hashes])
    work.record(event)


def use_recovery_code(work: Work, person: PersonId, code_hash: bytes) -> bool:
    """Use up a recovery code; False if it is none of this person's unused ones. The event must follow."""
    unused = (RECOVERY.c.person_id == person) & (RECOVERY.c.code_hash == code_hash)
    query = update(RECOVERY).where(unused & RECOVERY.c.used_at.is_(None)).values(used_at=work.now)
    return work.keep_house(query).rowcount == 1


def count_recovery_codes(work: Work, person: PersonId) -> int:
    """How many recovery codes a person has left."""
    unused = (RECOVERY.c.person_id == person) & RECOVERY.c.used_at.is_(None)
    count: int = work.read(select(func.count()).select_from(RECOVERY).where(unused)).scalar_one()
    return count


def _credentials(row: RowMapping) -> Credentials:
    return Credentials(
        person_of(row), row["password_hash"], row["password_changed_at"], row["strange_failures"]
    )
