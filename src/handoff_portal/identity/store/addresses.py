"""Rows of wishes for another e-mail address. Both addresses are sealed, and wiped when it is over."""

from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, column, delete, insert, select, table, update
from sqlalchemy.exc import IntegrityError

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.rows import Signed, genuine
from handoff_portal.adapters.vault.seal import Context, Kind, open_sealed, seal
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.events import Event
from handoff_portal.core.ids import NOBODY, EmailChangeId, PersonId
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.model.addresses import EmailChange
from handoff_portal.identity.store import people

_COLUMNS = (
    "id",
    "person_id",
    "earlier",
    "wanted",
    "confirm_hash",
    "stop_hash",
    "asked_at",
    "confirm_until",
    "stop_until",
    "confirmed_at",
    "ended_at",
)
SIGNED = Signed("email_change", _COLUMNS)
CHANGE = table("email_change", *map(column, SIGNED.needed))
_OPEN = CHANGE.c.ended_at.is_(None)


def add(work: Work, made: EmailChange, confirm_hash: bytes, stop_hash: bytes, event: Event) -> None:
    """Insert a wish; an earlier one of the same person ends (front door)."""
    for row in work.read(select(CHANGE).where(_OPEN & (CHANGE.c.person_id == made.person))).mappings():
        _write(work, row, ended_at=work.now, earlier=None, wanted=None)
    values = {
        "id": made.id,
        "person_id": made.person,
        "earlier": _sealed(work, made.id, "earlier", made.earlier),
        "wanted": _sealed(work, made.id, "wanted", made.wanted),
        "confirm_hash": confirm_hash,
        "stop_hash": stop_hash,
        "asked_at": work.now,
        "confirm_until": made.confirm_until,
        "stop_until": made.stop_until,
    }
    work.change(insert(CHANGE).values(**values, mac=SIGNED.sign(work.vault, values)))
    work.record(event)


def find_confirmed(work: Work, person: PersonId) -> EmailChange | None:
    """The change of a person that was made and can still be taken back (front door)."""
    live = (CHANGE.c.person_id == person) & CHANGE.c.confirmed_at.is_not(None)
    return _one(work, live & (CHANGE.c.stop_until > work.now), person_id=person)


def find_by_confirm(work: Work, confirm_hash: bytes) -> EmailChange | None:
    """The wish that this link confirms, while it holds (front door)."""
    live = (CHANGE.c.confirm_hash == confirm_hash) & CHANGE.c.confirmed_at.is_(None)
    found = _one(work, live & (CHANGE.c.confirm_until > work.now), confirm_hash=confirm_hash)
    return found if found and found.confirmed_at is None and found.confirm_until > work.now else None


def find_by_stop(work: Work, stop_hash: bytes) -> EmailChange | None:
    """The wish that this link stops or takes back, while it holds (front door)."""
    live = (CHANGE.c.stop_hash == stop_hash) & (CHANGE.c.stop_until > work.now)
    found = _one(work, live, stop_hash=stop_hash)
    return found if found and found.stop_until > work.now else None


def set_address(work: Work, person: PersonId, email: str, event: Event) -> None:
    """Let a person sign in with another address (front door).

    Raises:
        NotFound: Somebody else took it at the same moment.
    """
    try:
        people.rewrite(work, person, event, email=email)
    except IntegrityError as taken:
        raise NotFound from taken


def set_confirmed(work: Work, change: EmailChange) -> None:
    """The new address answered; the event of the changed address explains it (front door)."""
    query = select(CHANGE).where(CHANGE.c.id == change.id)
    for row in work.read(query).mappings():
        _write(work, row, confirmed_at=work.now)


def end(work: Work, change: EmailChange) -> None:
    """It is over: wipe the addresses (front door); the event that it was stopped explains it."""
    query = select(CHANGE).where(CHANGE.c.id == change.id)
    for row in work.read(query).mappings():
        _write(work, row, ended_at=work.now, earlier=None, wanted=None)


def sweep(work: Work, before: datetime) -> None:
    """Forget wishes that can no longer be taken back since that time (worker's door)."""
    work.keep_house(delete(CHANGE).where(CHANGE.c.stop_until < before))


def _write(work: Work, row: RowMapping, **changes: object) -> None:
    if not genuine(work, SIGNED, row):
        raise NotFound
    mac = SIGNED.sign(work.vault, {**row, **changes})
    work.keep_house(update(CHANGE).where(CHANGE.c.id == row["id"]).values(**changes, mac=mac))


def _one(work: Work, which: ColumnElement[bool], **asked: object) -> EmailChange | None:
    """The row, if this portal wrote it and its signed columns are what was asked for."""
    row = work.read(select(CHANGE).where(_OPEN & which).with_for_update()).mappings().one_or_none()
    if row is None or row["ended_at"] is not None or not genuine(work, SIGNED, row):
        return None
    if any(row[name] != value for name, value in asked.items()):
        return None
    change = EmailChangeId(row["id"])
    return EmailChange(
        id=change,
        person=PersonId(row["person_id"]),
        earlier=_opened(work, change, "earlier", row["earlier"]),
        wanted=_opened(work, change, "wanted", row["wanted"]),
        confirm_until=row["confirm_until"],
        stop_until=row["stop_until"],
        confirmed_at=row["confirmed_at"],
    )


def _sealed(work: Work, change: EmailChangeId, name: str, address: str) -> bytes:
    return seal(work.vault.system_key(SystemKey.MAIL), _context(change, name), address.encode())


def _opened(work: Work, change: EmailChangeId, name: str, octets: bytes) -> str:
    return open_sealed(work.vault.system_key(SystemKey.MAIL), _context(change, name), octets).decode()


def _context(change: EmailChangeId, name: str) -> Context:
    return Context(Kind.FIELD, NOBODY, object_id=change, name=f"email_change.{name}")
