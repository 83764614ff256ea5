"""The queue: one page of cases by key, fast whatever the size of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    RowMapping,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    select,
    text,
    tuple_,
)

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.cases.model.listing import Key, Sort, Tally, Wanted
from handoff_portal.cases.store.filtering import CONDITIONS, filters_of, values_of
from handoff_portal.cases.store.rows import CASES, GRANT, SHOWN
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.permissions import OrgKind

_SUMMED = 5_000
_ENDLESS = text("'infinity'::timestamptz")
_AGES = (181, 91, 61, 31)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one page, and the keys of the pages around it as far as there are any."""

    rows: list[RowMapping]
    following: Key | None
    preceding: Key | None


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the statement of a page hangs on; everything else is a parameter.

    Attributes:
        filters: Names of its conditions.
        back: Whether it is the page before a key.
        placed: Whether it begins beyond a key.
        endless: Whether that key is that of a case without a deadline.
    """

    side: OrgKind
    filters: tuple[str, ...]
    sort: Sort
    back: bool
    placed: bool
    endless: bool


def read_page(work: Work, wanted: Wanted, indexes: Sequence[bytes]) -> Found:
    """One page: columns of SHOWN, the sealed heading, and the grant of the newest key.

    Args:
        indexes: Blind indexes of the search word, one per business whose references are searched.
    """
    place = wanted.after or wanted.before
    shape = _Shape(
        work.actor.org_kind,
        filters_of(wanted),
        wanted.sort,
        back=wanted.before is not None,
        placed=place is not None,
        endless=place is not None and place[0] is None,
    )
    value, last = place or (None, None)
    asked = {"org": work.actor.org, "most": wanted.size + 1, "value": value, "last": last}
    found = list(work.read(_page(shape), asked | values_of(work, wanted, indexes)).mappings())
    return _found(wanted, found[::-1] if wanted.before else found)


def read_headings(work: Work, wanted: Sequence[CaseId]) -> list[RowMapping]:
    """Of these cases, as far as this organisation can open them: id, business, key version, wrap, heading."""
    columns = (CASES.c.id, CASES.c.business_id, CASES.c.key_version, CASES.c.sealed_heading, GRANT.c.wrapped)
    mine = and_(GRANT.c.case_id == CASES.c.id, GRANT.c.org_id == work.actor.org)
    query = select(*columns).select_from(CASES.join(GRANT, mine)).where(CASES.c.id.in_(list(wanted)))
    query = query.where(GRANT.c.key_version == CASES.c.key_version, CASES.c.sealed_heading.is_not(None))
    return list(work.read(query).mappings())


def read_opened(work: Work, wanted: Sequence[CaseId]) -> list[RowMapping]:
    """What opens these cases for this organisation: id, key version, wrap, sealed identity, since when."""
    return list(work.read(_OPENED, {"cases": list(wanted), "org": work.actor.org}).mappings())


def list_businesses_held(work: Work) -> list[OrgId]:
    """The businesses whose cases this agency holds now; their references can be searched."""
    query = select(CASES.c.business_id).where(CASES.c.holder_id == work.actor.org).distinct()
    return [OrgId(found) for found in work.read(query).scalars()]


def list_countries(work: Work) -> list[str]:
    """Every country of this side once: each step of the recursion is one look into an index."""
    countries = work.read(_COUNTRIES[work.actor.org_kind], {"org": work.actor.org})
    return list(countries.scalars())


def tally(work: Work) -> tuple[list[Tally], bool]:
    """Counts and sums over the newest cases, and whether that was all of them."""
    c = CASES.c
    newest = (
        select(c.state, c.turn, c.turn_until, c.rests_until, c.currency, c.oldest_due_on, c.open_minor)
        .where(_side(work, work.actor.org))
        .order_by(c.updated_at.desc(), c.id.desc())
        .limit(_SUMMED)
        .subquery()
    )
    n = newest.c
    overdue = cast(literal(work.now), Date) - n.oldest_due_on
    shared = (
        n.state,
        n.turn,
        func.coalesce(n.rests_until > work.now, false()).label("resting"),
        func.coalesce(n.currency, "").label("currency"),
        case(*((overdue >= days, days) for days in _AGES), else_=0).label("days"),
    )
    query = select(
        *shared,
        func.count().label("count"),
        cast(func.sum(n.open_minor), BigInteger).label("minor"),
        func.count().filter(n.turn_until < work.now).label("late"),
    ).group_by(*(part.name if hasattr(part, "name") else part for part in shared))
    rows = [
        Tally(**{**row, "state": CaseState(row["state"]), "turn": Turn(row["turn"])})
        for row in work.read(query).mappings()
    ]
    return rows, sum(row.count for row in rows) < _SUMMED


def _side(work: Work, org: OrgId) -> ColumnElement[bool]:
    return _OWN[work.actor.org_kind] == org


def _found(wanted: Wanted, rows: list[RowMapping]) -> Found:
    """Leave out the row beyond the page; that it was there says that there is another page."""
    more = len(rows) > wanted.size
    rows = rows[-wanted.size :] if wanted.before else rows[: wanted.size]
    if not rows:
        return Found(rows, None, None)
    first, last = ((row[_KEY[wanted.sort]], row["id"]) for row in (rows[0], rows[-1]))
    back = wanted.before is not None
    return Found(rows, last if more or back else None, first if wanted.after or (back and more) else None)


@lru_cache(maxsize=256)
def _page(shape: _Shape) -> Prepared:
    query = PAGE[shape.side].where(*(CONDITIONS[name] for name in shape.filters))
    if shape.placed:
        query = query.where(_beyond(shape))
    return Prepared(query.order_by(*_order(shape)).limit(bindparam("most", type_=Integer)))


def _order(shape: _Shape) -> list[ColumnElement[object]]:
    """The order that an index of the queue has, or its reverse on the way back."""
    downward = (shape.sort is Sort.DEADLINE) == shape.back
    keys = (_SORTED[shape.sort], CASES.c.id)
    return [key.desc() if downward else key.asc() for key in keys]


def _beyond(shape: _Shape) -> ColumnElement[bool]:
    """Rows after, or on the way back before, the key; as a row comparison, so that an index leads there."""
    here = tuple_(_ENDLESS if shape.endless else bindparam("value"), bindparam("last"))
    key = tuple_(_SORTED[shape.sort], CASES.c.id)
    upward = (shape.sort is Sort.DEADLINE) == (not shape.back)
    return key > here if upward else key < here


_KEY = {Sort.RECENT: "updated_at", Sort.DEADLINE: "turn_until", Sort.AMOUNT: "open_minor"}
_SORTED: dict[Sort, ColumnElement[object]] = {
    Sort.RECENT: CASES.c.updated_at,
    Sort.DEADLINE: func.coalesce(CASES.c.turn_until, _ENDLESS),
    Sort.AMOUNT: CASES.c.open_minor,
}


_RANGE = func.unnest(CASES.c.call_open).column_valued("called")
_NEXT_CALL = (
    select(func.min(func.lower(_RANGE)))
    .where(func.lower(_RANGE) > bindparam("now"))
    .correlate(CASES)
    .scalar_subquery()
)
_CALL_TIMES: tuple[ColumnElement[Any], ...] = (
    CASES.c.call_known_until,
    CASES.c.call_basis,
    CASES.c.call_open.op("@>")(bindparam("now")).label("call_now"),
    _NEXT_CALL.label("call_next"),
)


def page_of(side: OrgKind, *, calls: bool) -> Select[Any]:
    """What every page of the queue asks for; `org` and `now` are given when it is read.

    Args:
        calls: With the times at which customers may be called.
    """
    mine = and_(GRANT.c.case_id == CASES.c.id, GRANT.c.org_id == bindparam("org"))
    rests = (CASES.c.rests_until > bindparam("now")).label("on_hold")
    columns = (
        *(CASES.c[name] for name in SHOWN),
        CASES.c.sealed_heading,
        CASES.c.open_minor,
        GRANT.c.wrapped,
        *(_CALL_TIMES if calls else ()),
    )
    return (
        select(*columns, rests)
        .select_from(CASES.join(GRANT, mine))
        .where(_OWN[side] == bindparam("org"), GRANT.c.key_version == CASES.c.key_version)
    )


def _countries(side: OrgKind) -> Prepared:
    mine = _OWN[side] == bindparam("org")
    steps = select(func.min(CASES.c.country).label("country")).where(mine).cte("steps", recursive=True)
    beyond = select(func.min(CASES.c.country)).where(mine, CASES.c.country > steps.c.country)
    steps = steps.union_all(select(beyond.scalar_subquery()).where(steps.c.country.is_not(None)))
    return Prepared(select(steps.c.country).where(steps.c.country.is_not(None)))


_OWN = dict.fromkeys(OrgKind, CASES.c.holder_id) | {OrgKind.BUSINESS: CASES.c.business_id}
# Put together once: making these statements anew costs more than running them.
_FIRST = GRANT.alias("first_grant")
_OPENED = Prepared(
    select(
        CASES.c.id,
        CASES.c.sealed_identity,
        GRANT.c.key_version,
        GRANT.c.wrapped,
        select(func.min(_FIRST.c.granted_at))
        .where(_FIRST.c.case_id == CASES.c.id, _FIRST.c.org_id == bindparam("org"))
        .correlate(CASES)
        .scalar_subquery()
        .label("since"),
    )
    .select_from(CASES.join(GRANT, and_(GRANT.c.case_id == CASES.c.id, GRANT.c.org_id == bindparam("org"))))
    .where(
        CASES.c.id == any_(bindparam("cases", type_=ARRAY(Uuid()))),
        GRANT.c.key_version == CASES.c.key_version,
    )
)
PAGE = {side: page_of(side, calls=side is OrgKind.AGENCY) for side in OrgKind}
"""By side, what `_page` begins with; only those who call are told when they may."""
_COUNTRIES = {side: _countries(side) for side in OrgKind}
