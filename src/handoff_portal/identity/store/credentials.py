"""Rows of passwords, authenticators and recovery codes (front door only)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, column, delete, func, insert, select, table, update
from sqlalchemy.dialects.postgresql import insert as upsert

from handoff_portal.adapters.database import Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.core.events import Event
from handoff_portal.core.ids import PersonId
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.model.credentials import Authenticator, Credentials
from handoff_portal.identity.store.organisations import PERSON, person_of

_SECRET = table("person", *map(column, (*rows.PASSWORD.needed, "email", "strange_failures")))
TOTP = table("totp", *map(column, rows.TOTP.needed))
RECOVERY = table("recovery_code", *map(column, (*rows.RECOVERY_CODE.needed, "used_at")))
_COLUMNS = (*PERSON.c, *map(column, (*rows.PASSWORD.needed[1:], "strange_failures")))


def find_by_email(work: Work, email: str) -> Credentials | None:
    """The person who signs in with this address."""
    return _find(work, PERSON.c.email == email, email=email)


def load(work: Work, person: PersonId) -> Credentials:
    """One person's credentials. Raises NotFound."""
    found = _find(work, PERSON.c.id == person, id=person)
    if found is None:
        raise NotFound
    return found


def set_password(work: Work, person: PersonId, hashed: str, kid: int, event: Event) -> None:
    """Store a new password's hash; wrong attempts are forgotten."""
    values = _signed_password(work, person, hashed, kid, work.now)
    work.change(update(_SECRET).where(_SECRET.c.id == person).values(**values, strange_failures=0))
    work.record(event)


def rehash(work: Work, found: Credentials, hashed: str, kid: int) -> None:
    """Store the same password at today's cost, unless it was changed meanwhile."""
    values = _signed_password(work, found.person.id, hashed, kid, found.password_changed_at)
    same = (_SECRET.c.id == found.person.id) & (_SECRET.c.password_hash == found.password_hash)
    work.keep_house(update(_SECRET).where(same).values(values))


def count_strange_failure(work: Work, email: str) -> None:
    """One more wrong password from an unknown browser; nothing happens for an unknown address."""
    more = _SECRET.c.strange_failures + 1
    work.keep_house(update(_SECRET).where(_SECRET.c.email == email).values(strange_failures=more))


def forget_failures(work: Work, person: PersonId) -> None:
    """The person was there: begin to count anew."""
    work.keep_house(update(_SECRET).where(_SECRET.c.id == person).values(strange_failures=0))


def find_authenticator(work: Work, person: PersonId) -> Authenticator | None:
    """The app of a person; None before enrolment began."""
    row = work.read(select(TOTP).where(TOTP.c.person_id == person)).mappings().one_or_none()
    return _authenticator(row) if row and genuine(work, rows.TOTP, row, person_id=person) else None


def put_candidate(work: Work, person: PersonId, sealed: bytes) -> None:
    """Keep a secret until its first code proves it; it opens nothing before.

    Raises:
        NotFound: The person's row is not genuine.
    """
    empty = {"person_id": person, "sealed": None, "last_counter": 0, "confirmed_at": None}
    first = {**empty, "mac": rows.TOTP.sign(work.vault, empty)}
    work.keep_house(upsert(TOTP).values(first).on_conflict_do_nothing())
    row = _locked(work, person)
    if row is None:
        raise NotFound
    _write(work, row, candidate=sealed, candidate_at=work.now)


def accept_candidate(work: Work, person: PersonId, sealed: bytes, counter: int, event: Event) -> bool:
    """Let the candidate take the place of the app; False if it is not the one that was shown."""
    row = _locked(work, person)
    if row is None or row["candidate"] != sealed:
        return False
    accepted = {"sealed": sealed, "last_counter": counter, "confirmed_at": work.now}
    _write(work, row, **accepted, candidate=None, candidate_at=None)
    work.record(event)
    return True


def advance_counter(work: Work, person: PersonId, counter: int) -> bool:
    """Use up a step and all before it; False if a code of this step or a later one was used already."""
    row = _locked(work, person)
    if row is None or row["last_counter"] >= counter:
        return False
    _write(work, row, last_counter=counter)
    return True


def replace_recovery_codes(work: Work, person: PersonId, hashes: Sequence[bytes], event: Event) -> None:
    """Void all recovery codes of a person and store new ones."""
    work.change(delete(RECOVERY).where(RECOVERY.c.person_id == person))
    made = [{"person_id": person, "code_hash": code} for code in hashes]
    work.change(insert(RECOVERY), [{**one, "mac": rows.RECOVERY_CODE.sign(work.vault, one)} for one in made])
    work.record(event)


def use_recovery_code(work: Work, person: PersonId, code_hash: bytes) -> bool:
    """Use up a recovery code; False if it is none of this person's unused ones. The event must follow."""
    mine = (RECOVERY.c.person_id == person) & (RECOVERY.c.code_hash == code_hash)
    query = select(RECOVERY).where(mine, RECOVERY.c.used_at.is_(None)).with_for_update()
    row = work.read(query).mappings().one_or_none()
    asked = {"person_id": person, "code_hash": code_hash}
    if row is None or not genuine(work, rows.RECOVERY_CODE, row, **asked):
        return False
    work.keep_house(update(RECOVERY).where(mine).values(used_at=work.now, mac=None))
    return True


def count_recovery_codes(work: Work, person: PersonId) -> int:
    """How many recovery codes a person has left."""
    unused = (RECOVERY.c.person_id == person) & RECOVERY.c.used_at.is_(None)
    count: int = work.read(select(func.count()).select_from(RECOVERY).where(unused)).scalar_one()
    return count


def _find(work: Work, which: ColumnElement[bool], **asked: object) -> Credentials | None:
    row = work.read(select(*_COLUMNS).where(which)).mappings().one_or_none()
    if row is None or not genuine(work, rows.PERSON, row, **asked):
        return None
    if row["password_hash"] is not None and not genuine(work, rows.PASSWORD, row):
        return None
    return _credentials(row)


def _signed_password(
    work: Work, person: PersonId, hashed: str, kid: int, since: datetime | None
) -> dict[str, object]:
    values = {"password_hash": hashed, "pepper_kid": kid, "password_changed_at": since}
    return {**values, "password_mac": rows.PASSWORD.sign(work.vault, {"id": person, **values})}


def _locked(work: Work, person: PersonId) -> RowMapping | None:
    """The row of a person's authenticator, if it is genuine; nobody else changes it until this work ends."""
    query = select(TOTP).where(TOTP.c.person_id == person).with_for_update()
    row = work.read(query).mappings().one_or_none()
    return row if row and genuine(work, rows.TOTP, row, person_id=person) else None


def _write(work: Work, row: RowMapping, **values: object) -> None:
    changed = {**values, "mac": rows.TOTP.sign(work.vault, {**row, **values})}
    work.keep_house(update(TOTP).where(TOTP.c.person_id == row["person_id"]).values(changed))


def _authenticator(row: RowMapping) -> Authenticator:
    return Authenticator(row["sealed"], row["last_counter"], row["candidate"], row["candidate_at"])


def _credentials(row: RowMapping) -> Credentials:
    return Credentials(
        person_of(row), row["password_hash"], row["password_changed_at"], row["strange_failures"]
    )
