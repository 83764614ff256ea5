"""Signatures, trees and notes for the stand-alone verifier: Python 3.8, standard library only.

Sources: RFC 8032 (Ed25519), RFC 9162 section 2.1 (Merkle tree), C2SP signed-note, tlog-checkpoint and
tlog-tiles.
"""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

# begin

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
HASH_BYTES, KEY_BYTES, SIGNATURE_BYTES, ID_BYTES, TIME_BYTES = 32, 32, 64, 4, 8
TILE_WIDTH = 256
LOG_KIND, WITNESS_KIND = 1, 4
"""Both kinds sign with Ed25519; a witness puts a line with the time before the note."""


class Bad(Exception):
    """Something in the bundle is false."""


class Missing(Exception):
    """Something that the check needs is not there."""


def require(holds: object, problem: str) -> None:
    """Stop with Bad unless it holds."""
    if not holds:
        raise Bad(problem)


class Point(NamedTuple):
    """A point of edwards25519 in extended coordinates (RFC 8032 section 5.1.4)."""

    x: int
    y: int
    z: int
    t: int


def decoded(raw: bytes) -> Point | None:
    """The point that 32 bytes encode, if they encode one (RFC 8032 section 5.1.3)."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(raw) != KEY_BYTES or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (sign and not x):
        return None
    x = x if x & 1 == sign else P - x
    return Point(x, y, 1, x * y % P)


BASE_POINT = decoded((4 * pow(5, P - 2, P) % P).to_bytes(KEY_BYTES, "little")) or Point(0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """The sum of two points."""
    a, b = (p.y - p.x) * (q.y - q.x), (p.y + p.x) * (q.y + q.x)
    c, d = 2 * p.t * q.t * D, 2 * p.z * q.z
    e, f, g, h = b - a, d - c, d + c, b + a
    return Point(e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, p: Point) -> Point:
    """The point added to itself so many times."""
    total = Point(0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, p)
        p, factor = add(p, p), factor >> 1
    return total


def encoded(p: Point) -> bytes:
    """The 32 bytes of a point (RFC 8032 section 5.1.2)."""
    inverse = pow(p.z, P - 2, P)
    x, y = p.x * inverse % P, p.y * inverse % P
    return (y | (x & 1) << 255).to_bytes(KEY_BYTES, "little")


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the secret of this 32-byte key signed the message (RFC 8032 section 5.1.7, no cofactor)."""
    key, s = decoded(public), int.from_bytes(signature[HASH_BYTES:], "little")
    if key is None or len(signature) != SIGNATURE_BYTES or s >= L:
        return False
    digest = hashlib.sha512(signature[:HASH_BYTES] + public + message).digest()
    minus_key = Point(P - key.x, key.y, 1, P - key.t)
    expected = add(times(s, BASE_POINT), times(int.from_bytes(digest, "little") % L, minus_key))
    return encoded(expected) == signature[:HASH_BYTES]


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00, leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """The root over a row of equally high nodes."""
    row = hashes or [hashlib.sha256(b"").digest()]
    while len(row) > 1:
        row = [node_hash(*row[i : i + 2]) if i + 1 < len(row) else row[i] for i in range(0, len(row), 2)]
    return row[0]


def climbed(at: int, last: int, steps: list[bytes], start: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """The roots of the smaller and of the larger tree at the end of a path (RFC 9162 section 2.1.4.2)."""
    before, after = start
    for step in steps:
        require(last > 0, "a proof is too long")
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    require(last == 0, "a proof is too short")
    return before, after


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the leaf hash sits at this index of the tree (RFC 9162 section 2.1.3.2)."""
    return 0 <= index < size and climbed(index, size - 1, path, (leaf, leaf))[1] == root


def consistent(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the smaller tree is the beginning of the larger one (RFC 9162 section 2.1.4.2)."""
    require(0 <= old <= new, "a consistency proof goes backwards")
    if old in (0, new):
        return not path and old_root == (new_root if old == new else root_of([]))
    steps = path if old & (old - 1) else [old_root, *path]
    require(steps, "a consistency proof is empty")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return climbed(at, last, steps[1:], (steps[0], steps[0])) == (old_root, new_root)


def tile_name(level: int, n: int, width: int) -> str:
    """The path of a tile as in C2SP tlog-tiles."""
    digits = f"{n % 1000:03d}"
    while n >= 1000:  # noqa: PLR2004 - groups of three digits
        n //= 1000
        digits = f"x{n % 1000:03d}/{digits}"
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tiles/{level}/{digits}{partial}"


def tiles_of(hashes: list[bytes]) -> dict[str, bytes]:
    """All tiles of a tree by name."""
    level, found = 0, {}
    while hashes:
        rows = [hashes[i : i + TILE_WIDTH] for i in range(0, len(hashes), TILE_WIDTH)]
        found.update({tile_name(level, n, len(row)): b"".join(row) for n, row in enumerate(rows)})
        hashes, level = [root_of(row) for row in rows if len(row) == TILE_WIDTH], level + 1
    return found


class Key(NamedTuple):
    """Somebody's verifier key: name, kind, 32 bytes, and the four bytes that stand in signatures."""

    name: str
    kind: int
    public: bytes
    key_id: bytes


def from_base64(text: str) -> bytes:
    """The bytes of base64 in its only spelling."""
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 is damaged")
    return data


def key_of(vkey: str) -> Key:
    """The key of a text `name+id+base64`."""
    name, key_id, data = vkey.strip().split("+", 2)
    raw = from_base64(data)
    found = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:ID_BYTES]
    known = len(raw) == 1 + KEY_BYTES and raw[0] in (LOG_KIND, WITNESS_KIND)
    require(known and found.hex() == key_id, "a verifier key is damaged")
    return Key(name, raw[0], raw[1:], found)


def signed_by(text: str, line: str, keys: list[Key]) -> Key | None:
    """The trusted key behind a signature line; its signature must be true."""
    dash, name, data = line.split(" ")
    value = from_base64(data)
    require(dash == "\N{EM DASH}", "a signature line is damaged")
    for key in keys:
        if (key.name, key.key_id) == (name, value[:ID_BYTES]):
            message, signature = text.encode(), value[ID_BYTES:]
            if key.kind == WITNESS_KIND:
                at, signature = int.from_bytes(signature[:TIME_BYTES], "big"), signature[TIME_BYTES:]
                message = f"cosignature/v1\ntime {at}\n".encode() + message
            require(ed25519_holds(key.public, message, signature), f"the signature of {name} is false")
            return key
    return None


def opened(raw: str, origin: str, keys: list[Key]) -> tuple[str, list[Key]]:
    """The text of a note that the log signed, and the trusted witnesses that cosigned it."""
    text, blank, lines = raw.rpartition("\n\n")
    require(blank and lines.endswith("\n"), "a note is damaged")
    found = [signed_by(text + "\n", line, keys) for line in lines[:-1].split("\n")]
    signers = [key for key in found if key]
    named = [(key.kind, key.name) for key in signers]
    require((LOG_KIND, origin) in named, f"no trusted key of {origin} signed this")
    return text + "\n", [key for key in signers if key.kind == WITNESS_KIND]


class Checkpoint(NamedTuple):
    """The log's promise: at this size its root is this. And who saw it."""

    size: int
    root: bytes
    witnesses: list[Key]


def checkpoint_of(raw: str, origin: str, keys: list[Key]) -> Checkpoint:
    """The checkpoint in a signed note."""
    text, witnesses = opened(raw, origin, keys)
    lines = text.split("\n")
    require(
        len(lines) == len(("origin", "size", "root", "")) and lines[0] == origin, "a checkpoint is damaged"
    )
    size, root = int(lines[1]), from_base64(lines[2])
    whole = lines[1] == str(size) and size >= 0 and len(root) == HASH_BYTES and not lines[3]
    require(whole, "a checkpoint is damaged")
    return Checkpoint(size, root, witnesses)
