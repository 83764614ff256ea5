"""What holds after every fault: each event has its place in the log, each case counted its own."""

import os

import psycopg

from handoff_portal.audit.actions.keeping import Keeper, check_everything, log_key
from handoff_portal.web.portal import Portal

SOAK = int(os.environ.get("HANDOFF_SOAK", "0"))
"""How often `make soak` repeats each fault; 0 in every other run."""


def rounds(few: int) -> int:
    """How often to repeat a fault."""
    return max(few, SOAK)


def require_whole_log(portal: Portal, administrator: psycopg.Connection) -> int:
    """Sequence what waits and compare everything with everything; gives how many events there are."""
    key = log_key(portal.vault, portal.settings.log_name)
    keeper = Keeper(portal.database, key, portal.anchor)
    while waiting(administrator):
        keeper.round()
    assert check_everything(portal.database, key, portal.anchor) == []
    miscounted = administrator.execute(
        "select c.case_id, c.seq, count(e.id), max(e.case_seq) from case_counter c "
        "left join audit_event e on e.case_id = c.case_id group by c.case_id, c.seq "
        "having c.seq <> count(e.id) or c.seq <> max(e.case_seq)"
    ).fetchall()
    assert miscounted == []
    outside = (
        "select count(*) from audit_event e where not exists (select from audit_leaf where event_id = e.id)"
    )
    assert one(administrator, outside) == 0
    return one(administrator, "select count(*) from audit_leaf")


def waiting(administrator: psycopg.Connection) -> int:
    """How many events have no place in the log yet."""
    return one(administrator, "select count(*) from audit_queue")


def one(administrator: psycopg.Connection, query: str, *values: object) -> int:
    """The one number that a query gives."""
    row = administrator.execute(query.encode(), values).fetchone()
    assert row is not None
    number: int = row[0]
    return number
