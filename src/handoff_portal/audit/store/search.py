"""Searching the log as its readers may: row-level security narrows every query to what they may see."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, table

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.leaf import decode
from handoff_portal.adapters.database.rows import ORGANISATION, PERSON, Signed, genuine
from handoff_portal.audit.model import Found, Wanted
from handoff_portal.core.events import Action
from handoff_portal.core.references import tails_of

EVENT = table(
    "audit_event",
    *map(
        column,
        ("id", "ts", "org_id", "own_org_id", "case_id", "case_seq", "actor_id", "action", "outcome", "leaf"),
    ),
)
LEAF = table("audit_leaf", column("idx"), column("event_id"))


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of a page are called, where the reader may know it."""

    organisations: dict[UUID, str]
    people: dict[UUID, str]


_ORGANISATION = table("organisation", *map(column, ORGANISATION.needed))
_PERSON = table("person", *map(column, PERSON.needed))


def list_page(work: Work, wanted: Wanted, before: int | None, size: int) -> list[Found]:
    """One page of events, newest first; one more than the size."""
    query = (
        select(EVENT, LEAF.c.idx)
        .select_from(EVENT.outerjoin(LEAF, LEAF.c.event_id == EVENT.c.id))
        .order_by(EVENT.c.id.desc())
        .limit(size + 1)
    )
    if before is not None:
        query = query.where(EVENT.c.id < before)
    rows = work.read(_narrowed(query, wanted)).mappings()
    return [
        Found(
            id=row["id"],
            at=row["ts"],
            org=row["org_id"],
            own=row["own_org_id"],
            case=row["case_id"],
            case_seq=row["case_seq"],
            person=row["actor_id"],
            action=row["action"],
            outcome=row["outcome"],
            index=row["idx"],
            details=decode(bytes(row["leaf"])).get("d", {}),
        )
        for row in rows
    ]


def count_by_day(work: Work, wanted: Wanted, zone: str, since: datetime) -> dict[date, int]:
    """Events per calendar day of this IANA zone."""
    day = func.date(func.timezone(zone, EVENT.c.ts)).label("day")
    query: Select[tuple[date, int]] = select(day, func.count().label("number")).where(EVENT.c.ts >= since)
    rows = work.read(_narrowed(query, wanted).group_by(literal_column("day"))).mappings()
    return {row["day"]: row["number"] for row in rows}


def read_names(work: Work, organisations: set[UUID], people: set[UUID]) -> Names:
    """Names of organisations and people, as far as the reader may know them and their rows are genuine."""
    return Names(
        _names(work, ORGANISATION, select(_ORGANISATION).where(_ORGANISATION.c.id.in_(organisations))),
        _names(work, PERSON, select(_PERSON).where(_PERSON.c.id.in_(people))),
    )


def _names(work: Work, signed: Signed, query: "Select[tuple[object, ...]]") -> dict[UUID, str]:
    found = work.read(query).mappings()
    return {row["id"]: row["name"] for row in found if genuine(work, signed, row)}


def _narrowed(query: "Select[tuple[object, ...]]", wanted: Wanted) -> "Select[tuple[object, ...]]":
    found: list[ColumnElement[bool]] = []
    if wanted.reference:
        found.append(EVENT.c.case_id == _named(wanted.reference))
    if wanted.org is not None:
        found.append((EVENT.c.org_id == wanted.org) | (EVENT.c.own_org_id == wanted.org))
    if wanted.person is not None:
        found.append(EVENT.c.actor_id == wanted.person)
    if wanted.action:
        found.append(EVENT.c.action == wanted.action)
    if wanted.since is not None:
        found.append(EVENT.c.ts >= wanted.since)
    if wanted.until is not None:
        found.append(EVENT.c.ts < wanted.until)
    return query.where(*found)


def _named(reference: str) -> ColumnElement[UUID]:
    """The case of a reference; of a draft that was discarded only the log still speaks."""
    gone = EVENT.alias("gone")
    ends = func.substr(func.uuid_send(gone.c.case_id), 9).between(*tails_of(reference))
    discarded = select(gone.c.case_id).where(gone.c.action == Action.CASE_DISCARDED.value, ends).limit(1)
    return func.coalesce(func.case_named(reference), discarded.scalar_subquery())
