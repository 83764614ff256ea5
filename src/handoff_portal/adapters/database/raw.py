"""The psycopg connection behind a unit of work or a door, for the log's own queries and streaming exports."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection

from handoff_portal.adapters.database.database import Database, Door
from handoff_portal.adapters.database.work import Work


def connection_of(work: Work) -> Connection:
    """The connection of a unit of work, inside its transaction."""
    return _psycopg(work.connection.connection.driver_connection)


@contextmanager
def sequencing(database: Database) -> Iterator[Connection]:
    """A connection through the sequencer's door, outside any transaction."""
    pooled = database.engine(Door.SEQUENCER).raw_connection()
    connection = _psycopg(pooled.driver_connection)
    try:
        connection.autocommit = True
        yield connection
    finally:
        if not connection.closed:
            connection.rollback()
            connection.autocommit = False
        pooled.close()


def _psycopg(found: object) -> Connection:
    if not isinstance(found, Connection):
        raise TypeError("the log needs psycopg connections")
    return found
