"""The rows of the log. Every function takes a psycopg connection and runs in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from handoff_portal.audit.model import (
    Entry,
    EventRow,
    Place,
    Quarantined,
    Root,
    Selection,
    SignedRoot,
    Waiting,
)
from handoff_portal.audit.tree import EMPTY_ROOT, TileKey

_LOCK = 0x68616E64_6F6666
_EVENTS = (
    "select id, eid, ts, kid, mac, leaf, org_id, own_org_id, case_id, case_seq, actor_id, action, outcome "
    "from audit_event where id = any(%b) order by id"
)
_ENTRIES = (
    "select l.idx, e.leaf from audit_leaf l join audit_event e on e.id = l.event_id "
    "where l.idx < %(size)s "
    "and (%(case)s::uuid is null or e.case_id = %(case)s) "
    "and (%(own)s::uuid is null or e.own_org_id = %(own)s) "
    "and (%(org)s::uuid is null or e.org_id = %(org)s) "
    "and (%(actor)s::uuid is null or e.actor_id = %(actor)s) "
    "and (%(action)s::text is null or e.action = %(action)s) "
    "and (%(since)s::timestamptz is null or e.ts >= %(since)s) "
    "and (%(until)s::timestamptz is null or e.ts < %(until)s) "
    "order by l.idx"
)
_AT_ONCE = 2000


def lock(connection: Connection) -> None:
    """Wait until this transaction is the only one that sequences or signs."""
    connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))


def newest_root(connection: Connection) -> Root:
    """The tree as last written; of size 0 when nothing is in it."""
    with connection.cursor(row_factory=class_row(Root)) as cursor:
        return cursor.execute("select size, root from audit_root").fetchone() or Root(0, EMPTY_ROOT)


def newest_checkpoint(connection: Connection) -> SignedRoot | None:
    """The largest signed size."""
    with connection.cursor(row_factory=class_row(SignedRoot)) as cursor:
        return cursor.execute(
            "select size, root, note, created_at from audit_checkpoint order by size desc limit 1"
        ).fetchone()


def checkpoint_at(connection: Connection, size: int) -> SignedRoot | None:
    """The checkpoint of exactly this size."""
    with connection.cursor(row_factory=class_row(SignedRoot)) as cursor:
        return cursor.execute(
            "select size, root, note, created_at from audit_checkpoint where size = %s", (size,)
        ).fetchone()


def tile(connection: Connection, level: int, n: int) -> bytes:
    """The hashes of one tile, as many as there are yet; empty when it does not exist."""
    row = connection.execute(
        "select hashes from audit_tile where level = %s and n = %s", (level, n)
    ).fetchone()
    return row[0] if row else b""


def take(connection: Connection, limit: int) -> tuple[list[int], list[EventRow]]:
    """Remove the oldest queued numbers; return them and the events that stand behind them, in order."""
    taken = connection.execute(
        "delete from audit_queue where id in (select id from audit_queue order by id limit %s) returning id",
        (limit,),
    ).fetchall()
    ids = sorted(row[0] for row in taken)
    return ids, events(connection, ids)


def events(connection: Connection, ids: Sequence[int]) -> list[EventRow]:
    """The events with these numbers, in order; those that do not exist are missing."""
    with connection.cursor(row_factory=class_row(EventRow), binary=True) as cursor:
        return cursor.execute(_EVENTS, (list(ids),)).fetchall()


def add_leaves(connection: Connection, first: int, ids: Sequence[int], hashes: Sequence[bytes]) -> None:
    """Give events their places in the tree, `first` being the index of the first."""
    connection.execute(
        "insert into audit_leaf (idx, event_id, leaf_hash) "
        "select %b + t.place - 1, t.event_id, t.leaf_hash "
        "from unnest(%b::bigint[], %b::bytea[]) with ordinality as t (event_id, leaf_hash, place)",
        (first, list(ids), list(hashes)),
    )


def put_tiles(connection: Connection, tiles: Iterable[tuple[TileKey, bytes]]) -> None:
    """Write tiles whole: new ones, and old ones that grew."""
    rows = list(tiles)
    connection.execute(
        "insert into audit_tile (level, n, hashes) "
        "select * from unnest(%b::smallint[], %b::bigint[], %b::bytea[]) "
        "on conflict (level, n) do update set hashes = excluded.hashes",
        ([level for (level, _), _ in rows], [n for (_, n), _ in rows], [hashes for _, hashes in rows]),
    )


def put_root(connection: Connection, root: Root) -> None:
    """Replace the newest root."""
    connection.execute(
        "insert into audit_root (size, root) values (%s, %s) "
        "on conflict (one) do update set size = excluded.size, root = excluded.root",
        (root.size, root.root),
    )


def add_quarantined(connection: Connection, found: Iterable[Quarantined], now: datetime) -> None:
    """Keep a note of every event that may not enter the tree."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit_quarantine (event_id, reason, seen_at) values (%s, %s, %s) "
            "on conflict do nothing",
            [(one.event_id, one.reason, now) for one in found],
        )


def add_checkpoint(connection: Connection, signed: SignedRoot) -> None:
    """Keep a signed checkpoint."""
    connection.execute(
        "insert into audit_checkpoint (size, root, note, created_at) values (%s, %s, %s, %s)",
        (signed.size, signed.root, signed.note, signed.created_at),
    )


def not_anchored(connection: Connection, limit: int = 100) -> list[SignedRoot]:
    """Checkpoints that are stored in the database only, oldest first."""
    with connection.cursor(row_factory=class_row(SignedRoot)) as cursor:
        return cursor.execute(
            "select c.size, c.root, c.note, c.created_at from audit_checkpoint c "
            "where not exists (select from audit_anchored a where a.size = c.size) order by c.size limit %s",
            (limit,),
        ).fetchall()


def add_anchored(connection: Connection, size: int, key: str, now: datetime) -> None:
    """Remember that the checkpoint of this size is stored elsewhere under that key."""
    connection.execute(
        "insert into audit_anchored (size, key, created_at) values (%s, %s, %s) on conflict do nothing",
        (size, key, now),
    )


def sensitive_since(connection: Connection, size: int, actions: Iterable[str]) -> datetime | None:
    """When the first event of these kinds happened among the entries from index `size` on."""
    row = connection.execute(
        "select min(e.ts) from audit_leaf l join audit_event e on e.id = l.event_id "
        "where l.idx >= %s and e.action = any(%s)",
        (size, list(actions)),
    ).fetchone()
    return row[0] if row else None


def waiting(connection: Connection) -> Waiting:
    """The numbers of the health check; every door of the portal may ask."""
    with connection.cursor(row_factory=class_row(Waiting)) as cursor:
        found = cursor.execute("select * from audit_freshness()").fetchone()
    return found or Waiting(0, None, 0, 0, None, 0, 0)


def entries(connection: Connection, wanted: Selection, size: int) -> Iterator[Entry]:
    """The selected entries below index `size` that the reader may see, in order; bounded memory."""
    with (
        connection.transaction(),
        connection.cursor("audit_entries", row_factory=class_row(Entry), scrollable=False) as cursor,
    ):
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(_ENTRIES, {**asdict(wanted), "size": size})


def places(connection: Connection) -> Iterator[list[Place]]:
    """The whole tree in order, some thousand places at a time."""
    with (
        connection.transaction(),
        connection.cursor("audit_places", row_factory=class_row(Place), scrollable=False) as cursor,
    ):
        cursor.execute("select idx, event_id, leaf_hash from audit_leaf order by idx")
        while some := cursor.fetchmany(_AT_ONCE):
            yield some


def tiles(connection: Connection) -> dict[TileKey, bytes]:
    """Every stored tile."""
    rows = connection.execute("select level, n, hashes from audit_tile").fetchall()
    return {(level, n): hashes for level, n, hashes in rows}


def checkpoints(connection: Connection) -> list[SignedRoot]:
    """Every stored checkpoint, smallest first."""
    with connection.cursor(row_factory=class_row(SignedRoot)) as cursor:
        return cursor.execute(
            "select size, root, note, created_at from audit_checkpoint order by size"
        ).fetchall()


def lost_events(connection: Connection) -> list[int]:
    """Events that are neither in the tree, nor waiting, nor in quarantine."""
    rows = connection.execute(
        "select e.id from audit_event e where not exists (select from audit_leaf l where l.event_id = e.id) "
        "and not exists (select from audit_queue q where q.id = e.id) "
        "and not exists (select from audit_quarantine k where k.event_id = e.id) order by e.id limit 100"
    ).fetchall()
    return [row[0] for row in rows]


def wrong_counters(connection: Connection) -> list[tuple[UUID, int, int]]:
    """Cases whose counter is not the number of their last event: case, counter or 0, last number or 0."""
    return connection.execute(
        "select coalesce(c.case_id, e.case_id), coalesce(c.seq, 0), coalesce(e.last, 0) from case_counter c "
        "full join (select case_id, max(case_seq) as last from audit_event where case_seq is not null "
        "group by case_id) e on e.case_id = c.case_id where c.seq is distinct from e.last limit 100"
    ).fetchall()


def quarantined(connection: Connection) -> list[Quarantined]:
    """Events kept out of the tree."""
    with connection.cursor(row_factory=class_row(Quarantined)) as cursor:
        return cursor.execute("select event_id, reason from audit_quarantine order by event_id").fetchall()
