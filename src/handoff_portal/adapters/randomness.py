"""Random bytes that are no secrets (ids, salts), drawn from the kernel some at a time.

Asking the kernel costs as much for 16 bytes as for 1,000, and lets another thread run each time.
"""

import os
import threading

_AT_ONCE = 4096


class _Drawn(threading.local):
    """What this thread drew and has not handed out. A forked process begins with nothing."""

    rest = b""
    at = 0


_drawn = _Drawn()


def draw(count: int) -> bytes:
    """So many random bytes, at most 4096; none is handed out twice. Keys are drawn by themselves."""
    end = _drawn.at + count
    if end > len(_drawn.rest):
        _drawn.rest, end = os.urandom(_AT_ONCE), count
    _drawn.at = end
    return _drawn.rest[end - count : end]


def _forget() -> None:
    _drawn.rest, _drawn.at = b"", 0


os.register_at_fork(after_in_child=_forget)
