"""Columns of rows arrive in PostgreSQL as they were, also those in which all rows say the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from handoff_portal.adapters.database.bulk import days, filled, flags, moments, numbers, octets, texts, uuids
from handoff_portal.adapters.postgres import EmbeddedPostgres

SHAPE = (
    ("id", uuids),
    ("said", texts),
    ("much", numbers),
    ("sealed", octets),
    ("day", days),
    ("moment", moments),
    ("sure", flags),
)
TABLE = """
create temporary table kept (id uuid, said text, much smallint, sealed bytea, day date, moment timestamptz,
                             sure boolean, common text)
"""
INSERT = "insert into kept select {values}, %(common)s {source}"
NOON = datetime(2026, 11, 22, 12, 0, 0, 17, tzinfo=UTC)
ONE = ("words", 7, b"\x00\xff", date(1999, 12, 31), NOON, True)
OTHER = ("", -1, b"", date(2030, 1, 1), datetime(1970, 1, 1, tzinfo=UTC), False)
NOTHING = (None, None, None, None, None, True)


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with postgres.administrator() as connection:
        connection.execute(TABLE)
        yield connection


@pytest.mark.parametrize(
    "rows",
    [
        [ONE],
        [ONE] * 3,
        [NOTHING] * 3,
        [ONE, OTHER, ONE],
        [ONE, ONE, OTHER],
        [ONE, OTHER, NOTHING],
        [(*ONE[:place], *OTHER[place:]) for place in range(6)],
    ],
)
def test_rows_are_stored_as_they_were(database: psycopg.Connection, rows: list[tuple[Any, ...]]) -> None:
    sent = [(uuid4(), *row) for row in rows]
    statement, columns = filled(INSERT, SHAPE, sent)
    database.execute(statement.encode(), {**columns, "common": "same"})
    kept = database.execute("delete from kept returning *").fetchall()
    assert sorted(kept, key=str) == sorted([(*row, "same") for row in sent], key=str)


def test_a_column_in_which_all_rows_say_the_same_travels_once() -> None:
    _, columns = filled(INSERT, SHAPE, [(uuid4(), *ONE) for _ in range(500)])
    assert len(columns["id"]) == 20 + 500 * 20
    assert {name: len(column) for name, column in columns.items() if len(column) > 40} == {
        "id": len(columns["id"])
    }


def test_rows_are_as_many_as_they_were_even_if_they_are_all_the_same(database: psycopg.Connection) -> None:
    one = (uuid4(), *ONE)
    statement, columns = filled(INSERT, SHAPE, [one] * 4)
    database.execute(statement.encode(), {**columns, "common": "same"})
    assert database.execute("delete from kept returning *").fetchall() == [(*one, "same")] * 4
