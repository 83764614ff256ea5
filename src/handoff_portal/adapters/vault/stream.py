"""Sealing and opening files of any size in bounded memory, from the start or the middle (HTTP Range)."""

from collections.abc import Callable, Iterable, Iterator

from handoff_portal.adapters.vault.seal import (
    CHUNK_BYTES,
    PREFIX_BYTES,
    SEALED_CHUNK_BYTES,
    TAG_BYTES,
    ChunkCipher,
    Context,
    Octets,
    Tampered,
    fresh_salt,
    make_header,
    plain_size,
)


class _Aligner:
    """Cuts a stream of pieces at multiples of `unit` bytes; what is left over waits in `rest`."""

    __slots__ = ("_unit", "rest")

    def __init__(self, unit: int) -> None:
        self._unit = unit
        self.rest = bytearray()

    def feed(self, data: Octets) -> list[memoryview]:
        """Give up to two views, each a multiple of the unit long and never empty; big input is not copied."""
        view, pieces = memoryview(data).cast("B"), []
        if self.rest:
            missing = self._unit - len(self.rest)
            self.rest += view[:missing]
            view = view[missing:]
            if len(self.rest) < self._unit:
                return []
            pieces.append(memoryview(self.rest))
        cut = len(view) // self._unit * self._unit
        if cut:
            pieces.append(view[:cut])
        self.rest = bytearray(view[cut:])
        return pieces


class _Buffer:
    """Memory used again for every piece, so that no fresh pages are handed out and cleared each time."""

    __slots__ = ("_memory",)

    def __init__(self) -> None:
        self._memory = memoryview(bytearray())

    def view(self, size: int) -> memoryview:
        if size > len(self._memory):
            self._memory = memoryview(bytearray(size))
        return self._memory[:size]


class Sealer:
    """Seals a stream: `header()`, then `update()` as often as there is input, then `finish()` once.

    What the three return, put together in that order, is one SEAL v1 message. It keeps less than one chunk
    (16 KiB).
    """

    def __init__(
        self, key: bytes, context: Context, key_version: int = 1, *, salt: bytes | None = None
    ) -> None:
        self._cipher = ChunkCipher(
            key, context, make_header(key_version), fresh_salt() if salt is None else salt
        )
        self._input = _Aligner(CHUNK_BYTES)
        self._outputs = [_Buffer(), _Buffer()]
        self._index = 0
        self._finished = False

    def header(self) -> bytes:
        """Give the 62 bytes that stand first."""
        return self._cipher.prefix

    def update(self, *plaintext: Octets) -> bytes:
        """Seal every whole chunk that is there now; the rest waits. The answer may be empty."""
        return bytes(self._sealed(plaintext))

    def update_lent(self, *plaintext: Octets) -> memoryview:
        """As `update`, without a copy: what it gives is overwritten by the second call after this one."""
        self._outputs.reverse()
        return self._sealed(plaintext)

    def finish(self) -> bytes:
        """Seal the short last chunk, which marks the end. Nothing can follow (RuntimeError)."""
        self._still_open()
        self._finished = True
        out = bytearray(len(self._input.rest) + TAG_BYTES)
        self._cipher.seal_chunks(self._index, memoryview(self._input.rest), memoryview(out))
        return bytes(out)

    def _sealed(self, plaintext: Iterable[Octets]) -> memoryview:
        self._still_open()
        pieces = [aligned for octets in plaintext for aligned in self._input.feed(octets)]
        size = sum(map(len, pieces)) // CHUNK_BYTES * SEALED_CHUNK_BYTES
        view, at = self._outputs[0].view(size), 0
        for piece in pieces:
            chunks = len(piece) // CHUNK_BYTES
            end = at + chunks * SEALED_CHUNK_BYTES
            self._cipher.seal_chunks(self._index, piece, view[at:end])
            self._index, at = self._index + chunks, end
        return view

    def _still_open(self) -> None:
        if self._finished:
            raise RuntimeError("this stream is finished; a seal is never continued")


class Opener:
    """Opens a stream: `update()` gives authenticated bytes, `finish()` proves that none are cut off.

    Whoever passes bytes on before `finish()` has returned must be able to take them back or to break off
    visibly.
    """

    def __init__(self, key: bytes, context: Context) -> None:
        self._key, self._context = key, context
        self._prefix = bytearray()
        self._cipher: ChunkCipher | None = None
        self._input = _Aligner(SEALED_CHUNK_BYTES)
        self._output = _Buffer()
        self._index = 0
        self._closed = False

    def update(self, sealed: Octets) -> bytes:
        """Open every whole chunk that is there now. Raises Tampered, then and ever after."""
        if self._closed:
            raise Tampered
        view = memoryview(sealed).cast("B")
        if self._cipher is None:
            missing = PREFIX_BYTES - len(self._prefix)
            self._prefix += view[:missing]
            view = view[missing:]
            if len(self._prefix) < PREFIX_BYTES:
                return b""
        self._closed = True
        cipher = self._derived()
        pieces = self._input.feed(view)
        size = sum(map(len, pieces)) // SEALED_CHUNK_BYTES * CHUNK_BYTES
        target, at = self._output.view(size), 0
        for piece in pieces:
            chunks = len(piece) // SEALED_CHUNK_BYTES
            end = at + chunks * CHUNK_BYTES
            cipher.open_chunks(self._index, piece, target[at:end])
            self._index, at = self._index + chunks, end
        self._closed = False
        return bytes(target)

    def finish(self) -> bytes:
        """Open the short last chunk. Raises Tampered if the stream ends anywhere else."""
        if self._closed or self._cipher is None or len(self._input.rest) < TAG_BYTES:
            raise Tampered
        self._closed = True
        out = bytearray(len(self._input.rest) - TAG_BYTES)
        self._cipher.open_chunks(self._index, memoryview(self._input.rest), memoryview(out))
        return bytes(out)

    def _derived(self) -> ChunkCipher:
        if self._cipher is None:
            self._cipher = ChunkCipher.for_reading(self._key, self._context, self._prefix)
        return self._cipher


def open_stream(key: bytes, context: Context, pieces: Iterable[Octets]) -> Iterator[bytes]:
    """Open a whole sealed stream. Raises Tampered, after the last piece if the stream is cut."""
    opener = Opener(key, context)
    for piece in pieces:
        plain = opener.update(piece)
        if plain:
            yield plain
    last = opener.finish()
    if last:
        yield last


def open_range(
    key: bytes,
    context: Context,
    read: Callable[[int, int], Iterable[Octets]],
    size: int,
    *,
    start: int,
    stop: int,
) -> Iterator[bytes]:
    """Open plaintext bytes `start` up to but not including `stop` without decrypting what stands before.

    The end of the message is authenticated first, so a cut file is never served in part.

    Args:
        key: The 32-byte key.
        context: The context the message was sealed for.
        read: Gives the sealed bytes from one offset to another, in pieces; e.g. `partial(store.read,
            object_key)`.
        size: Length of the sealed message in bytes.
        start: First wanted plaintext byte, from 0.
        stop: Past the last wanted plaintext byte; more than the message has is cut to its length.

    Raises:
        Tampered: The message was changed or cut, or `size` is not its length.
    """
    stop = min(stop, plain_size(size))
    cipher = ChunkCipher.for_reading(key, context, _exactly(read, 0, PREFIX_BYTES))
    last = (size - PREFIX_BYTES) // SEALED_CHUNK_BYTES
    final = _exactly(read, PREFIX_BYTES + last * SEALED_CHUNK_BYTES, size)
    ending = _opened(cipher, last, memoryview(final))
    if start >= stop:
        return
    first, whole_to = start // CHUNK_BYTES, min(-(-stop // CHUNK_BYTES), last)
    position = first * CHUNK_BYTES
    for plain in _middle(cipher, read, first, whole_to):
        yield plain[max(start - position, 0) : stop - position]
        position += len(plain)
    if stop > last * CHUNK_BYTES:
        yield ending[max(start - last * CHUNK_BYTES, 0) : stop - last * CHUNK_BYTES]


def _middle(
    cipher: ChunkCipher, read: Callable[[int, int], Iterable[Octets]], first: int, to: int
) -> Iterator[bytes]:
    """Open the whole chunks `first` up to but not including `to`."""
    if first >= to:
        return
    aligner, index = _Aligner(SEALED_CHUNK_BYTES), first
    for piece in read(PREFIX_BYTES + first * SEALED_CHUNK_BYTES, PREFIX_BYTES + to * SEALED_CHUNK_BYTES):
        for aligned in aligner.feed(piece):
            yield _opened(cipher, index, aligned)
            index += len(aligned) // SEALED_CHUNK_BYTES
    if index != to or aligner.rest:
        raise Tampered


def _opened(cipher: ChunkCipher, index: int, sealed: memoryview) -> bytes:
    chunks = -(-len(sealed) // SEALED_CHUNK_BYTES)
    out = bytearray(len(sealed) - TAG_BYTES * chunks)
    cipher.open_chunks(index, sealed, memoryview(out))
    return bytes(out)


def _exactly(read: Callable[[int, int], Iterable[Octets]], start: int, stop: int) -> bytes:
    found = b"".join(read(start, stop))
    if len(found) != stop - start:
        raise Tampered
    return found
