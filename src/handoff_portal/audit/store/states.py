"""What cases are now, and the last thing the log says that decided it. In the caller's transaction."""

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection


def next_states(connection: Connection, after: UUID, limit: int) -> list[tuple[UUID, str]]:
    """Cases and their states in the order of their ids, from after that one (worker's door)."""
    return connection.execute(
        "select id, state from cases where id > %s order by id limit %s", (after, limit)
    ).fetchall()


def states_of(connection: Connection, cases: Sequence[UUID]) -> dict[UUID, str]:
    """The states of these cases (worker's door)."""
    return dict(
        connection.execute("select id, state from cases where id = any(%s)", (list(cases),)).fetchall()
    )


def last_decided(connection: Connection, cases: Sequence[UUID], actions: Sequence[str]) -> dict[UUID, str]:
    """The last of these actions on each case (sequencer's door); cases without one are missing."""
    return dict(
        connection.execute(
            "select distinct on (case_id) case_id, action from audit_event "
            "where case_id = any(%s) and action = any(%s) order by case_id, case_seq desc",
            (list(cases), list(actions)),
        ).fetchall()
    )
