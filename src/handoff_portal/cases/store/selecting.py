"""Many cases of a business at once: those that a filter finds, their keys, and a lock on all of them."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.cases.store.listing import filters
from handoff_portal.cases.store.rows import CASES, GRANT, SHOWN
from handoff_portal.core.ids import CaseId

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
    query = select(*_SHOWN).where(*_fit(work, wanted, indexes, states)).order_by(CASES.c.id).limit(most)
    return list(work.read(query).mappings())


def count_selection(
    work: Work, wanted: Wanted, indexes: Sequence[bytes], states: Sequence[CaseState], most: int
) -> int:
    """How many those are; stops counting at `most`."""
    found = select(literal(1)).where(*_fit(work, wanted, indexes, states)).limit(most).subquery()
    number: int = work.read(select(func.count()).select_from(found)).scalar_one()
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


def _fit(
    work: Work, wanted: Wanted, indexes: Sequence[bytes], states: Sequence[CaseState]
) -> list[ColumnElement[bool]]:
    own = CASES.c.business_id == work.actor.org
    return [own, CASES.c.state.in_([state.value for state in states]), *filters(work, wanted, indexes)]
