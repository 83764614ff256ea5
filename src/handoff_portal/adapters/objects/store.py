"""What every object store promises: sealed bytes under a key, visible all at once or not at all."""

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Protocol, Self, TypeAlias

from handoff_portal.core.refusals import Unavailable

Octets: TypeAlias = bytes | bytearray | memoryview

_KEY: Final = re.compile(r"(?!.{201})[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
_SAY: Final = (
    "The document store is not answering, so nothing was changed. Please try again in a few minutes."
)


class ObjectMissing(LookupError):
    """There is no object under this key, though a row says so: an incident, nothing a person can mend."""


def checked_key(key: str) -> str:
    """Give the key back if it is one: small letters, digits, `._-`, parted by `/`. ValueError otherwise.

    No part starts with a dot, so no key climbs out of its folder or meets a temporary file.
    """
    if _KEY.fullmatch(key) is None:
        raise ValueError("an object key has small letters, digits and ._- in parts divided by /")
    return key


def unavailable() -> Unavailable:
    """Give the refusal to raise when the store does not answer."""
    return Unavailable(_SAY)


class Upload(Protocol):
    """One object on its way in. Leaving the `with` block without `commit()` leaves nothing behind."""

    def write(self, data: Octets) -> None:
        """Add bytes. `data` may be reused afterwards. Raises Unavailable."""
        ...

    def commit(self) -> None:
        """Make the object visible, whole and durable; it replaces an older one. Raises Unavailable."""
        ...

    def abort(self) -> None:
        """Drop everything written. After `commit()` it does nothing; it never raises."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ObjectStore(Protocol):
    """Keeps objects. Every method raises Unavailable within ten seconds if the store does not answer."""

    def begin(self, key: str) -> Upload:
        """Begin to write an object of any size in bounded memory."""
        ...

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write a small object unless the key is taken, atomically. False if it is taken."""
        ...

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Give bytes from `start` to before `stop` (default: the end) in pieces; nothing past the end.

        Raises ObjectMissing when called, Unavailable then or while reading.
        """
        ...

    def size(self, key: str) -> int | None:
        """Give the length in bytes, or None if there is no such object."""
        ...

    def exists(self, key: str) -> bool:
        """Say whether there is such an object."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; fine if it is gone already."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that start with `prefix`, in order."""
        ...

    def orphans(self, older_than: float) -> Iterator[str]:
        """Give the names of unfinished uploads that began before this Unix time, for `reap`."""
        ...

    def reap(self, orphan: str) -> None:
        """Remove one unfinished upload named by `orphans`."""
        ...

    def check(self) -> None:
        """Prove that the store answers and takes writes, for /readyz. Raises Unavailable."""
        ...
