"""Writes the container of an export: a zip that has one possible form for its contents, in bounded memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol
from zlib import crc32

from handoff_portal.audit.standalone.layout import central_header, end_record, local_header

MOST_BYTES = 2**32 - 2

Pieces = Callable[[], Iterable[bytes]]
"""Gives a file's bytes in pieces; asked twice, because the zip names size and checksum before the bytes."""


class Sink(Protocol):
    """Takes bytes one after the other; a file does."""

    def write(self, data: bytes, /) -> object:
        """Add bytes."""
        ...


class BundleTooLargeError(ValueError):
    """The export would exceed 4 GiB; narrow the selection."""


@dataclass
class BundleWriter:
    """A zip being written to `out`.

    Attributes:
        digests: SHA-256 in hex of every file so far, by name.
    """

    out: Sink
    digests: dict[str, str] = field(default_factory=dict)
    _directory: list[bytes] = field(default_factory=list)
    _offset: int = 0

    def add(self, name: str, data: bytes) -> None:
        """Write a small file."""
        self.stream(name, lambda: (data,))

    def stream(self, name: str, pieces: Pieces) -> None:
        """Write a file of any size.

        Raises:
            BundleTooLargeError: The zip would exceed 4 GiB.
            RuntimeError: The second reading gave other bytes than the first.
        """
        size, crc, digest = _measured(pieces())
        head = local_header(name.encode(), crc, size)
        if self._offset + len(head) + size > MOST_BYTES:
            raise BundleTooLargeError("An export holds at most 4 GiB. Choose a shorter time or one case.")
        self.out.write(head)
        again = sha256()
        for piece in pieces():
            self.out.write(piece)
            again.update(piece)
        if again.hexdigest() != digest:
            raise RuntimeError(f"{name} changed while it was written")
        self._directory.append(central_header(name.encode(), crc, size, self._offset))
        self._offset += len(head) + size
        self.digests[name] = digest

    def finish(self) -> None:
        """Write the directory; nothing can be added afterwards."""
        directory = b"".join(self._directory)
        self.out.write(directory + end_record(len(self._directory), len(directory), self._offset))


def _measured(pieces: Iterable[bytes]) -> tuple[int, int, str]:
    size, crc, digest = 0, 0, sha256()
    for piece in pieces:
        size += len(piece)
        crc = crc32(piece, crc)
        digest.update(piece)
    return size, crc, digest.hexdigest()
