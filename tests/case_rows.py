"""Rows that name a case, in a database of their own, through the roads by which they come."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from handoff_portal.adapters.postgres import EmbeddedPostgres

Connection = psycopg.Connection[TupleRow]
TABLES = ("case_grant", "case_customer", "claim", "ledger_entry", "communication", "judgement")
"""Those that every imported account fills."""

_MADE = """
insert into organisation (id, kind, name, country, time_zone, currency, created_at, mac)
    values (%(org)s, 'business', 'Kopi Tiam', 'SG', 'UTC', 'SGD', now(), %(mac)s);
insert into person (id, org_id, email, name, roles, time_zone, created_at, mac)
    values (%(person)s, %(org)s, %(email)s, 'Robin Tan', '{}', 'UTC', now(), %(mac)s);
insert into session (id, token_hash, person_id, org_id, stage, created_at, last_seen_at, idle_expires_at,
                     expires_at, mac)
    values (gen_random_uuid(), %(token)s, %(person)s, %(org)s, 'full', now(), now(), now() + interval '1 day',
            now() + interval '1 day', %(mac)s);
insert into portfolio (id, business_id, state, wrapped, key_version, made_by, made_at, updated_at, phase_at,
                       approved_by)
    values (%(portfolio)s, %(org)s, 'committing', '', 1, %(person)s, now(), now(), now(), %(person)s);
"""
_CASES = """
insert into cases (id, business_id, reference, state, turn, created_by, created_at, updated_at, holder_id)
select t.one, %(org)s, t.one, %(state)s, 'business', %(org)s, now(), now(), %(holder)s
from unnest(%(ids)s) as t(one)
"""
_COLUMNS = """
select attname, atttypid::regtype::text from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef
order by attnum
"""
_BY_NAME = {
    "case_id": "t.one",
    "org_id": "%(own)s",
    "business_id": "%(org)s",
    "recorded_by": "%(person)s",
    "source": "'typed'",
    "channel": "'email'",
    "direction": "'out'",
    "index": "decode(repeat('00', 16), 'hex')",
}
_BY_PLACE = {("claim", "kind"): "'invoice'", ("case_grant", "org_id"): "%(org)s"}
_BY_TYPE = {
    "uuid": "gen_random_uuid()",
    "text": "'claim'",
    "character": "'SGD'",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "bytea": "'sealed'",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "json": "'{}'",
}


@dataclass(frozen=True)
class House:
    """A business with somebody signed in and a portfolio that is being committed."""

    org: UUID
    person: UUID
    token: bytes
    portfolio: UUID


def a_house(owner: Connection) -> House:
    """Written past every wall."""
    made = House(uuid4(), uuid4(), uuid4().bytes * 2, uuid4())
    values = {"org": made.org, "person": made.person, "token": made.token, "portfolio": made.portfolio}
    with psycopg.ClientCursor(owner) as cursor:
        cursor.execute(_MADE, {**values, "email": f"{made.person}@example.com", "mac": bytes(32)})
    return made


def some_cases(
    owner: Connection, org: UUID, count: int = 1, state: str = "draft", holder: UUID | None = None
) -> list[UUID]:
    """Cases without any row."""
    ids = [uuid4() for _ in range(count)]
    owner.execute(_CASES, {"ids": ids, "org": org, "state": state, "holder": holder})
    return ids


class Ground:
    """A database of its own with a house in it.

    Args:
        name: Of the database.
        template: A migrated one.

    Attributes:
        owner: Past every wall; each statement by itself.
    """

    def __init__(self, postgres: EmbeddedPostgres, name: str, template: str) -> None:
        postgres.create_database(name, template=template)
        self._host, self._name = str(postgres.socket_folder()), name
        self.owner = self.connect()
        self.owner.autocommit = True
        self.house = a_house(self.owner)
        self._inserts = {table: _insert_of(self.owner, table) for table in TABLES}

    def connect(self) -> Connection:
        """Another connection past every wall."""
        return psycopg.connect(host=self._host, user="postgres", dbname=self._name)

    @contextmanager
    def along(self, road: str) -> Iterator[Connection]:
        """A transaction as the owner of everything, a signed-in person or the worker; undone at the end."""
        with self.connect() as connection:
            if road != "owner":
                connection.execute(sql.SQL("set local role {}").format(sql.Identifier(f"handoff_{road}")))
                connection.execute("select set_config('app.session', %s, true)", [self.house.token.hex()])
                connection.execute(
                    "select set_config('app.portfolio', %s, true)", [str(self.house.portfolio)]
                )
            yield connection
            connection.rollback()

    def cases(self, count: int, opened_for: str = "") -> list[UUID]:
        """Drafts of the house without rows, but with a grant each if they are for rows of another table."""
        made = some_cases(self.owner, self.house.org, count)
        if opened_for not in ("", "case_grant"):
            self.add(self.owner, "case_grant", made)
        return made

    def add(self, connection: Connection, table: str, cases: Sequence[UUID], org: UUID | None = None) -> int:
        """Insert a row of each case, under the house or another business; how many."""
        own = self.house.org
        values = {"cases": list(cases), "org": org or own, "own": own, "person": self.house.person}
        return connection.execute(self._inserts[table], values).rowcount

    def count(self, table: str, case: UUID) -> tuple[int, int]:
        """How many cases of this id and rows of it there are."""
        query = sql.SQL(
            "select (select count(*) from cases where id = %s), count(*) from {} where case_id = %s"
        ).format(sql.Identifier(table))
        ((cases, rows),) = self.owner.execute(query, [case, case]).fetchall()
        return cases, rows


def _insert_of(owner: Connection, table: str) -> sql.Composed:
    """A statement that gives each of `cases` one row, of business `org`; a grant is for it."""
    columns = [(name, kind) for name, kind in owner.execute(_COLUMNS, [table])]
    values = [_BY_PLACE.get((table, name)) or _BY_NAME.get(name, _BY_TYPE[kind]) for name, kind in columns]
    return sql.SQL("insert into {} ({}) select {} from unnest(%(cases)s) as t(one)").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
        sql.SQL(", ".join(values)),
    )
