"""Does the log explain what the cases are now? A state that no event led to was set past the portal."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from handoff_portal.adapters.database import Database
from handoff_portal.adapters.database.raw import connection_of, sequencing
from handoff_portal.audit.store import states
from handoff_portal.core.events import Action
from handoff_portal.core.ids import NOBODY

EXPLAINED: Final[Mapping[str, frozenset[Action]]] = {
    "draft": frozenset({Action.CASE_DRAFTED}),
    "ready": frozenset(
        {
            Action.CASE_SUBMITTED,
            Action.CASE_IMPORTED,
            Action.CASE_OFFERED,  # every offer was declined, withdrawn or lapsed since
            Action.CASE_RETURNED,
            Action.CASE_RECALLED,
        }
    ),
    "offered": frozenset({Action.CASE_OFFERED}),
    "held": frozenset({Action.CASE_ACCEPTED}),
    "closed": frozenset({Action.CASE_CLOSED}),
}
"""For each state of a case, which event may have been the last that decided about it."""

_DECIDING: Final = sorted({action.value for actions in EXPLAINED.values() for action in actions})
_AT_ONCE: Final = 2000


def unexplained(database: Database) -> list[str]:
    """One sentence for each case whose state is not what its last deciding event says."""
    found, after = list[str](), NOBODY
    while page := _page(database, after):
        suspects = _suspects(database, page)
        found += _confirmed(database, suspects)
        after = max(page)
    return found


def _page(database: Database, after: UUID) -> dict[UUID, str]:
    with database.worker() as work:
        return dict(states.next_states(connection_of(work), after, _AT_ONCE))


def _suspects(database: Database, page: Mapping[UUID, str]) -> dict[UUID, tuple[str, str]]:
    """Cases whose state and last event do not agree: state and action."""
    with sequencing(database) as connection:
        last = states.last_decided(connection, list(page), _DECIDING)
    told = {case: (state, last.get(case, "")) for case, state in page.items()}
    return {case: one for case, one in told.items() if one[1] not in EXPLAINED.get(one[0], ())}


def _confirmed(database: Database, suspects: Mapping[UUID, tuple[str, str]]) -> list[str]:
    """Those that were not just changing while they were looked at."""
    if not suspects:
        return []
    with database.worker() as work:
        now = states.states_of(connection_of(work), list(suspects))
    again = _suspects(database, now)
    return [
        f"Case {case} is {state}, but the last event that decided about it is {action or 'missing'}."
        for case, (state, action) in sorted(again.items())
        if suspects[case] == (state, action)
    ]
