"""A real PostgreSQL with the log's tables, and a few hands that write events into it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from handoff_portal.adapters.database import leaf
from handoff_portal.adapters.postgres import EmbeddedPostgres

KEY = bytes(range(32))
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
LONG = 3600 if os.environ.get("HANDOFF_SOAK") else 300
"""Seconds a campaign may take."""
BUSINESS, AGENCY, OPERATOR = UUID(int=1), UUID(int=2), UUID(int=3)
UNSIGNED = bytes(32)
"""In place of the portal's code: these rows serve row-level security, which has no key; nobody signs in."""
CALL = "select append_event(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass
class Portal:
    """One fresh database and its doors."""

    server: EmbeddedPostgres
    name: str
    opened: list[psycopg.Connection] = field(default_factory=list)

    def address(self, role: str) -> str:
        return self.server.url(role, self.name).replace("+psycopg", "")

    def door(self, role: str) -> psycopg.Connection:
        connection = psycopg.connect(self.address(role), autocommit=True)
        self.opened.append(connection)
        return connection

    def rogue(self) -> psycopg.Connection:
        """A superuser with the triggers switched off: what a dishonest administrator has."""
        connection = self.server.administrator(self.name)
        self.opened.append(connection)
        connection.execute("set session_replication_role = replica")
        return connection

    def close(self) -> None:
        for connection in self.opened:
            connection.close()


@pytest.fixture(scope="session")
def pattern(postgres: EmbeddedPostgres, migrated: str) -> str:
    """Name of a migrated database with three organisations in it."""
    postgres.create_database("audit_pattern", template=migrated)
    with postgres.administrator("audit_pattern") as administrator:
        _people(administrator)
    return "audit_pattern"


def _people(administrator: psycopg.Connection) -> None:
    """One business, one agency, one operator, each with a live session whose hash is its id doubled."""
    for org, kind in ((BUSINESS, "business"), (AGENCY, "agency"), (OPERATOR, "operator")):
        administrator.execute(
            "insert into organisation (id, kind, name, country, time_zone, currency, created_at, mac) "
            "values (%s, %s, %s, 'SG', 'Asia/Singapore', 'SGD', now(), %s)",
            (org, kind, kind, UNSIGNED),
        )
        administrator.execute(
            "insert into person (id, org_id, email, name, roles, time_zone, created_at, mac) "
            "values (%s, %s, %s, 'A Person', '{}', 'UTC', now(), %s)",
            (org, org, f"{kind}@example.com", UNSIGNED),
        )
        administrator.execute(
            "insert into session (id, token_hash, person_id, org_id, stage, created_at, last_seen_at, "
            "idle_expires_at, expires_at, mac) values (%s, %s, %s, %s, 'full', now(), now(), "
            "now() + interval '1 day', now() + interval '1 day', %s)",
            (org, org.bytes * 2, org, org, UNSIGNED),
        )


@pytest.fixture
def portal(postgres: EmbeddedPostgres, pattern: str) -> Iterator[Portal]:
    it = Portal(postgres, f"audit_{uuid4().hex[:12]}")
    postgres.create_database(it.name, template=pattern)
    yield it
    it.close()
    postgres.drop_database(it.name)


def sign_in(connection: psycopg.Connection, org: UUID) -> None:
    connection.execute("select set_config('app.session', %s, false)", (_session(org),))


def _session(org: UUID | None) -> str:
    return (org.bytes * 2).hex() if org else ""


def write(
    connection: psycopg.Connection,
    *,
    action: str = "case.edited",
    org: UUID | None = AGENCY,
    own: UUID | None = BUSINESS,
    case: UUID | None = None,
    minute: int = 0,
    key: bytes = KEY,
) -> bytes:
    """Append one event as the unit of work does; returns its leaf."""
    at = START + timedelta(minutes=minute)
    cseq = None
    with connection.transaction():
        if case:
            connection.execute("select set_config('app.session', %s, true)", (_session(own),))
            row = connection.execute("select next_case_seq(%s, %s)", (case, own)).fetchone()
            cseq = row[0] if row else None
        eid = uuid4()
        octets = leaf.encode(
            act=action, actor=org, at=at, case=case, cseq=cseq, d={"count": minute}, eid=eid,
            ip="203.0.113.9", org=org, own=own, out="ok", req="r1", sess="0" * 16,
        )  # fmt: skip
        connection.execute(
            CALL, (eid, at, 1, leaf.mac(key, octets), octets, org, own, case, cseq, org, action, "ok")
        )
    return octets


@pytest.fixture
def written(portal: Portal) -> Callable[[int], list[bytes]]:
    """Writes some events about three cases through the application's door."""
    app = portal.door("handoff_app")
    cases = [uuid4() for _ in range(3)]

    def some(count: int) -> list[bytes]:
        return [write(app, case=cases[i % 3], minute=i) for i in range(count)]

    return some


def soak(few: int, many: int) -> int:
    """How often to repeat: few in every run, many when HANDOFF_SOAK is set."""
    return many if os.environ.get("HANDOFF_SOAK") else few
