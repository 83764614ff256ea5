"""Objects in a folder: written to one side, forced to the disk, then moved into place in one step."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from handoff_portal.adapters.objects.store import ObjectMissing, Octets, checked_key, unavailable

PIECE_BYTES: Final = 1 << 20
START_BYTES: Final = 8 << 20
_UNFINISHED: Final = ".unfinished"


class FileUpload:
    """An object being written to one side of the folder."""

    def __init__(self, side: Path, target: Path) -> None:
        self._side, self._target = side, target
        self._written, self._started = 0, 0
        with _disk():
            self._handle = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def write(self, data: Octets) -> None:
        """Add bytes. Raises Unavailable if the disk is full or broken."""
        view = memoryview(data).cast("B")
        self._written += len(view)
        with _disk():
            while view:
                view = view[os.write(self._handle, view) :]
            if self._written - self._started >= START_BYTES:
                self._start_writing_out()

    def commit(self) -> None:
        """Force to the disk and move into place; it replaces an older object. Raises Unavailable."""
        with _disk():
            self._settle()
            self._side.replace(self._target)
            _sync(self._target.parent)
        self._close()

    def commit_if_absent(self) -> bool:
        """As `commit`, unless there is an object of this key already (False). Raises Unavailable."""
        with _disk():
            self._settle()
            try:
                self._target.hardlink_to(self._side)
            except FileExistsError:
                return False
            _sync(self._target.parent)
        return True

    def abort(self) -> None:
        """Drop what was written, unless it was committed."""
        if self._handle >= 0:
            self._close()
            with suppress(OSError):
                self._side.unlink()

    def _start_writing_out(self) -> None:
        """Let the kernel write to the disk while more arrives, so that the end need not wait for all."""
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(
                self._handle, self._started, self._written - self._started, os.POSIX_FADV_DONTNEED
            )
        self._started = self._written

    def _settle(self) -> None:
        os.fsync(self._handle)
        _make_folder(self._target.parent)

    def _close(self) -> None:
        handle, self._handle = self._handle, -1
        os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()


class FileStore:
    """An object store in a folder of its own, which nobody else may enter (mode 0700)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._unfinished = root / _UNFINISHED
        with _disk():
            _make_folder(self._unfinished)
            root.chmod(0o700)

    def begin(self, key: str) -> FileUpload:
        """Begin to write an object. Raises Unavailable."""
        return FileUpload(self._unfinished / uuid4().hex, self._path(key))

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write a small object unless the key is taken (False), atomically. Raises Unavailable."""
        with self.begin(key) as upload:
            upload.write(data)
            return upload.commit_if_absent()

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Give bytes from `start` to before `stop` in pieces. Raises ObjectMissing or Unavailable."""
        path, size = self._path(key), self.size(key)
        if size is None:
            raise ObjectMissing(key)
        return _pieces(path, start, size if stop is None else min(stop, size))

    def size(self, key: str) -> int | None:
        """Give the length in bytes, or None if there is no such object. Raises Unavailable."""
        path = self._path(key)
        with _disk():
            if path.is_file():
                return path.stat().st_size
            self._unfinished.stat()
            return None

    def exists(self, key: str) -> bool:
        """Say whether there is such an object."""
        return self.size(key) is not None

    def delete(self, key: str) -> None:
        """Remove the object, durably; fine if it is gone already. Raises Unavailable."""
        path = self._path(key)
        with _disk():
            try:
                path.unlink()
            except FileNotFoundError:
                self._unfinished.stat()
            else:
                _sync(path.parent)

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that start with `prefix`, in order."""
        with _disk():
            found = [
                Path(folder, name)
                for folder, _, names in os.walk(self._root, onerror=_raise)
                for name in names
            ]
        keys = (path.relative_to(self._root).as_posix() for path in found)
        return iter(sorted(key for key in keys if key.startswith(prefix) and not key.startswith(_UNFINISHED)))

    def orphans(self, older_than: float) -> Iterator[str]:
        """Give the names of uploads that nobody has written to since this Unix time."""
        with _disk():
            found = sorted(self._unfinished.iterdir())
        for path in found:
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < older_than:
                    yield path.name

    def reap(self, orphan: str) -> None:
        """Remove one unfinished upload named by `orphans`. Raises Unavailable."""
        with _disk():
            (self._unfinished / checked_key(orphan)).unlink(missing_ok=True)

    def check(self) -> None:
        """Prove that the disk takes a write. Raises Unavailable."""
        with self.begin("check") as upload:
            upload.write(b"ready")

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)


@contextmanager
def _disk() -> Iterator[None]:
    """Turn what the disk reports into the refusal."""
    try:
        yield
    except OSError as error:
        raise unavailable() from error


def _raise(error: OSError) -> None:
    raise error


def _pieces(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with _disk(), path.open("rb", buffering=0) as file:
        file.seek(start)
        while start < stop:
            piece = file.read(min(PIECE_BYTES, stop - start))
            if not piece:
                raise unavailable()
            start += len(piece)
            yield piece


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable before the next."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
