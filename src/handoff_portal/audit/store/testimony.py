"""What outsiders said about checkpoints. Every function runs in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from handoff_portal.audit.model import Testimony

_LETTERS = 0x68616E64_6D61696C
_SELECT = "select size, kind, giver, said, at, stored_at from audit_testimony "


def add(connection: Connection, given: Testimony) -> None:
    """Keep a testimony; the first of a giver about a size stays."""
    connection.execute(
        "insert into audit_testimony (size, kind, giver, said, at, stored_at) "
        "values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        (given.size, given.kind, given.giver, given.said, given.at, given.stored_at),
    )


def newest_of_each(connection: Connection, most: int) -> list[Testimony]:
    """The newest testimony of every giver about at most `most` entries."""
    with connection.cursor(row_factory=class_row(Testimony)) as cursor:
        return cursor.execute(
            "select distinct on (kind, giver) size, kind, giver, said, at, stored_at from audit_testimony "
            "where size <= %s order by kind, giver, size desc",
            (most,),
        ).fetchall()


def about(connection: Connection, size: int) -> list[Testimony]:
    """Everything said about the checkpoint of this size."""
    with connection.cursor(row_factory=class_row(Testimony)) as cursor:
        return cursor.execute(_SELECT + "where size = %s order by kind, giver", (size,)).fetchall()


def lock_letters(connection: Connection) -> None:
    """Wait until this transaction is the only one that writes to officers."""
    connection.execute("select pg_advisory_xact_lock(%s)", (_LETTERS,))


def officers_to_write_to(connection: Connection, template: str, since: datetime) -> list[tuple[UUID, str]]:
    """Active compliance officers (id, time zone) who were not posted this mail since then."""
    return connection.execute(
        "select p.id, p.time_zone from person p where p.state = 'active' "
        "and 'compliance_officer' = any(p.roles) and not exists (select from outbox o "
        "where o.person_id = p.id and o.template = %s and o.created_at > %s) order by p.id",
        (template, since),
    ).fetchall()
