"""Many cases of a business at once: those that a filter finds, their keys, and a lock on all of them."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Integer,
    RowMapping,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.cases.store.filtering import CONDITIONS, filters_of, values_of
from handoff_portal.cases.store.rows import CASES, GRANT, SHOWN
from handoff_portal.core.ids import CaseId

_MOST = bindparam("most", type_=Integer)
_IDS = any_(cast(bindparam("ids"), ARRAY(Uuid)))
_AMONG = CASES.c.id == _IDS
_SHOWN = [CASES.c[name] for name in SHOWN]
_LOCKED = select(*_SHOWN).where(_AMONG).order_by(CASES.c.id).with_for_update()
_MINE = and_(GRANT.c.case_id == CASES.c.id, GRANT.c.key_version == CASES.c.key_version)
_OPENED = (
    select(
        CASES.c.id,
        CASES.c.business_id,
        CASES.c.key_version,
        CASES.c.sealed_terms,
        CASES.c.sealed_draft,
        GRANT.c.wrapped,
    )
    .select_from(CASES.join(GRANT, _MINE))
    .where(_AMONG, GRANT.c.org_id == bindparam("org"))
)


def read_selection(
    work: Work, wanted: Wanted, indexes: Sequence[bytes], states: Sequence[CaseState], most: int
) -> list[RowMapping]:
    """Columns of SHOWN of the business's cases that fit the filter and stand in one of the states."""
    asked = _asked(work, wanted, indexes, states, most)
    return list(work.read(_selection(filters_of(wanted)), asked).mappings())


def count_selection(
    work: Work, wanted: Wanted, indexes: Sequence[bytes], states: Sequence[CaseState], most: int
) -> int:
    """How many those are; stops counting at `most`."""
    asked = _asked(work, wanted, indexes, states, most)
    number: int = work.read(_count(filters_of(wanted)), asked).scalar_one()
    return number


def lock_many(work: Work, ids: Sequence[CaseId]) -> list[RowMapping]:
    """Columns of SHOWN of these cases; nobody else changes them until this work ends."""
    return list(work.read(_LOCKED, {"ids": list(ids)}).mappings())


def read_opened(work: Work, ids: Sequence[CaseId]) -> list[RowMapping]:
    """Of these cases, as far as this organisation can open them: the wrap, the sealed terms and draft."""
    return list(work.read(_OPENED, {"ids": list(ids), "org": work.actor.org}).mappings())


def save_offered_many(work: Work, ids: Sequence[CaseId]) -> None:
    """Move ready cases to offered; goes with offers that have their own events."""
    values = {"state": CaseState.OFFERED.value, "turn": Turn.AGENCY.value, "updated_at": work.now}
    ready = CASES.c.state == CaseState.READY.value
    work.keep_house(update(CASES).where(_AMONG, ready).values(**values), {"ids": list(ids)})


@lru_cache(maxsize=128)
def _selection(filters: tuple[str, ...]) -> Prepared:
    return Prepared(select(*_SHOWN).where(*_fit(filters)).order_by(CASES.c.id).limit(_MOST))


@lru_cache(maxsize=128)
def _count(filters: tuple[str, ...]) -> Prepared:
    found = select(literal_column("1")).where(*_fit(filters)).limit(_MOST).subquery()
    return Prepared(select(func.count()).select_from(found))


def _fit(filters: tuple[str, ...]) -> list[ColumnElement[bool]]:
    own, among = CASES.c.business_id == bindparam("org"), CASES.c.state == any_(bindparam("states"))
    return [own, among, *(CONDITIONS[name] for name in filters)]


def _asked(
    work: Work, wanted: Wanted, indexes: Sequence[bytes], states: Sequence[CaseState], most: int
) -> dict[str, object]:
    own = {"org": work.actor.org, "states": [state.value for state in states], "most": most}
    return own | values_of(work, wanted, indexes)
