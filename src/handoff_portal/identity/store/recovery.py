"""Rows of requests for a new second factor. Only the SHA-256 of a link's token is stored."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, column, delete, insert, select, table, update

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.rows import Signed, genuine
from handoff_portal.core.events import Event
from handoff_portal.core.ids import FactorRecoveryId, OrgId, PersonId
from handoff_portal.identity.model.recovery import Check, Ending, Recovery
from handoff_portal.identity.store.organisations import ORGANISATION, PERSON

_SHOWN = (
    "id",
    "person_id",
    "org_id",
    "asked_at",
    "method",
    "reference",
    "checked_by",
    "checked_at",
    "approved_by",
    "approved_at",
    "opens_at",
    "opened_at",
    "expires_at",
    "ended_at",
    "ending",
)
SIGNED = Signed("factor_recovery", (*_SHOWN, "stop_hash", "link_hash"))
RECOVERY = table("factor_recovery", *map(column, SIGNED.needed))
_OPEN = RECOVERY.c.ended_at.is_(None)


def add(
    work: Work,
    recovery: FactorRecoveryId,
    person: tuple[PersonId, OrgId],
    stop_hash: bytes,
    until: datetime,
    event: Event,
) -> None:
    """Insert a request of a person of an organisation (front door)."""
    made = {
        "id": recovery,
        "person_id": person[0],
        "org_id": person[1],
        "stop_hash": stop_hash,
        "asked_at": work.now,
        "expires_at": until,
    }
    work.change(insert(RECOVERY).values(**made, mac=SIGNED.sign(work.vault, made)))
    work.record(event)


def set_checked(
    work: Work, recovery: FactorRecoveryId, method: Check, reference: str, until: datetime, event: Event
) -> bool:
    """Note the first person's check; False if it was no longer their turn."""
    row = _locked(work, recovery)
    if row is None or row["checked_at"] is not None:
        return False
    made = {"method": method.value, "reference": reference, "checked_by": work.actor.person}
    _write(work, row, {**made, "checked_at": work.now, "expires_at": until})
    work.record(event)
    return True


def set_approved(
    work: Work, recovery: FactorRecoveryId, opens: datetime, until: datetime, event: Event
) -> bool:
    """Note the second person's approval; False if it was no longer their turn."""
    row = _locked(work, recovery)
    if row is None or row["checked_at"] is None or row["approved_at"] is not None:
        return False
    made = {"approved_by": work.actor.person, "approved_at": work.now}
    _write(work, row, {**made, "opens_at": opens, "expires_at": until})
    work.record(event)
    return True


def set_opened(
    work: Work, recovery: FactorRecoveryId, link_hash: bytes, until: datetime, event: Event
) -> bool:
    """Store the hash of the mailed link (worker's door); False if it was stopped meanwhile."""
    row = _locked(work, recovery)
    if row is None or row["opened_at"] is not None or row["opens_at"] is None or row["opens_at"] > work.now:
        return False
    _write(work, row, {"link_hash": link_hash, "opened_at": work.now, "expires_at": until})
    work.record(event)
    return True


def end(work: Work, recovery: FactorRecoveryId, ending: Ending, event: Event) -> bool:
    """End a request; False if it had ended before."""
    row = _locked(work, recovery)
    if row is None:
        return False
    _write(work, row, {"ended_at": work.now, "ending": ending.value})
    work.record(event)
    return True


def find(work: Work, recovery: FactorRecoveryId) -> Recovery | None:
    """One request, if this actor may know it."""
    return _one(work, RECOVERY.c.id == recovery)


def find_open(work: Work, person: PersonId) -> Recovery | None:
    """The request of a person that goes on."""
    return _one(work, _OPEN & (RECOVERY.c.person_id == person))


def find_by_stop(work: Work, stop_hash: bytes) -> Recovery | None:
    """The request that this link stops, while it goes on (front door)."""
    return _one(work, _OPEN & (RECOVERY.c.stop_hash == stop_hash))


def find_by_link(work: Work, link_hash: bytes) -> Recovery | None:
    """The request whose link this is, while it holds (front door)."""
    live = _OPEN & (RECOVERY.c.link_hash == link_hash) & (RECOVERY.c.expires_at > work.now)
    found = _one(work, live & (PERSON.c.state == "active"))
    row = _locked(work, found.id) if found else None
    if found is None or row is None or row["person_id"] != found.person:
        return None
    return found if row["link_hash"] == link_hash and row["expires_at"] > work.now else None


def list_since(work: Work, since: datetime) -> list[Recovery]:
    """Requests that go on, and those that ended since then; what waits longest first."""
    query = _query().where(_OPEN | (RECOVERY.c.ended_at > since))
    order = query.order_by(_OPEN.desc(), RECOVERY.c.asked_at)
    return [_recovery(row) for row in work.read(order).mappings()]


def list_due(work: Work) -> list[Recovery]:
    """Requests whose day has passed (worker's door)."""
    due = _OPEN & RECOVERY.c.opened_at.is_(None) & (RECOVERY.c.opens_at <= work.now)
    return [_recovery(row) for row in work.read(_query().where(due)).mappings()]


def list_lapsed(work: Work) -> list[Recovery]:
    """Requests whose turn ended unused (worker's door)."""
    waiting = RECOVERY.c.approved_at.is_(None) | RECOVERY.c.opened_at.is_not(None)
    query = _query().where(_OPEN & waiting & (RECOVERY.c.expires_at <= work.now))
    return [_recovery(row) for row in work.read(query).mappings()]


def sweep(work: Work, before: datetime) -> None:
    """Forget requests that ended before that time; the log keeps what happened (worker's door)."""
    work.keep_house(delete(RECOVERY).where(RECOVERY.c.ended_at < before))


def _locked(work: Work, recovery: FactorRecoveryId) -> RowMapping | None:
    """The row of a request that goes on, if this portal wrote it."""
    query = select(RECOVERY).where(_OPEN & (RECOVERY.c.id == recovery)).with_for_update()
    row = work.read(query).mappings().one_or_none()
    if row is None or not genuine(work, SIGNED, row):
        return None
    return row if row["id"] == recovery and row["ended_at"] is None else None


def _write(work: Work, row: RowMapping, changes: Mapping[str, object]) -> None:
    mac = SIGNED.sign(work.vault, {**row, **changes})
    work.change(update(RECOVERY).where(RECOVERY.c.id == row["id"]).values(**changes, mac=mac))


def _query() -> Select[tuple[object, ...]]:
    shown = [RECOVERY.c[name] for name in _SHOWN]
    return (
        select(*shown, PERSON.c.name, ORGANISATION.c.name.label("org_name"))
        .join(PERSON, PERSON.c.id == RECOVERY.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == RECOVERY.c.org_id)
    )


def _one(work: Work, which: ColumnElement[bool]) -> Recovery | None:
    row = work.read(_query().where(which)).mappings().one_or_none()
    return _recovery(row) if row else None


def _recovery(row: RowMapping) -> Recovery:
    same = ("asked_at", "checked_at", "approved_at", "opens_at", "opened_at", "expires_at", "ended_at")
    return Recovery(
        id=FactorRecoveryId(row["id"]),
        person=PersonId(row["person_id"]),
        org=OrgId(row["org_id"]),
        name=row["name"],
        org_name=row["org_name"],
        method=Check(row["method"]) if row["method"] else None,
        reference=row["reference"],
        checked_by=_person(row["checked_by"]),
        approved_by=_person(row["approved_by"]),
        ending=Ending(row["ending"]) if row["ending"] else None,
        **{name: row[name] for name in same},
    )


def _person(value: UUID | None) -> PersonId | None:
    return PersonId(value) if value else None
