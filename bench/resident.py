"""How much memory a process and everything that it started take together, at the worst moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.05


@dataclass(slots=True)
class Peak:
    """The most that was seen, MiB; `processes` is the most there were at once."""

    mib: float = 0.0
    processes: int = 0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look at a process and its descendants twenty times a second while the block lasts.

    The kernel's own peak of a child (ru_maxrss) begins with what its parent had when it was started.
    """
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(_EVERY):
            family = list(_family(pid))
            peak.mib = max(peak.mib, sum(map(_resident, family)) / 1024)
            peak.processes = max(peak.processes, len(family))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(listed).split():
            yield from _family(int(child))


def _resident(pid: int) -> int:
    """KiB, shared pages counted for each process."""
    lines = _read(Path(f"/proc/{pid}/status")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _read(path: Path) -> str:
    """What stands there; nothing if the process has just ended."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
