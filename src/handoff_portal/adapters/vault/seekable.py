"""A sealed file as a file to read and seek in; nothing of it is kept but the piece in hand."""

import errno
import io
import os
from collections.abc import Callable, Iterator

from typing_extensions import override

MOST_AT_ONCE = 16 * 1024**2
"""Bytes of one read: whoever asks for more believes a number that a stranger wrote."""

_SKIPPED = 4 * 1024**2
"""Bytes ahead that are read over rather than opened anew."""


class Seekable(io.RawIOBase):
    """Reads forward as one stream and opens anew where somebody jumps.

    Args:
        open_from: Gives the plaintext from an offset to the end, in pieces of any size.
        size: Bytes of the plaintext.
    """

    def __init__(self, open_from: Callable[[int], Iterator[bytes]], size: int) -> None:
        super().__init__()
        self._open, self._size = open_from, size
        self._at = 0
        self._stream: Iterator[bytes] = iter(())
        self._rest = memoryview(b"")
        self._stream_at = size + 1

    @override
    def readable(self) -> bool:
        """Yes."""
        return True

    @override
    def seekable(self) -> bool:
        """Yes."""
        return True

    @override
    def tell(self) -> int:
        """The offset of the next byte."""
        return self._at

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go somewhere. Raises OSError before the beginning."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")
        self._at = start + offset
        return self._at

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """All bytes that were asked for, or those up to the end.

        Raises:
            ValueError: More than 16 MiB at once.
        """
        left = max(self._size - self._at, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > MOST_AT_ONCE:
            raise ValueError("more than can be read at once")
        if wanted:
            self._go()
        parts = []
        while wanted:
            piece = self._next(wanted)
            parts.append(bytes(piece))
            wanted -= len(piece)
        return b"".join(parts)

    def _go(self) -> None:
        """Bring the stream to where the next byte is wanted."""
        ahead = self._at - self._stream_at
        if not 0 <= ahead <= _SKIPPED:
            self._stream, self._rest, self._stream_at = self._open(self._at), memoryview(b""), self._at
            return
        at = self._at
        while ahead:
            ahead -= len(self._next(ahead))
        self._at = at

    def _next(self, most: int) -> memoryview:
        while not self._rest:
            piece = next(self._stream, None)
            if piece is None:
                raise OSError(errno.EIO, "the file ends early")
            self._rest = memoryview(piece)
        taken, self._rest = self._rest[:most], self._rest[most:]
        self._stream_at += len(taken)
        self._at = self._stream_at
        return taken
