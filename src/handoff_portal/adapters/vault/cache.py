"""A small memory of unwrapped keys: bounded, short-lived, one call however many threads want one key."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future


class KeyCache:
    """Keeps up to `limit` keys for `seconds`; the least recently used goes first. Safe for threads.

    A key that could not be made is never remembered: the next caller tries again.
    """

    def __init__(self, limit: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._limit, self._seconds, self._monotonic = limit, seconds, monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()
        self._under_way: dict[Hashable, Future[bytes]] = {}

    def get(self, name: Hashable, make: Callable[[], bytes]) -> bytes:
        """Give the kept key of this name, or make it. What `make` raises reaches every waiting caller."""
        with self._lock:
            kept = self._fresh(name)
            if kept is not None:
                return kept
            waiting, mine = self._under_way.get(name), Future[bytes]()
            if waiting is None:
                self._under_way[name] = mine
        return self._make(name, make, mine) if waiting is None else waiting.result()

    def clear(self) -> None:
        """Forget every key."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def _fresh(self, name: Hashable) -> bytes | None:
        kept = self._kept.get(name)
        if kept is None:
            return None
        if self._monotonic() >= kept[0]:
            del self._kept[name]
            return None
        self._kept.move_to_end(name)
        return kept[1]

    def _make(self, name: Hashable, make: Callable[[], bytes], mine: Future[bytes]) -> bytes:
        try:
            key = make()
        except BaseException as error:
            with self._lock:
                del self._under_way[name]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._under_way[name]
            self._kept[name] = (self._monotonic() + self._seconds, key)
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        mine.set_result(key)
        return key
