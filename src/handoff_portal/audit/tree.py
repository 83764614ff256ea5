"""The Merkle tree of the log: append, root, proofs and their verification.

Sources: RFC 9162 section 2.1 and C2SP tlog-tiles. The tree is kept as tiles: tile (level, n) holds up to
256 hashes of complete subtrees of 256**level leaves each. Pure: the caller reads and writes the tiles.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from hashlib import sha256
from typing import Self, TypeAlias

HASH_BYTES = 32
TILE_WIDTH = 256
TILE_HEIGHT = 8
EMPTY_ROOT = sha256(b"").digest()

TileKey: TypeAlias = tuple[int, int]
ReadTile: TypeAlias = Callable[[int, int], bytes]


class TreeError(ValueError):
    """A tile is missing or too short for its tree, or a proof reaches outside the tree."""


def leaf_hash(leaf: bytes) -> bytes:
    """32 bytes: SHA-256(0x00 ‖ leaf), RFC 9162 section 2.1.1."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """32 bytes: SHA-256(0x01 ‖ left ‖ right), RFC 9162 section 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def edge_keys(size: int) -> list[tuple[TileKey, int]]:
    """The unfinished tiles on the right edge of a tree of `size` leaves, lowest first, and their widths."""
    keys = []
    level = 0
    while size >> (TILE_HEIGHT * level):
        nodes = size >> (TILE_HEIGHT * level)
        keys.append(((level, nodes // TILE_WIDTH), nodes % TILE_WIDTH))
        level += 1
    return keys


class Tree:
    """The growing edge of the tree: its size and the unfinished tile of every level (at most 8 KiB each)."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytearray] = []

    @classmethod
    def load(cls, size: int, read_tile: ReadTile) -> Self:
        """The tree of `size` leaves from its stored tiles.

        Raises:
            TreeError: A tile is missing or too short.
        """
        tree = cls()
        tree.size = size
        for (level, n), width in edge_keys(size):
            hashes = read_tile(level, n)[: width * HASH_BYTES] if width else b""
            if len(hashes) != width * HASH_BYTES:
                raise TreeError(f"tile {level}/{n} holds fewer than {width} hashes")
            tree._edge.append(bytearray(hashes))
        return tree

    def copy(self) -> Self:
        """An independent tree: appending to it leaves this one alone."""
        return deepcopy(self)

    def append(self, hashes: Sequence[bytes]) -> dict[TileKey, bytes]:
        """Add leaf hashes in order; return every tile that changed, each whole (32 to 8192 bytes)."""
        touched: dict[TileKey, bytes] = {}
        nodes = self.size
        self.size += len(hashes)
        level = 0
        while hashes:
            hashes = self._fill(level, nodes, hashes, touched)
            nodes //= TILE_WIDTH
            level += 1
        return touched

    def _fill(
        self, level: int, nodes: int, hashes: Sequence[bytes], touched: dict[TileKey, bytes]
    ) -> list[bytes]:
        """Put hashes on a level that held `nodes` before; return the roots of the tiles that became full."""
        if level == len(self._edge):
            self._edge.append(bytearray())
        full: list[bytes] = []
        position = 0
        while position < len(hashes):
            n, used = divmod(nodes + position, TILE_WIDTH)
            piece = hashes[position : position + TILE_WIDTH - used]
            tile = self._edge[level]
            tile += b"".join(piece)
            touched[level, n] = bytes(tile)
            position += len(piece)
            if used + len(piece) == TILE_WIDTH:
                full.append(fold(split(tile)))
                self._edge[level] = bytearray()
        return full

    def root(self) -> bytes:
        """The 32-byte root of the tree (RFC 9162 section 2.1.1); of nothing: SHA-256 of the empty string."""
        right: bytes | None = None
        for tile in self._edge:
            hashes = split(tile)
            if right is not None:
                hashes.append(right)
            right = fold(hashes) if hashes else None
        return EMPTY_ROOT if right is None else right


def split(tile: bytes | bytearray) -> list[bytes]:
    """The hashes of one tile, in order."""
    data = bytes(tile)
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def fold(hashes: list[bytes]) -> bytes:
    """The root over one row of nodes; moving an odd last one up as it is equals the RFC's recursive split."""
    while len(hashes) > 1:
        hashes = _row_above(hashes) + hashes[len(hashes) & ~1 :]
    return hashes[0]


def _row_above(hashes: list[bytes]) -> list[bytes]:
    pairs = zip(hashes[::2], hashes[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]


class Tiles:
    """Any node of a stored tree, read through its tiles; tiles read stay in memory (about 32 KiB each)."""

    def __init__(self, read_tile: ReadTile, keep: int = 2048) -> None:
        self._read = read_tile
        self._keep = keep
        self._ladders: dict[TileKey, list[list[bytes]]] = {}

    def root(self, size: int) -> bytes:
        """The root the tree had when it held `size` leaves."""
        return self._span(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from leaf `index` to the root of `size` leaves (RFC 9162 section 2.1.3.1)."""
        if not 0 <= index < size:
            raise TreeError(f"entry {index} is outside a tree of {size}")
        path = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _largest_power_below(high - low)
            if index < middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `old` leaves begins that of `new` (RFC 9162 section 2.1.4.1)."""
        if not 0 <= old <= new:
            raise TreeError(f"no consistency from {old} to {new}")
        path: list[bytes] = []
        if old in {0, new}:
            return path
        low, high = 0, new
        while old != high:
            middle = low + _largest_power_below(high - low)
            if old <= middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low = middle
        if low:
            path.append(self._span(low, high))
        return path[::-1]

    def _span(self, low: int, high: int) -> bytes:
        width = high - low
        if width & (width - 1) == 0:
            height = width.bit_length() - 1
            return self._node(height, low >> height)
        middle = low + _largest_power_below(width)
        return node_hash(self._span(low, middle), self._span(middle, high))

    def _node(self, height: int, index: int) -> bytes:
        """The root of the complete subtree of 2**height leaves that is number `index` of its height."""
        level, above = divmod(height, TILE_HEIGHT)
        n, offset = divmod(index << above, TILE_WIDTH)
        row = self._ladder((level, n))[above]
        if offset >> above >= len(row):
            raise TreeError(f"tile {level}/{n} is too short")
        return row[offset >> above]

    def _ladder(self, key: TileKey) -> list[list[bytes]]:
        """All complete rows inside one tile, lowest first."""
        ladder = self._ladders.get(key)
        if ladder is None:
            if len(self._ladders) >= self._keep:
                self._ladders.clear()
            ladder = [split(self._read(*key))]
            while len(ladder) < TILE_HEIGHT:
                ladder.append(_row_above(ladder[-1]))
            self._ladders[key] = ladder
        return ladder


def _largest_power_below(n: int) -> int:
    """The largest power of two smaller than n, for n of at least 2."""
    return 1 << (n - 1).bit_length() - 1


def inclusion_holds(leaf: bytes, index: int, size: int, path: Iterable[bytes], root: bytes) -> bool:
    """Whether the leaf hash sits at `index` of that tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree (old, old_root) is the beginning of (new, new_root) (RFC 9162 section 2.1.4.2).

    Every tree begins with the empty one; a tree is consistent with itself by an empty path only.
    """
    if not 0 <= old <= new:
        return False
    if old in {0, new}:
        return not path and old_root == (new_root if old == new else EMPTY_ROOT)
    steps = list(path) if old & (old - 1) else [old_root, *path]
    return bool(steps) and _climb(old - 1, new - 1, steps, old_root, new_root)


def _climb(at: int, last: int, steps: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
