"""Rows of organisations, their keys, and people."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, bindparam, column, insert, select, table, update

from handoff_portal.adapters.database import Prepared, Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.core.ids import OrgId, PersonId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.model.organisation import (
    Organisation,
    OrganisationAdded,
    Person,
    PersonInvited,
    PersonState,
)

ORGANISATION = table(
    "organisation",
    *map(column, ("id", "kind", "name", "country", "time_zone", "currency", "sector", "created_at")),
    *map(column, ("closed_at", "mac")),
)
ORGANISATION_KEY = table("organisation_key", *map(column, ("org_id", "version", "wrapped", "created_at")))
_NEWEST_KEY = Prepared(
    select(ORGANISATION_KEY.c.version, ORGANISATION_KEY.c.wrapped)
    .where(ORGANISATION_KEY.c.org_id == bindparam("org"))
    .order_by(ORGANISATION_KEY.c.version.desc())
    .limit(1)
)
_ONE = Prepared(select(ORGANISATION).where(ORGANISATION.c.id == bindparam("org")))
PERSON = table(
    "person",
    *map(
        column,
        (
            "id",
            "org_id",
            "email",
            "name",
            "roles",
            "state",
            "time_zone",
            "role_version",
            "created_at",
            "last_sign_in_at",
            "mac",
        ),
    ),
)
_OF_ORGANISATION = tuple(field.name for field in fields(Organisation))


def add_organisation(work: Work, made: Organisation, wrapped_key: bytes, event: OrganisationAdded) -> None:
    """Insert an organisation with its first key."""
    values = {"id": made.id, "kind": made.kind.value, "name": made.name, "country": made.country}
    more = {"time_zone": made.time_zone, "currency": made.currency, "sector": made.sector}
    whole = {**values, **more, "created_at": made.created_at}
    work.change(insert(ORGANISATION).values(**whole, mac=rows.ORGANISATION.sign(work.vault, whole)))
    work.change(
        insert(ORGANISATION_KEY).values(org_id=made.id, version=1, wrapped=wrapped_key, created_at=work.now)
    )
    work.record(event)


def load_organisation(work: Work, wanted: OrgId) -> Organisation:
    """One organisation.

    Raises:
        NotFound: It does not exist, is not genuine, or this actor may not know it.
    """
    row = work.read(_ONE, {"org": wanted}).mappings().one_or_none()
    if row is None or not genuine(work, rows.ORGANISATION, row, id=wanted):
        raise NotFound
    return _organisation(row)


def list_organisations(work: Work, kind: OrgKind | None = None) -> list[Organisation]:
    """All organisations that this actor may know, by name."""
    query = select(ORGANISATION).order_by(ORGANISATION.c.name, ORGANISATION.c.id)
    if kind is not None:
        query = query.where(ORGANISATION.c.kind == kind.value)
    found = work.read(query).mappings()
    return [_organisation(row) for row in found if genuine(work, rows.ORGANISATION, row)]


def find_key(work: Work, org: OrgId) -> tuple[int, bytes] | None:
    """Version and wrap of an organisation's newest key, if this actor may use it."""
    row = work.read(_NEWEST_KEY, {"org": org}).one_or_none()
    return (row.version, row.wrapped) if row else None


def list_people(work: Work, org: OrgId) -> list[Person]:
    """The people of an organisation, by name."""
    query = select(PERSON).where(PERSON.c.org_id == org).order_by(PERSON.c.name, PERSON.c.id)
    found = work.read(query).mappings()
    return [person_of(row) for row in found if genuine(work, rows.PERSON, row, org_id=org)]


def find_person(work: Work, wanted: PersonId) -> Person | None:
    """One person, if this actor may know them."""
    return _person(work, PERSON.c.id == wanted, id=wanted)


def load_person(work: Work, wanted: PersonId) -> Person:
    """One person. Raises NotFound."""
    found = find_person(work, wanted)
    if found is None:
        raise NotFound
    return found


def find_person_by_email(work: Work, email: str) -> Person | None:
    """The person who signs in with this address (front door only)."""
    return _person(work, PERSON.c.email == email, email=email)


def is_taken(work: Work, email: str) -> bool:
    """Whether any row has this address, genuine or not."""
    return work.read(select(PERSON.c.id).where(PERSON.c.email == email)).first() is not None


def add_person(work: Work, made: Person, event: PersonInvited) -> None:
    """Insert an invited person."""
    values = {
        "id": made.id,
        "org_id": made.org,
        "email": made.email,
        "name": made.name,
        "roles": sorted(role.value for role in made.roles),
        "state": made.state.value,
        "time_zone": made.time_zone,
        "role_version": made.role_version,
        "created_at": made.created_at,
    }
    work.change(insert(PERSON).values(**values, mac=rows.PERSON.sign(work.vault, values)))
    work.record(event)


def touch_sign_in(work: Work, person: PersonId) -> None:
    """Note when the person last signed in."""
    work.keep_house(update(PERSON).where(PERSON.c.id == person).values(last_sign_in_at=work.now))


def _organisation(row: RowMapping) -> Organisation:
    values = {name: row[name] for name in _OF_ORGANISATION}
    return Organisation(**{**values, "id": OrgId(row["id"]), "kind": OrgKind(row["kind"])})


def _person(work: Work, which: ColumnElement[bool], **asked: object) -> Person | None:
    row = work.read(select(PERSON).where(which)).mappings().one_or_none()
    return person_of(row) if row and genuine(work, rows.PERSON, row, **asked) else None


def person_of(row: Mapping[Any, Any]) -> Person:
    """A person from the columns of PERSON; whoever reads rows asks `genuine` first."""
    return Person(
        id=PersonId(row["id"]),
        org=OrgId(row["org_id"]),
        email=row["email"],
        name=row["name"],
        roles=frozenset(map(Role, row["roles"])),
        state=PersonState(row["state"]),
        time_zone=row["time_zone"],
        role_version=row["role_version"],
        created_at=row["created_at"],
        last_sign_in_at=row["last_sign_in_at"],
    )
