"""Random bytes that are no secrets (ids, salts), drawn from the kernel some at a time.

Asking the kernel costs as much for 16 bytes as for 1,000, and lets another thread run each time.
"""

import os
import threading
from collections.abc import Callable
from io import BytesIO

_AT_ONCE = 4096


class _Drawn(threading.local):
    """Reads what this thread drew and has not handed out. A forked process begins with nothing."""

    def __init__(self) -> None:
        self.read: Callable[[int], bytes] = BytesIO().read


_drawn = _Drawn()


def draw(count: int) -> bytes:
    """So many random bytes, at most 4096; none is handed out twice. Keys are drawn by themselves."""
    octets = _drawn.read(count)
    if len(octets) < count:
        _drawn.read = BytesIO(os.urandom(_AT_ONCE)).read
        octets = _drawn.read(count)
    return octets


def _forget() -> None:
    _drawn.read = BytesIO().read


os.register_at_fork(after_in_child=_forget)
