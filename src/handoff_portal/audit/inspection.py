"""The nightly inspection: is the whole log in the database still what was written and signed?"""

from collections.abc import Iterable, Iterator, Mapping

from psycopg import Connection

from handoff_portal.audit import note, store
from handoff_portal.audit.checkpoints import LogKey
from handoff_portal.audit.model import EventRow, Place
from handoff_portal.audit.soundness import fault
from handoff_portal.audit.tree import Tiles, Tree, TreeError, leaf_hash


def inspect(
    connection: Connection, keys: Mapping[int, bytes], key: LogKey, held: Iterable[str] = ()
) -> list[str]:
    """Everything that is wrong, one sentence each; an empty list when the log is whole.

    Args:
        connection: The `handoff_sequencer` role; the inspection and the sequencer take turns.
        keys: The portal's `audit-mac` keys by number.
        key: The log's name and keys.
        held: Checkpoints kept outside this database; without one, a restored older database looks whole.
    """
    with connection.transaction():
        store.lock(connection)
        tree, found = Tree(), list[str]()
        rebuilt = _walk(connection, keys, tree, found)
        found += _compared(connection, tree, rebuilt)
        found += _promises(connection, key, tree, Tiles(lambda level, n: rebuilt.get((level, n), b"")), held)
        found += [f"Event {one} is in no list." for one in store.lost_events(connection)]
        found += [
            f"Case {case} counted {counter} events, the last in the log is number {last}."
            for case, counter, last in store.wrong_counters(connection)
        ]
        found += [
            f"Event {one.event_id} is in quarantine: {one.reason}." for one in store.quarantined(connection)
        ]
    return found


def _walk(
    connection: Connection, keys: Mapping[int, bytes], tree: Tree, found: list[str]
) -> dict[tuple[int, int], bytes]:
    """Rebuild the tree from the events themselves and note every event that is not what it was."""
    rebuilt: dict[tuple[int, int], bytes] = {}
    numbers: dict[object, int] = {}
    for places in store.places(connection):
        rows = {row.id: row for row in store.events(connection, [place.event_id for place in places])}
        found += _misplaced(tree.size, places)
        for place in places:
            found += _wrong(place, rows.get(place.event_id), keys, numbers)
        rebuilt |= tree.append([_hash(place, rows.get(place.event_id)) for place in places])
    return rebuilt


def _hash(place: Place, row: EventRow | None) -> bytes:
    return leaf_hash(row.leaf) if row else place.leaf_hash


def _misplaced(size: int, places: list[Place]) -> list[str]:
    expected = enumerate(places, size)
    return [f"Entry {index} is missing." for index, place in expected if place.idx != index][:1]


def _wrong(
    place: Place, row: EventRow | None, keys: Mapping[int, bytes], numbers: dict[object, int]
) -> Iterator[str]:
    if row is None:
        yield f"Entry {place.idx} has lost its event {place.event_id}."
        return
    if leaf_hash(row.leaf) != place.leaf_hash:
        yield f"Entry {place.idx} was changed."
    reason = fault(row, keys)
    if reason:
        yield f"Entry {place.idx} is unsound: {reason}."
    if row.case_seq is not None:
        expected = numbers.get(row.case_id, 0) + 1
        numbers[row.case_id] = row.case_seq
        if row.case_seq != expected:
            yield f"Entry {place.idx} is number {row.case_seq} of its case, expected {expected}."


def _compared(connection: Connection, tree: Tree, rebuilt: Mapping[tuple[int, int], bytes]) -> Iterator[str]:
    root = store.newest_root(connection)
    if (root.size, root.root) != (tree.size, tree.root()):
        yield f"The stored root of {root.size} entries is not that of the {tree.size} events."
    stored = store.tiles(connection)
    for level, n in sorted({*stored, *rebuilt}):
        if stored.get((level, n)) != rebuilt.get((level, n)):
            yield f"Tile {level}/{n} is not that of the events."


def _promises(
    connection: Connection, key: LogKey, tree: Tree, tiles: Tiles, held: Iterable[str]
) -> Iterator[str]:
    """Compare the events with everything that was ever signed about them."""
    for row in store.checkpoints(connection):
        yield from _broken(row.note, key, tree.size, tiles, "stored")
        if f"\n{row.size}\n" not in row.note:
            yield f"The stored checkpoint of {row.size} entries has another size in its note."
    for raw in held:
        yield from _broken(raw, key, tree.size, tiles, "held")


def _broken(raw: str, key: LogKey, size: int, tiles: Tiles, kind: str) -> Iterator[str]:
    try:
        point = note.opened(raw, key.origin, key.trusted)
    except note.NoteError as error:
        yield f"A {kind} checkpoint is not genuine: {error}"
        return
    if point.size > size:
        yield f"A {kind} checkpoint has {point.size} entries, the log only {size}: it was cut or rolled back."
        return
    try:
        same = tiles.root(point.size) == point.root
    except TreeError:
        same = False
    if not same:
        yield f"The first {point.size} entries are not those of the {kind} checkpoint."
