"""Working one block behind: while one block is hashed and stored, the next one arrives and is sealed."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

Block = TypeVar("Block")


class Behind(Generic[Block]):
    """Works through blocks in order, one at a time, in a thread of its own that begins with the second block.

    Args:
        work: What is done with a block; what it raises comes out of the next call here.
    """

    def __init__(self, work: Callable[[Block], None]) -> None:
        self._work = work
        self._thread: ThreadPoolExecutor | None = None
        self._pending: Future[None] | None = None
        self._begun = False

    def give(self, block: Block) -> None:
        """Work on a block after all that were given before. Raises what `work` raised for an earlier one."""
        if not self._begun:
            self._begun = True
            self._work(block)
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1)
        self.settle()
        self._pending = self._thread.submit(self._work, block)

    def settle(self) -> None:
        """Wait until everything given is done. Raises what `work` raised."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def stop(self) -> None:
        """Let the block in hand be finished, whatever becomes of it, and end the thread."""
        pending, self._pending = self._pending, None
        if pending is not None:
            wait([pending])
        if self._thread is not None:
            self._thread.shutdown()
