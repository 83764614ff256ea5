"""The sequencer: gives every event its place in the tree, in batches, one process at a time.

Any number of processes may run it; a lock in the database lets one batch through after the other. A process
that is killed leaves nothing half done, because a batch is one transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from handoff_portal.audit import store
from handoff_portal.audit.model import EventRow, Quarantined, Root
from handoff_portal.audit.soundness import fault
from handoff_portal.audit.tree import Tree, TreeError, leaf_hash

MOST_EVENTS = 5000

Alarm = Callable[[str], None]
"""Tells the operator one sentence, at once."""


class TreeMismatch(RuntimeError):
    """The stored tree is not the one that was written or signed; nothing is added until a person looked."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run did: queue entries taken, those kept out, and the tree afterwards."""

    taken: int
    quarantined: tuple[Quarantined, ...]
    root: Root


class Sequencer:
    """Keeps the edge of the tree in memory between batches and distrusts it whenever the database differs.

    Args:
        keys: The portal's `audit-mac` keys by number.
        alarm: Called for every event that is kept out of the tree.
        most: Events in one batch.
    """

    def __init__(self, keys: Mapping[int, bytes], alarm: Alarm, most: int = MOST_EVENTS) -> None:
        self._keys = keys
        self._alarm = alarm
        self._most = most
        self._tree = Tree()

    def run_once(self, connection: Connection, now: datetime) -> Batch:
        """Sequence one batch in one transaction of the `handoff_sequencer` role.

        Raises:
            TreeMismatch: The stored tiles, the stored root and the last checkpoint do not belong together.
        """
        with connection.transaction():
            store.lock(connection)
            tree = self._trusted_tree(connection)
            ids, rows = store.take(connection, self._most)
            sound, kept_out = self._sorted_out(ids, rows)
            root = _extend(connection, tree, sound)
            if kept_out:
                store.add_quarantined(connection, kept_out, now)
        self._tree = tree
        for one in kept_out:
            self._alarm(f"Event {one.event_id} stays out of the log: {one.reason}.")
        return Batch(len(ids), kept_out, root)

    def _trusted_tree(self, connection: Connection) -> Tree:
        stored = store.newest_root(connection)
        signed = store.newest_checkpoint(connection)
        if signed and signed.size > stored.size:
            raise TreeMismatch(
                f"The tree has {stored.size} entries but {signed.size} were signed. It was rolled back."
            )
        if signed and signed.size == stored.size and signed.root != stored.root:
            raise TreeMismatch(f"The root of {stored.size} entries is not the one that was signed.")
        if (self._tree.size, self._tree.root()) == (stored.size, stored.root):
            return self._tree.copy()
        return _rebuilt(connection, stored)

    def _sorted_out(
        self, ids: list[int], rows: list[EventRow]
    ) -> tuple[list[EventRow], tuple[Quarantined, ...]]:
        present = {row.id for row in rows}
        faults = {row.id: fault(row, self._keys) for row in rows}
        faults |= {one: "the event is missing" for one in ids if one not in present}
        kept_out = tuple(Quarantined(one, reason) for one, reason in sorted(faults.items()) if reason)
        return [row for row in rows if faults[row.id] is None], kept_out


def _rebuilt(connection: Connection, stored: Root) -> Tree:
    try:
        tree = Tree.load(stored.size, lambda level, n: store.tile(connection, level, n))
    except TreeError as error:
        raise TreeMismatch(str(error)) from error
    if tree.root() != stored.root:
        raise TreeMismatch(f"The tiles of {stored.size} entries do not give the stored root.")
    return tree


def _extend(connection: Connection, tree: Tree, rows: list[EventRow]) -> Root:
    """Add the events to the tree and write everything that changed."""
    if not rows:
        return Root(tree.size, tree.root())
    hashes = [leaf_hash(row.leaf) for row in rows]
    store.add_leaves(connection, tree.size, [row.id for row in rows], hashes)
    store.put_tiles(connection, tree.append(hashes).items())
    root = Root(tree.size, tree.root())
    store.put_root(connection, root)
    return root
