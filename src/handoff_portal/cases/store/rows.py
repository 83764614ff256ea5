"""Rows of cases and grants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.multirange import Multirange, TimestamptzMultirange
from psycopg.types.range import Range
from sqlalchemy import RowMapping, bindparam, column, delete, func, insert, select, table, text, update
from sqlalchemy.exc import IntegrityError

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.cases.model.case import Balance, Case, CaseState, ClaimType, DebtorType, Turn
from handoff_portal.cases.model.listing import CallTime
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.refusals import NotFound, WrongState

SHOWN = (
    "id",
    "business_id",
    "reference",
    "state",
    "holder_id",
    "turn",
    "turn_until",
    "debtor_type",
    "claim_type",
    "country",
    "region",
    "currency",
    "time_zone",
    "oldest_due_on",
    "principal",
    "interest",
    "fees",
    "costs",
    "key_version",
    "created_at",
    "updated_at",
    "submitted_at",
    "closed_at",
    "close_code",
)
SEALED = ("sealed_heading", "sealed_identity", "sealed_terms", "sealed_draft")
CASES = table(
    "cases",
    *map(
        column,
        (
            *SHOWN,
            *SEALED,
            "open_minor",
            "rests_until",
            "call_open",
            "call_known_until",
            "call_basis",
            "reference_index",
            "portfolio_id",
            "stated_minor",
            "created_by",
            "relationship_kept",
        ),
    ),
)
CUSTOMER = table("case_customer", *map(column, ("case_id", "business_id", "index")))
GRANT = table("case_grant", *map(column, ("case_id", "org_id", "key_version", "wrapped", "granted_at")))

"""From when until when a call is allowed, UTC; the end does not belong to it."""

# What every page of a case reads is put together once: making a statement anew costs more than running it.
_OF_ID = select(*(CASES.c[name] for name in SHOWN)).where(CASES.c.id == bindparam("case"))
_ONE = Prepared(_OF_ID)
_ONE_LOCKED = Prepared(_OF_ID.with_for_update())
_SEALED = {name: Prepared(select(CASES.c[name]).where(CASES.c.id == bindparam("case"))) for name in SEALED}
_KEEP_TIMES = text(
    "update cases set call_open = w.times, call_known_until = :until, call_basis = :basis"
    " from unnest(cast(:cases as uuid[]), cast(:times as tstzmultirange[])) w(id, times)"
    " where cases.id = w.id"
)
_NEWEST_GRANT = Prepared(
    select(GRANT).where(GRANT.c.case_id == bindparam("case")).order_by(GRANT.c.key_version.desc()).limit(1)
)
_GRANTED_AT = Prepared(select(func.min(GRANT.c.granted_at)).where(GRANT.c.case_id == bindparam("case")))


@dataclass(frozen=True, slots=True)
class Grant:
    """The case key wrapped for one organisation."""

    case: CaseId
    org: OrgId
    key_version: int
    wrapped: bytes


def add(work: Work, case: Case, grant: Grant, event: Event) -> None:
    """Insert a draft with its business's own grant."""
    work.change(
        insert(CASES).values(
            id=case.id,
            business_id=case.business,
            reference=case.reference,
            state=case.state.value,
            turn=case.turn.value,
            region="",
            key_version=case.key_version,
            created_by=work.actor.person,
            created_at=case.created_at,
            updated_at=case.updated_at,
        )
    )
    work.change(
        insert(GRANT).values(
            case_id=grant.case,
            org_id=grant.org,
            key_version=grant.key_version,
            wrapped=grant.wrapped,
            granted_at=work.now,
        )
    )
    work.record(event)


def load(work: Work, wanted: CaseId, *, lock: bool = False) -> Case:
    """One case; with `lock` nobody else can change it until this work ends.

    Raises:
        NotFound: It does not exist or this organisation is no side of it.
    """
    row = work.read(_ONE_LOCKED if lock else _ONE, {"case": wanted}).mappings().one_or_none()
    if row is None:
        raise NotFound
    return case_of(row)


def load_sealed(work: Work, wanted: CaseId, name: str) -> bytes | None:
    """One sealed column of a case."""
    sealed: bytes | None = work.read(_SEALED[name], {"case": wanted}).scalar_one_or_none()
    return sealed


def find_grant(work: Work, case: CaseId) -> Grant | None:
    """The newest grant that this organisation holds for a case."""
    row = work.read(_NEWEST_GRANT, {"case": case}).one_or_none()
    return Grant(case, OrgId(row.org_id), row.key_version, row.wrapped) if row else None


def granted_at(work: Work, case: CaseId) -> datetime | None:
    """Since when this organisation can open a case; a later change of keys does not move it."""
    first: datetime | None = work.read(_GRANTED_AT, {"case": case}).scalar_one()
    return first


def save_sealed(work: Work, case: CaseId, sealed: dict[str, bytes | None], event: Event) -> None:
    """Replace sealed columns."""
    work.change(update(CASES).where(CASES.c.id == case).values(**sealed, updated_at=work.now))
    work.record(event)


def save_submitted(
    work: Work, case: Case, sealed: dict[str, bytes | None], reference_index: bytes, stated: int, event: Event
) -> None:
    """Turn a draft into a case that can be offered.

    Raises:
        WrongState: Another case got the same own reference at this very moment.
    """
    made = (
        update(CASES)
        .where(CASES.c.id == case.id, CASES.c.state == CaseState.DRAFT.value)
        .values(
            state=case.state.value,
            turn=case.turn.value,
            turn_until=case.turn_until,
            debtor_type=case.debtor_type,
            claim_type=case.claim_type,
            country=case.country,
            region=case.region,
            currency=case.currency,
            time_zone=case.time_zone,
            oldest_due_on=case.oldest_due_on,
            reference_index=reference_index,
            stated_minor=stated,
            submitted_at=case.submitted_at,
            updated_at=work.now,
            **sealed,
        )
    )
    try:
        work.change(made)
    except IntegrityError as error:
        raise WrongState("Another case bears the same reference of yours. Correct it in this one.") from error
    work.record(event)


def add_customer(work: Work, case: Case, indexes: Sequence[bytes]) -> None:
    """Insert what the cases of one customer find each other by; part of a submission with its own event."""
    made = [{"case_id": case.id, "business_id": case.business, "index": index} for index in indexes]
    if made:
        work.keep_house(insert(CUSTOMER).values(made))


def save_call_times(
    work: Work, open_at: Mapping[CaseId, Sequence[CallTime]], until: datetime, basis: str
) -> None:
    """Keep when a call is allowed, so that lists need not open the cases.

    Args:
        open_at: From and until, in order, for each case.
        until: How far ahead was looked.
        basis: The rules and the time zone data it was worked out with.
    """
    ranges = [Multirange([Range(start, end, "[)") for start, end in found]) for found in open_at.values()]
    times = [TimestamptzMultirange(one) for one in ranges]
    asked = {"cases": list(open_at), "times": times, "until": until, "basis": basis}
    work.keep_house(_KEEP_TIMES, asked)


def save_state(work: Work, case: CaseId, state: CaseState, event: Event, **more: object) -> None:
    """Move a case to a state, with whatever goes along (close_code, relationship_kept, closed_at)."""
    values = {"state": state.value, "updated_at": work.now, **more}
    work.change(update(CASES).where(CASES.c.id == case).values(**values))
    work.record(event)


def save_closing(work: Work, case: CaseId, code: str, relationship: str) -> None:
    """Write code and relationship of a case that closes in this work, whose event comes last."""
    values = {"close_code": code, "relationship_kept": relationship}
    work.change(update(CASES).where(CASES.c.id == case).values(**values))


def load_relationship(work: Work, case: CaseId) -> str | None:
    """What was said about the relationship when the case closed."""
    query = select(CASES.c.relationship_kept).where(CASES.c.id == case)
    said: str | None = work.read(query).scalar_one_or_none()
    return said


def save_turn(work: Work, case: CaseId, turn: Turn, until: datetime | None) -> None:
    """Say whose turn it is now; goes with a change that has its own event."""
    values = {"turn": turn.value, "turn_until": until, "updated_at": work.now}
    work.keep_house(update(CASES).where(CASES.c.id == case).values(**values))


def save_offered(work: Work, case: CaseId, until: datetime) -> None:
    """Move a ready case to offered; goes with an offer that has its own event."""
    values = {"state": CaseState.OFFERED.value, "turn": Turn.AGENCY.value, "turn_until": until}
    open_states = CASES.c.state.in_([CaseState.READY.value, CaseState.OFFERED.value])
    work.keep_house(
        update(CASES).where(CASES.c.id == case, open_states).values(**values, updated_at=work.now)
    )


def remove_draft(work: Work, case: CaseId, event: Event) -> None:
    """Delete a draft and its grant; what hangs on it must be gone before."""
    work.change(delete(GRANT).where(GRANT.c.case_id == case))
    work.change(delete(CASES).where(CASES.c.id == case, CASES.c.state == CaseState.DRAFT.value))
    work.record(event)


def case_of(row: RowMapping) -> Case:
    """A row as the case it is."""
    return Case(
        id=CaseId(row["id"]),
        business=OrgId(row["business_id"]),
        reference=row["reference"],
        state=CaseState(row["state"]),
        holder=OrgId(row["holder_id"]) if row["holder_id"] else None,
        turn=Turn(row["turn"]),
        turn_until=row["turn_until"],
        debtor_type=DebtorType(row["debtor_type"]) if row["debtor_type"] else None,
        claim_type=ClaimType(row["claim_type"]) if row["claim_type"] else None,
        country=row["country"],
        region=row["region"] or "",
        currency=row["currency"],
        time_zone=row["time_zone"],
        oldest_due_on=row["oldest_due_on"],
        balance=Balance(row["costs"], row["interest"], row["fees"], row["principal"]),
        key_version=row["key_version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        submitted_at=row["submitted_at"],
        closed_at=row["closed_at"],
        close_code=row["close_code"],
    )
