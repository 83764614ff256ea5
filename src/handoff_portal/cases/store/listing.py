"""The queue: one page of cases by key, fast whatever the size of the table."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    column,
    exists,
    literal,
    nulls_last,
    or_,
    select,
    table,
)

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import Turn
from handoff_portal.cases.model.listing import Sort, Wanted
from handoff_portal.cases.store.rows import CASES, GRANT, SHOWN
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.references import read_reference

_HOLD = table("hold", column("case_id"), column("lifted_at"), column("stops_contact"), column("until"))


def read_page(work: Work, wanted: Wanted, indexes: Sequence[bytes]) -> list[RowMapping]:
    """One more row than the page's size, newest grants joined, columns of SHOWN and the sealed heading.

    Args:
        indexes: Blind indexes of the search word, one per business whose references are searched.
    """
    org = work.actor.org
    query = (
        select(
            *(CASES.c[name] for name in SHOWN),
            CASES.c.sealed_heading,
            CASES.c.open_minor,
            GRANT.c.wrapped,
            _held(work).label("on_hold"),
        )
        .select_from(CASES.join(GRANT, and_(GRANT.c.case_id == CASES.c.id, GRANT.c.org_id == org)))
        .where(_side(work, org), GRANT.c.key_version == CASES.c.key_version, *_filters(work, wanted, indexes))
        .order_by(*_order(wanted.sort))
        .limit(wanted.size + 1)
    )
    if wanted.after:
        query = query.where(_after(wanted))
    return list(work.read(query).mappings())


def list_businesses_held(work: Work) -> list[OrgId]:
    """The businesses whose cases this agency holds now; their references can be searched."""
    query = select(CASES.c.business_id).where(CASES.c.holder_id == work.actor.org).distinct()
    return [OrgId(found) for found in work.read(query).scalars()]


def _side(work: Work, org: OrgId) -> ColumnElement[bool]:
    mine = CASES.c.business_id if work.actor.org_kind is OrgKind.BUSINESS else CASES.c.holder_id
    return mine == org


def _held(work: Work) -> ColumnElement[bool]:
    stops = and_(
        _HOLD.c.case_id == CASES.c.id,
        _HOLD.c.lifted_at.is_(None),
        _HOLD.c.stops_contact,
        or_(_HOLD.c.until.is_(None), _HOLD.c.until > work.now),
    )
    return exists().where(stops)


def _filters(work: Work, wanted: Wanted, indexes: Sequence[bytes]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(CASES.c.state == wanted.state.value)
    if wanted.my_turn:
        turn = Turn.BUSINESS if work.actor.org_kind is OrgKind.BUSINESS else Turn.AGENCY
        found.append(CASES.c.turn == turn.value)
    if wanted.on_hold:
        found.append(_held(work))
    if wanted.country:
        found.append(CASES.c.country == wanted.country)
    if wanted.search:
        reference = read_reference(wanted.search)
        found.append(or_(CASES.c.reference == (reference or ""), CASES.c.reference_index.in_(indexes)))
    return found


def _order(sort: Sort) -> list[ColumnElement[object]]:
    if sort is Sort.DEADLINE:
        return [nulls_last(CASES.c.turn_until.asc()), CASES.c.id.asc()]
    if sort is Sort.AMOUNT:
        return [CASES.c.open_minor.desc(), CASES.c.id.desc()]
    return [CASES.c.updated_at.desc(), CASES.c.id.desc()]


def _after(wanted: Wanted) -> ColumnElement[bool]:
    value, last = wanted.after or (None, None)
    if wanted.sort is Sort.DEADLINE:
        if value is None:
            return and_(CASES.c.turn_until.is_(None), CASES.c.id > last)
        later = or_(CASES.c.turn_until > value, CASES.c.turn_until.is_(None))
        return or_(later, and_(CASES.c.turn_until == value, CASES.c.id > last))
    key = CASES.c.open_minor if wanted.sort is Sort.AMOUNT else CASES.c.updated_at
    return or_(key < literal(value), and_(key == literal(value), CASES.c.id < last))
