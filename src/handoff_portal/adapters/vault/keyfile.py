"""Master key in a local file, for one machine or a demonstration: who reads the file can read everything.

The file is text: `handoff-kek v1`, then one block for each key, the active one first:

    kid 8f3a01c2
    kdf none | kdf argon2id m=262144 t=4 p=1 salt=BASE64
    key BASE64 of 32 bytes, or of a SEAL v1 under the key that Argon2id (RFC 9106) makes of the passphrase
"""

import base64
import binascii
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TextIO
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from handoff_portal.adapters.vault.seal import KEY_BYTES, Context, Kind, Tampered, open_sealed, seal
from handoff_portal.core.ids import NOBODY

_TITLE: Final = "handoff-kek v1"
_BLOCK: Final = re.compile(
    r"kid (?P<kid>[0-9a-f]{8})\n"
    r"kdf (?:none|argon2id m=(?P<m>\d{1,7}) t=(?P<t>\d{1,2}) p=(?P<p>\d) salt=(?P<salt>[A-Za-z0-9+/=]{24}))\n"
    r"key (?P<key>[A-Za-z0-9+/=]{40,200})\n"
)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Argon2id parameters of RFC 9106: memory in KiB, passes, lanes."""

    salt: bytes
    memory: int = 262_144
    passes: int = 4
    lanes: int = 1

    def key(self, passphrase: str) -> bytes:
        kdf = Argon2id(
            salt=self.salt,
            length=KEY_BYTES,
            iterations=self.passes,
            lanes=self.lanes,
            memory_cost=self.memory,
        )
        return kdf.derive(passphrase.encode())


class FileMasterKey:
    """A ring of keys from a key file: the first wraps, all of them unwrap."""

    def __init__(self, ring: Sequence[bytes]) -> None:
        self._ring = tuple(ring)

    @classmethod
    def load(cls, path: Path, passphrase: str | None = None) -> Self:
        """Read a key file. Raises ValueError if others may read it, or if it cannot be opened."""
        return cls([_key_of(block, passphrase) for block in _blocks(_read_guarded(path), path)])

    def wrap(self, key: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        """Wrap under the first key of the ring."""
        return seal(self._ring[0], Context(Kind.WRAP_ORG, org_id, name=purpose), key)

    def unwrap(self, wrapped: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        """Unwrap with the key of the ring that made it. Raises Tampered."""
        context = Context(Kind.WRAP_ORG, org_id, name=purpose)
        for key in self._ring:
            try:
                return open_sealed(key, context, wrapped)
            except Tampered:
                continue
        raise Tampered


def create_key_file(path: Path, passphrase: str | None = None) -> None:
    """Make a new key file with one key, in a folder that only its owner may enter.

    Raises:
        FileExistsError: There is a file already; it is never overwritten, since that would lose every sealed
            thing.
        ValueError: The folder exists and others may enter it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_others(path.parent.stat(), path.parent)
    with os.fdopen(_create(path), "w", encoding="ascii") as file:
        _write(file, f"{_TITLE}\n{_new_block(passphrase)}")
    _sync_folder(path.parent)


def rotate_key_file(path: Path, passphrase: str | None = None) -> None:
    """Put a new active key in front of those in the file; the older ones still unwrap.

    Two rotations at once would lose a key, so the second is refused (FileExistsError) while `<name>.new`
    exists.
    """
    fresh = path.with_name(path.name + ".new")
    handle = _create(fresh)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            older = _read_guarded(path)
            _blocks(older, path)
            _write(file, f"{_TITLE}\n{_new_block(passphrase)}" + older.partition("\n")[2])
    except BaseException:
        fresh.unlink()
        raise
    fresh.replace(path)
    _sync_folder(path.parent)


def _new_block(passphrase: str | None) -> str:
    kid, key = os.urandom(4).hex(), os.urandom(KEY_BYTES)
    if passphrase is None:
        return f"kid {kid}\nkdf none\nkey {_b64(key)}\n"
    stretch = _Stretch(os.urandom(16))
    sealed = seal(stretch.key(passphrase), _file_context(kid), key)
    how = f"argon2id m={stretch.memory} t={stretch.passes} p={stretch.lanes} salt={_b64(stretch.salt)}"
    return f"kid {kid}\nkdf {how}\nkey {_b64(sealed)}\n"


def _blocks(text: str, path: Path) -> list[re.Match[str]]:
    title, _, rest = text.partition("\n")
    blocks = list(_BLOCK.finditer(rest))
    if title != _TITLE or not blocks or "".join(block[0] for block in blocks) != rest:
        raise ValueError(f"{path} is no key file of this portal, or is damaged; restore it from your backup")
    return blocks


def _key_of(block: re.Match[str], passphrase: str | None) -> bytes:
    try:
        stored = base64.b64decode(block["key"], validate=True)
        key = stored if block["m"] is None else _opened(block, stored, passphrase)
    except (binascii.Error, Tampered) as error:
        raise ValueError(f"key {block['kid']} of the key file does not open; check the passphrase") from error
    if len(key) != KEY_BYTES:
        raise ValueError(f"key {block['kid']} has the wrong length; restore the key file from your backup")
    return key


def _opened(block: re.Match[str], stored: bytes, passphrase: str | None) -> bytes:
    if passphrase is None:
        raise ValueError(f"key {block['kid']} of the key file needs its passphrase")
    salt = base64.b64decode(block["salt"], validate=True)
    stretch = _Stretch(salt, int(block["m"]), int(block["t"]), int(block["p"]))
    return open_sealed(stretch.key(passphrase), _file_context(block["kid"]), stored)


def _file_context(kid: str) -> Context:
    return Context(Kind.WRAP_ORG, NOBODY, name=f"key-file/{kid}")


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _read_guarded(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise ValueError(f"the key file {path} cannot be read: {error.strerror}") from error
    with os.fdopen(handle, encoding="ascii") as file:
        _refuse_others(os.fstat(handle), path)
        _refuse_others(path.parent.stat(), path.parent)
        return file.read(65_536)


def _refuse_others(found: os.stat_result, path: Path) -> None:
    if found.st_mode & _OTHERS or found.st_uid not in {os.geteuid(), 0}:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise ValueError(
            f"{path} is open to others on this machine; own it yourself and run: chmod {mode} {path}"
        )


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _write(file: TextIO, text: str) -> None:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
