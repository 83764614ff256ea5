"""What the queue can be narrowed to, by name: the same filters are always the same statement."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, any_, bindparam, func, not_, or_, true

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.cases.store.rows import CASES
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.references import read_reference

_c = CASES.c
_NOW: BindParameter[Any] = bindparam("now")
_TIMES_KNOWN = and_(_c.call_known_until > _NOW, _c.call_basis == bindparam("call_basis"))
CONDITIONS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "state": _c.state == bindparam("state"),
        "my_turn": _c.turn == bindparam("turn"),
        "on_hold": and_(_c.rests_until.is_not(None), _c.rests_until > _NOW),
        # Held cases that nothing stops, whose customer may be called now as far as is known.
        "call_now": and_(
            _c.state == CaseState.HELD.value,
            or_(_c.rests_until.is_(None), _c.rests_until <= _NOW),
            or_(func.coalesce(not_(_TIMES_KNOWN), true()), _c.call_open.op("@>")(_NOW)),
        ),
        "country": _c.country == bindparam("country"),
        "portfolio": _c.portfolio_id == bindparam("portfolio"),
        "search": or_(
            _c.reference == bindparam("reference"), _c.reference_index == any_(bindparam("indexes"))
        ),
    }
)
"""Each is called like the attribute of Wanted that asks for it."""


def filters_of(wanted: Wanted) -> tuple[str, ...]:
    """The names of the conditions that are asked for."""
    return tuple(name for name in CONDITIONS if getattr(wanted, name))


def values_of(work: Work, wanted: Wanted, indexes: Sequence[bytes]) -> dict[str, object]:
    """A value for every parameter of the conditions.

    Args:
        indexes: Blind indexes of the search word, one per business whose references are searched.
    """
    side = Turn.BUSINESS if work.actor.org_kind is OrgKind.BUSINESS else Turn.AGENCY
    return {
        "now": work.now,
        "state": wanted.state.value if wanted.state else None,
        "turn": side.value,
        "call_basis": wanted.call_basis,
        "country": wanted.country,
        "portfolio": wanted.portfolio,
        "reference": (read_reference(wanted.search) or "") if wanted.search else "",
        "indexes": list(indexes),
    }
