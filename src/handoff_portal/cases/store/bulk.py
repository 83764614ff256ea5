"""Rows of many submitted cases at once: one statement a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.bulk import columns, days, filled, numbers, octets, texts, uuids
from handoff_portal.cases.model.case import Balance, CaseState
from handoff_portal.cases.model.known import Known
from handoff_portal.core.ids import CaseId, OrgId

_CASES = (
    ("id", uuids),
    ("reference", texts),
    ("debtor_type", texts),
    ("country", texts),
    ("region", texts),
    ("currency", texts),
    ("claim_type", texts),
    ("time_zone", texts),
    ("oldest_due_on", days),
    ("costs", numbers),
    ("interest", numbers),
    ("fees", numbers),
    ("principal", numbers),
    ("reference_index", octets),
    ("stated_minor", numbers),
    ("portfolio_id", uuids),
    ("sealed_heading", octets),
    ("sealed_identity", octets),
    ("sealed_terms", octets),
)
_GRANTS = (("id", uuids), ("wrapped", octets))
_CUSTOMERS = (("id", uuids), ("index", octets))
_CLAIMS = (
    ("id", uuids),
    ("case_id", uuids),
    ("position", numbers),
    ("kind", texts),
    ("currency", texts),
    ("issued_on", days),
    ("due_on", days),
    ("costs", numbers),
    ("interest", numbers),
    ("fees", numbers),
    ("principal", numbers),
)
_ENTRIES = (
    ("id", uuids),
    ("case_id", uuids),
    ("kind", texts),
    ("currency", texts),
    ("effective_on", days),
    ("source_id", uuids),
    ("costs", numbers),
    ("interest", numbers),
    ("fees", numbers),
    ("principal", numbers),
)
_MOVES = (
    ("id", uuids),
    ("costs", numbers),
    ("interest", numbers),
    ("fees", numbers),
    ("principal", numbers),
    ("stated", numbers),
)


def _names(shape: Sequence[tuple[str, Any]]) -> str:
    return ", ".join(name for name, _ in shape)


_ADD_CASES = f"""
insert into cases ({_names(_CASES)}, business_id, state, turn,
                   created_by, created_at, updated_at, submitted_at)
select {{values}}, %(own)s, %(state)s, 'business', %(person)s, %(now)s, %(now)s, %(now)s {{source}}
"""
_ADD_GRANTS = """
insert into case_grant (case_id, wrapped, org_id, key_version, granted_at)
select {values}, %(own)s, 1, %(now)s {source}
"""
_ADD_CUSTOMERS = "insert into case_customer (case_id, index, business_id) select {values}, %(own)s {source}"
_ADD_CLAIMS = f"insert into claim ({_names(_CLAIMS)}, business_id) select {{values}}, %(own)s {{source}}"
_ADD_ENTRIES = f"""
insert into ledger_entry ({_names(_ENTRIES)}, business_id, recorded_at, recorded_by)
select {{values}}, %(own)s, %(now)s, %(person)s {{source}}
"""
_KNOWN = "select * from known_accounts(%(wanted)s, %(lock)s)"
_MOVE = "select move_balances(%(id)s, %(costs)s, %(interest)s, %(fees)s, %(principal)s, %(stated)s, %(now)s)"


@dataclass(frozen=True, slots=True)
class Rows:
    """What many new cases are in the tables, in the order of the shapes above."""

    cases: list[tuple[Any, ...]]
    grants: list[tuple[Any, ...]]
    customers: list[tuple[Any, ...]]
    claims: list[tuple[Any, ...]]
    entries: list[tuple[Any, ...]]


def add_cases(work: Work, own: OrgId, rows: Rows) -> None:
    """Insert submitted cases with the business's own grants, claims and accounts; the caller records why."""
    common: dict[str, Any] = {
        "own": own,
        "person": work.actor.person,
        "now": work.now,
        "state": CaseState.READY.value,
    }
    tables = (
        (_ADD_CASES, _CASES, rows.cases),
        (_ADD_GRANTS, _GRANTS, rows.grants),
        (_ADD_CUSTOMERS, _CUSTOMERS, rows.customers),
        (_ADD_CLAIMS, _CLAIMS, rows.claims),
        (_ADD_ENTRIES, _ENTRIES, rows.entries),
    )
    for statement, shape, lines in tables:
        if lines:
            _add(work, statement, shape, lines, common)


def _add(
    work: Work,
    statement: str,
    shape: Sequence[tuple[str, Any]],
    lines: list[tuple[Any, ...]],
    common: dict[str, Any],
) -> None:
    insert, sent = filled(statement, shape, lines)
    work.change_many(insert, {**common, **sent})


def find_known(work: Work, indexes: Sequence[bytes], *, lock: bool = False) -> dict[bytes, Known]:
    """The cases of the named portfolio's business that bear one of these references.

    Args:
        lock: Whether their balances may be changed in this work.
    """
    cursor = work.connection.connection.cursor()
    cursor.execute(_KNOWN, {"wanted": octets(indexes), "lock": lock})
    found = {
        bytes(index): Known(CaseId(UUID(str(one))), ref, CaseState(state), currency, Balance(*parts), stated)
        for index, one, ref, state, currency, *parts, stated in cursor.fetchall()
    }
    cursor.close()
    return found


def move_balances(
    work: Work, own: OrgId, entries: list[tuple[Any, ...]], moves: list[tuple[Any, ...]]
) -> None:
    """Insert entries of existing cases and move their balances by them; the caller records why."""
    common: dict[str, Any] = {"own": own, "person": work.actor.person, "now": work.now}
    _add(work, _ADD_ENTRIES, _ENTRIES, entries, common)
    work.change_many(_MOVE, {"now": work.now, **columns(_MOVES, moves)})
