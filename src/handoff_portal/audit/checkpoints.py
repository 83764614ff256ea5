"""Checkpoints: the log signs how far it has come, keeps the note elsewhere too, and never takes it back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection

from handoff_portal.audit import note, store
from handoff_portal.audit.model import Root, SignedRoot
from handoff_portal.audit.sequencer import Sequencer, TreeMismatch
from handoff_portal.audit.tree import Tiles, TreeError, consistency_holds
from handoff_portal.core.events import SENSITIVE

EVERY = timedelta(seconds=60)
AFTER_SENSITIVE = timedelta(seconds=10)


class ClockWentBackError(RuntimeError):
    """The clock shows a time before the last checkpoint's; nothing is signed until it is right again."""


class ForkFoundError(TreeMismatch):
    """Elsewhere there is another checkpoint of this size: the log was rewritten, or its key was misused."""


class Anchor(Protocol):
    """Keeps checkpoints where the database's administrator cannot change them; an object store does."""

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write unless the key is taken; False if it is."""
        ...

    def read(self, key: str) -> Iterator[bytes]:
        """Give the bytes under a key in pieces."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys with this beginning, in order."""
        ...


@dataclass(frozen=True)
class LogKey:
    """The log's name and its signing key; `sign` may call a key service.

    Attributes:
        origin: Name of the log and of its key, such as `portal.example/audit/1`.
        public: 32 bytes.
        retired: Earlier keys of this log, still trusted for earlier checkpoints.
    """

    origin: str
    public: bytes
    sign: note.Sign
    retired: tuple[note.Verifier, ...] = ()

    @classmethod
    def local(cls, origin: str, key: Ed25519PrivateKey, retired: tuple[note.Verifier, ...] = ()) -> Self:
        """A key held by this process."""
        return cls(origin, key.public_key().public_bytes_raw(), key.sign, retired)

    @property
    def verifier(self) -> note.Verifier:
        """The key that others check signatures with."""
        return note.Verifier(self.origin, note.ED25519, self.public)

    @property
    def trusted(self) -> tuple[note.Verifier, ...]:
        """This key and the retired ones."""
        return (self.verifier, *self.retired)


def is_due(root: Root, signed: SignedRoot | None, sensitive_at: datetime | None, now: datetime) -> bool:
    """Whether to sign now: after 60 seconds, or 10 when a sensitive event waits, if the log has grown."""
    if root.size == 0 or (signed and signed.size == root.size):
        return False
    if signed is None:
        return True
    age = now - signed.created_at
    return age >= (AFTER_SENSITIVE if sensitive_at else EVERY)


def sign_newest(connection: Connection, key: LogKey, now: datetime) -> SignedRoot:
    """Sign the newest root in one transaction; if nothing was added since, give the last checkpoint again.

    Raises:
        TreeMismatch: The tree is smaller than, or does not contain, what was signed before.
        ClockWentBackError: `now` is not after the last checkpoint.
    """
    with connection.transaction():
        store.lock(connection)
        root = store.newest_root(connection)
        last = store.newest_checkpoint(connection)
        _require_growth(connection, key, root, last)
        if last and last.size == root.size:
            return last
        if last and now <= last.created_at:
            raise ClockWentBackError(
                f"It is {now} here, but the last checkpoint was signed {last.created_at}."
            )
        text = note.Checkpoint(key.origin, root.size, root.root).text()
        signed = SignedRoot(root.size, root.root, note.sign(text, key.origin, key.public, key.sign), now)
        store.add_checkpoint(connection, signed)
    return signed


def _require_growth(connection: Connection, key: LogKey, root: Root, last: SignedRoot | None) -> None:
    tiles = Tiles(lambda level, n: store.tile(connection, level, n))
    try:
        if tiles.root(root.size) != root.root:
            raise TreeMismatch(f"The tiles of {root.size} entries do not give the stored root.")
        if last is None:
            return
        promised = note.opened(last.note, key.origin, key.trusted)
        proof = tiles.consistency(promised.size, root.size)
    except (TreeError, note.NoteError) as error:
        raise TreeMismatch(str(error)) from error
    if (promised.size, promised.root) != (last.size, last.root):
        raise TreeMismatch(f"The stored checkpoint of {last.size} entries is not what was signed.")
    if not consistency_holds(promised.size, root.size, proof, promised.root, root.root):
        raise TreeMismatch(
            f"The tree of {root.size} entries does not begin with the {promised.size} signed before."
        )


def anchor_key(size: int) -> str:
    """Where a checkpoint is kept; the names sort like the sizes."""
    return f"checkpoints/{size:020d}.txt"


def publish(connection: Connection, anchor: Anchor, now: datetime) -> int:
    """Keep every checkpoint that is only in the database elsewhere too; returns how many.

    Raises:
        ForkFoundError: The place is taken by another note.
    """
    pending = store.not_anchored(connection)
    for signed in pending:
        where, octets = anchor_key(signed.size), signed.note.encode()
        if not anchor.put_if_absent(where, octets) and b"".join(anchor.read(where)) != octets:
            raise ForkFoundError(f"{where} holds another checkpoint of the same size.")
        store.add_anchored(connection, signed.size, where, now)
    return len(pending)


def newest_anchored(anchor: Anchor) -> list[str]:
    """The newest checkpoint that is kept outside the database, as a list of no or one note."""
    keys = list(anchor.list("checkpoints/"))
    return [b"".join(anchor.read(keys[-1])).decode()] if keys else []


def require_contains(connection: Connection, key: LogKey, held: Iterable[str]) -> None:
    """Refuse unless the tree begins with every checkpoint held outside the database; run it at start.

    Raises:
        TreeMismatch: The database was rolled back to an earlier state, or the log was rewritten.
        note.NoteError: A held note is not a checkpoint signed by this log.
    """
    root = store.newest_root(connection)
    tiles = Tiles(lambda level, n: store.tile(connection, level, n))
    for raw in held:
        promised = note.opened(raw, key.origin, key.trusted)
        if promised.size > root.size:
            raise TreeMismatch(
                f"The log has {root.size} entries, but {promised.size} were signed: it was rolled back."
            )
        if _root_at(tiles, promised.size) != promised.root:
            raise ForkFoundError(f"The first {promised.size} entries are not those that were signed.")


def _root_at(tiles: Tiles, size: int) -> bytes:
    try:
        return tiles.root(size)
    except TreeError as error:
        raise TreeMismatch(str(error)) from error


def keep(connection: Connection, sequencer: Sequencer, key: LogKey, anchor: Anchor, now: datetime) -> int:
    """One round of duty, every second: sequence what waits, sign when due, keep the note elsewhere.

    Returns:
        How many events were taken from the queue in the last batch; run again at once while it is a full one.

    Raises:
        TreeMismatch, ClockWentBackError: An incident; nothing was signed. The anchor's errors pass.
    """
    taken = sequencer.run_once(connection, now).taken
    signed = store.newest_checkpoint(connection)
    sensitive = store.sensitive_since(connection, signed.size if signed else 0, SENSITIVE)
    if is_due(store.newest_root(connection), signed, sensitive, now):
        sign_newest(connection, key, now)
    publish(connection, anchor, now)
    return taken
