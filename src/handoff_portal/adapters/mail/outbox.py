"""Posting: a mail is a row beside the change it tells about; what it says is sealed until it is sent.

A mail never carries personal data: templates have no names and no amounts, and values are links and times.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, column, insert, or_, select, table, update

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.adapters.vault.seal import Context, Kind, open_sealed, seal
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.ids import NOBODY, PersonId

OUTBOX = table(
    "outbox",
    *map(
        column,
        (
            "id",
            "person_id",
            "template",
            "sealed",
            "created_at",
            "next_try_at",
            "attempts",
            "sent_at",
            "failed_at",
        ),
    ),
)
_PERSON = table("person", *map(column, rows.PERSON.needed))
_PERSONS = tuple(_PERSON.c[name].label(f"p_{name}") for name in rows.PERSON.needed)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail whose time has come.

    Attributes:
        address: Empty if the person's row is not genuine: nothing may be sent there.
        sealed: What the template needs besides the address of the portal; see `open_values`.
        attempts: How often it was tried before.
    """

    id: UUID
    person: PersonId
    address: str
    template: str
    sealed: bytes
    created_at: datetime
    attempts: int


def post(work: Work, person: PersonId, template: str, **values: str) -> UUID:
    """Put a mail into the outbox; it is sent only if this work commits.

    Args:
        work: The change that the mail tells about; any door.
        person: Who gets it; the address is looked up when it is sent.
        template: Name of a file in templates/mail, without its ending.
        values: Links (paths of the portal) and words for the template; sealed until then. With `to` the mail
            goes to that address, such as the one a person had before.
    """
    mail = new_id()
    sealed = seal(_key(work), _context(mail, person, template), json.dumps(values).encode())
    work.keep_house(
        insert(OUTBOX).values(
            id=mail,
            person_id=person,
            template=template,
            sealed=sealed,
            created_at=work.now,
            next_try_at=work.now,
            attempts=0,
        )
    )
    return mail


def take_next(work: Work) -> Waiting | None:
    """Lock the oldest mail whose time has come, so that no other worker sends it (worker's door)."""
    query = (
        select(OUTBOX, *_PERSONS)
        .join(_PERSON, _PERSON.c.id == OUTBOX.c.person_id)
        .where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.failed_at.is_(None), OUTBOX.c.next_try_at <= work.now)
        .order_by(OUTBOX.c.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=OUTBOX)
    )
    row = work.read(query).mappings().one_or_none()
    return _waiting(work, row) if row else None


def open_values(work: Work, waiting: Waiting) -> dict[str, str]:
    """The values that were posted with a mail. Raises Tampered."""
    place = _context(waiting.id, waiting.person, waiting.template)
    values: dict[str, str] = json.loads(open_sealed(_key(work), place, waiting.sealed))
    return values


def note_sent(work: Work, mail: UUID) -> None:
    """The mail is out: wipe what it said."""
    work.keep_house(update(OUTBOX).where(OUTBOX.c.id == mail).values(sent_at=work.now, sealed=None))


def note_failed(work: Work, mail: UUID) -> None:
    """The mail will never arrive: wipe what it said."""
    work.keep_house(update(OUTBOX).where(OUTBOX.c.id == mail).values(failed_at=work.now, sealed=None))


def note_later(work: Work, mail: UUID, when: datetime) -> None:
    """The mail could not be sent now."""
    later = {"attempts": OUTBOX.c.attempts + 1, "next_try_at": when}
    work.keep_house(update(OUTBOX).where(OUTBOX.c.id == mail).values(later))


def sweep(work: Work, before: datetime) -> None:
    """Forget mails that were finished before that time."""
    done = or_(OUTBOX.c.sent_at < before, OUTBOX.c.failed_at < before)
    work.keep_house(OUTBOX.delete().where(done))


def _waiting(work: Work, row: RowMapping) -> Waiting:
    return Waiting(
        id=row["id"],
        person=PersonId(row["person_id"]),
        address=row["p_email"] if genuine(work, rows.PERSON, row, "p_", id=row["person_id"]) else "",
        template=row["template"],
        sealed=row["sealed"],
        created_at=row["created_at"],
        attempts=row["attempts"],
    )


def _key(work: Work) -> bytes:
    return work.vault.system_key(SystemKey.MAIL)


def _context(mail: UUID, person: PersonId, template: str) -> Context:
    """A waiting mail opens for this person and this template only: a link cannot be sent to somebody else."""
    return Context(Kind.FIELD, NOBODY, object_id=mail, name=f"outbox.{template}.{person}")
