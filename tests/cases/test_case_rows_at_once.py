"""Rows of a case while the case goes, and while the table grows under one session."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import pytest
from psycopg.errors import ForeignKeyViolation

from case_rows import TABLES, Connection, Ground, some_cases
from handoff_portal.adapters.postgres import EmbeddedPostgres

SIZE, ROUNDS = 250, 8
WAITING = "select count(*) from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
READ = """
select seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'cases')
from pg_stat_user_tables where relname = 'cases'
"""


@pytest.fixture(scope="module")
def ground(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Ground]:
    made = Ground(postgres, "case_rows_at_once", migrated)
    with made.owner:
        yield made


def wait_for(owner: Connection, waits: Connection, running: Future[int]) -> None:
    """Until the other connection waits for a lock."""
    until = time.monotonic() + 10
    while not running.done() and time.monotonic() < until:
        if owner.execute(WAITING, [waits.info.backend_pid]).fetchone() == (1,):
            return
        time.sleep(0.01)
    raise AssertionError("it did not wait")


def remove(connection: Connection, case: UUID) -> int:
    return connection.execute("delete from cases where id = %s", [case]).rowcount


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("table", TABLES)
def test_a_case_goes_only_once_it_is_known_that_a_row_is_not_coming(
    ground: Ground, table: str, end: str
) -> None:
    (case,) = ground.cases(1)
    with ThreadPoolExecutor(1) as beside, ground.connect() as first, ground.connect() as second:
        ground.add(first, table, [case])
        removing = beside.submit(remove, second, case)
        wait_for(ground.owner, second, removing)
        getattr(first, end)()
        if end == "commit":
            with pytest.raises(ForeignKeyViolation):
                removing.result()
            second.rollback()
        else:
            assert removing.result() == 1
    assert ground.count(table, case) == ((1, 1) if end == "commit" else (0, 0))


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_taken_only_once_it_is_known_that_its_case_stays(
    ground: Ground, table: str, end: str
) -> None:
    (case,) = ground.cases(1)
    with ThreadPoolExecutor(1) as beside, ground.connect() as first, ground.connect() as second:
        remove(first, case)
        adding = beside.submit(ground.add, second, table, [case])
        wait_for(ground.owner, second, adding)
        getattr(first, end)()
        if end == "commit":
            with pytest.raises(ForeignKeyViolation):
                adding.result()
            second.rollback()
        else:
            assert adding.result() == 1
    assert ground.count(table, case) == ((0, 0) if end == "commit" else (1, 1))


def test_rows_of_a_case_wait_neither_for_its_changes_nor_for_each_other(ground: Ground) -> None:
    (case,) = ground.cases(1)
    with ground.connect() as first, ground.connect() as second:
        second.execute("set local lock_timeout = '2s'")
        first.execute("update cases set turn = 'agency' where id = %s", [case])
        for number, table in enumerate(TABLES):
            ground.add(first if number % 2 else second, table, [case])


@pytest.mark.parametrize("known", ["unknown", "analyzed"])
def test_a_session_that_planned_with_hardly_a_case_looks_each_case_up_when_there_are_many(
    postgres: EmbeddedPostgres, migrated: str, known: str
) -> None:
    grown = Ground(postgres, f"case_rows_{known}", migrated)
    first = grown.cases(1)
    with grown.owner as connection:
        if known == "analyzed":
            connection.execute("analyze")
        for table in TABLES:
            grown.add(connection, table, first)
        for _ in range(ROUNDS):
            before = grown.cases(SIZE)  # in a transaction of their own
            with connection.transaction():
                cases = before + some_cases(connection, grown.house.org, SIZE)
                for table in TABLES:
                    grown.add(connection, table, cases)
        connection.execute("select pg_stat_force_next_flush()")
        ((read,),) = connection.execute(READ).fetchall()
    looked_up = 2 * SIZE * ROUNDS * len(TABLES)
    assert looked_up <= read <= 2 * looked_up
