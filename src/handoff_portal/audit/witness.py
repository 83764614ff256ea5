"""A witness: somebody outside who remembers how far the log was, and signs only what continues it.

Source: C2SP tlog-witness (what a witness must check and in which order) and tlog-cosignature. It runs at an
officer's or an agency's, needs no database, and reads the log's tiles from a portal or an export.
"""

import fcntl
import json
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import urlsplit, urlunsplit
from zipfile import BadZipFile, ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handoff_portal.adapters.outgoing import OutgoingError, fetch
from handoff_portal.audit import note
from handoff_portal.audit.standalone.proofs import tile_name
from handoff_portal.audit.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Tiles, TreeError, consistency_holds

_SECRET = "PRIVATE+KEY+"  # noqa: S105 - how such files begin, not a secret
_COSIGNATURES = "/audit/log/cosignatures"


class ForkError(ValueError):
    """The log shows another history than it showed this witness before, or less of it."""


class SourceError(ValueError):
    """Nothing usable came from the log; says nothing about its honesty."""


class Source(Protocol):
    """Where a checkpoint and the tiles under it come from."""

    def checkpoint(self) -> str:
        """The note."""
        ...

    def tile(self, level: int, n: int, width: int) -> bytes:
        """The first `width` hashes of a tile."""
        ...


@dataclass(frozen=True)
class Served:
    """A portal.

    Attributes:
        address: Such as https://portal.example.
    """

    address: str

    def checkpoint(self) -> str:
        """The portal's newest checkpoint."""
        return self._get("checkpoint").decode()

    def tile(self, level: int, n: int, width: int) -> bytes:
        """The first `width` hashes of a tile."""
        return self._get("tile/" + tile_name(level, n, width).removeprefix("tiles/"))

    def _get(self, name: str) -> bytes:
        try:
            return fetch(f"{_base(self.address)}/audit/log/{name}")
        except (OutgoingError, ValueError) as error:
            raise SourceError(str(error)) from error


@dataclass(frozen=True)
class Exported:
    """An export of the whole log."""

    path: Path

    def checkpoint(self) -> str:
        """The checkpoint of the export."""
        return self._read("checkpoint.txt").decode()

    def tile(self, level: int, n: int, width: int) -> bytes:
        """The first `width` hashes of a tile."""
        return self._read(tile_name(level, n, width))

    def _read(self, name: str) -> bytes:
        try:
            with ZipFile(self.path) as bundle:
                return bundle.read(name)
        except KeyError as error:
            raise SourceError(
                f"{self.path} has no {name}; a witness needs an export of the whole log"
            ) from error
        except (OSError, BadZipFile) as error:
            raise SourceError(f"{self.path} cannot be read: {error}") from error


@dataclass(frozen=True)
class WitnessKey:
    """A witness's name and secret."""

    name: str
    secret: Ed25519PrivateKey

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key file. Raises ValueError if it is none, or if others may read it."""
        if path.stat().st_mode & 0o077:
            raise ValueError(f"{path} is open to others on this machine; run: chmod 600 {path}")
        text = path.read_text(encoding="utf-8").strip()
        name, _, rest = text.removeprefix(_SECRET).partition("+")
        raw = note.from_base64(rest.partition("+")[2])
        if not text.startswith(_SECRET) or len(raw) != 1 + HASH_BYTES or raw[0] != note.COSIGNATURE:
            raise ValueError(f"{path} is no key of a witness")
        return cls(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))

    @property
    def verifier(self) -> note.Verifier:
        """The key that others check this witness with."""
        return note.Verifier(self.name, note.COSIGNATURE, self.secret.public_key().public_bytes_raw())

    def text(self) -> str:
        """The contents of a key file."""
        data = b64encode(bytes([note.COSIGNATURE]) + self.secret.private_bytes_raw()).decode()
        return f"{_SECRET}{self.name}+{self.verifier.key_id.hex()}+{data}\n"


def create_key(path: Path, name: str) -> WitnessKey:
    """Make a key file that only its owner may read. Raises ValueError for a bad name, FileExistsError."""
    note.verifier(note.Verifier(name, note.COSIGNATURE, bytes(HASH_BYTES)).vkey())
    key = WitnessKey(name, Ed25519PrivateKey.generate())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    _write(handle, key.text())
    return key


@dataclass(frozen=True)
class Seen:
    """What a cosigning did: the note with this witness's line, and the sizes before and now."""

    note: str
    before: int | None
    size: int


def cosign(
    source: Source, state: Path, key: WitnessKey, vkey: str | None, now: int, new_vkey: str | None = None
) -> Seen:
    """Check that the log continues what this witness saw, remember it, and only then sign it.

    Args:
        source: Where the log is read.
        state: File in which the witness remembers; made at the first time.
        key: The witness.
        vkey: The log's key; needed at the first time, and must be the same ever after.
        now: Seconds since 1970.
        new_vkey: The log signs with this key from now on; it must continue what was seen all the same.

    Raises:
        ForkError: The log is shorter than it was, or was rewritten; nothing is signed.
        note.NoteError: The checkpoint is not genuine.
        SourceError: The log cannot be read.
        ValueError: The state is damaged, or no key was given.
    """
    with _locked(state):
        trusted, held = _remembered(state, vkey)
        signing = _log_key(new_vkey) if new_vkey else trusted
        raw = source.checkpoint()
        point = note.opened(raw, trusted.name, (signing,))
        before = note.opened(held, trusted.name, (trusted,)) if held else None
        if before is not None:
            _require_continues(source, before, point)
        _remember(state, signing, raw)
        signed = note.cosign(raw, key.verifier, now, key.secret.sign)
    return Seen(signed, before.size if before else None, point.size)


def submit(address: str, signed: str) -> str:
    """Bring a cosigned checkpoint back to the portal; gives what it says.

    Raises:
        SourceError: It does not take it.
    """
    try:
        return fetch(f"{_base(address)}{_COSIGNATURES}", signed.encode(), "text/plain").decode().strip()
    except (OutgoingError, ValueError) as error:
        raise SourceError(str(error)) from error


def _require_continues(source: Source, before: note.Checkpoint, point: note.Checkpoint) -> None:
    if point.size < before.size:
        raise ForkError(f"the log has {point.size} entries, and had {before.size}: it was cut or rolled back")
    read = Tiles(lambda level, n: _tile(source, level, n, point.size))
    try:
        proof = read.consistency(before.size, point.size)
    except TreeError as error:
        raise SourceError(f"the log gives no proof: {error}") from error
    if not consistency_holds(before.size, point.size, proof, before.root, point.root):
        raise ForkError(f"the {before.size} entries that this witness saw do not begin the log now")


def _tile(source: Source, level: int, n: int, size: int) -> bytes:
    width = min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - n * TILE_WIDTH)
    hashes = source.tile(level, n, width)
    if len(hashes) != width * HASH_BYTES:
        raise SourceError(f"tile {level}/{n} has {len(hashes)} bytes, expected {width * HASH_BYTES}")
    return hashes


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    """Two runs at once would both sign; the second waits."""
    with state.with_name(f"{state.name}.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remembered(state: Path, vkey: str | None) -> tuple[note.Verifier, str]:
    """The log's key and the last note; an empty note the first time."""
    if not state.exists():
        if vkey is None:
            raise ValueError("the first time needs --vkey, the log's key from the portal's page /audit/how")
        return _log_key(vkey), ""
    try:
        kept = json.loads(state.read_text(encoding="utf-8"))
        known, held = _log_key(kept["vkey"]), str(kept["note"])
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{state} is damaged; restore it, a witness must not forget") from error
    if vkey is not None and vkey.strip() != known.vkey():
        raise ValueError(f"{state} belongs to a log with another key: {known.vkey()}")
    return known, held


def _log_key(vkey: str) -> note.Verifier:
    found = note.verifier(vkey)
    if found.kind != note.ED25519:
        raise ValueError("that is the key of a witness, not of a log")
    return found


def _remember(state: Path, trusted: note.Verifier, raw: str) -> None:
    """Write what was seen so that it stays, before anything is signed."""
    fresh = state.with_name(f"{state.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    _write(handle, json.dumps({"vkey": trusted.vkey(), "note": raw}, indent=1) + "\n")
    fresh.replace(state)
    folder = os.open(state.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(handle: int, text: str) -> None:
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _base(address: str) -> str:
    """Scheme and host of an address of the portal, whatever page of it was given."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
