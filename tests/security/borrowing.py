"""Sends SQL as handoff_app, past every rule of the product: only the database itself stands in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from handoff_portal.adapters.postgres import EmbeddedPostgres

Attempt = psycopg.Connection[TupleRow]

_KEYS = """
select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = %s::regclass and i.indisprimary order by array_position(i.indkey::int2[], a.attnum)
"""
_PLAIN = """
select attname from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
order by attnum
"""


@dataclass(frozen=True)
class Table:
    """A table by name, with the columns of its key and those that a row can be given."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def same(self) -> sql.Composed:
        """`key = %s and …`."""
        parts = [sql.SQL("{} = %s").format(sql.Identifier(one)) for one in self.key]
        return sql.SQL(" and ").join(parts)

    @property
    def ident(self) -> sql.Identifier:
        """The quoted name."""
        return sql.Identifier(self.name)


def table(administrator: Attempt, name: str) -> Table:
    """Ask the catalogue."""
    key = tuple(row[0] for row in administrator.execute(_KEYS, [name]))
    columns = tuple(row[0] for row in administrator.execute(_PLAIN, [name]))
    return Table(name, key, columns)


@contextmanager
def as_app(postgres: EmbeddedPostgres, session: str | None) -> Iterator[Attempt]:
    """A transaction of handoff_app with this session (hex of the token's hash), undone at the end."""
    host = str(postgres.socket_folder())
    with psycopg.connect(host=host, user="handoff_app", dbname="portal") as connection:
        if session is not None:
            connection.execute("select set_config('app.session', %s, true)", [session])
        yield connection
        connection.rollback()


def keys_seen(connection: Attempt, wanted: Table) -> set[TupleRow]:
    """The keys of all rows that this connection can see."""
    columns = sql.SQL(", ").join(map(sql.Identifier, wanted.key))
    return set(connection.execute(sql.SQL("select {} from {}").format(columns, wanted.ident)))


def may_select(connection: Attempt, wanted: Table) -> bool:
    """Whether the role may read the key of this table at all."""
    query = "select has_column_privilege(%s, %s, 'select')"
    return all(connection.execute(query, [wanted.name, one]).fetchone() == (True,) for one in wanted.key)


def touched(connection: Attempt, statement: sql.Composed, values: TupleRow) -> int:
    """How many rows a statement reached; none when the database refused it."""
    try:
        with connection.transaction():
            return connection.execute(statement, values).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0


def copy_of(connection: Attempt, administrator: Attempt, wanted: Table, key: TupleRow) -> bool:
    """Whether a row like this one, with a key of its own, could be inserted."""
    as_text = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(one)) for one in wanted.columns)
    query = sql.SQL("select {} from {} where {}").format(as_text, wanted.ident, wanted.same)
    row = administrator.execute(query, key).fetchone()
    assert row is not None
    values = dict(zip(wanted.columns, row, strict=True))
    if wanted.key == ("id",) and "id" in values:
        values["id"] = str(uuid4())
    columns = sql.SQL(", ").join(map(sql.Identifier, values))
    places = sql.SQL(", ").join(sql.Placeholder() * len(values))
    statement = sql.SQL("insert into {} ({}) values ({})").format(wanted.ident, columns, places)
    return touched(connection, statement, tuple(values.values())) > 0
