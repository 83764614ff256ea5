"""A body that streams in is sealed while it arrives, in bounded memory, and gone when it breaks off."""

from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Final, Protocol, TypeVar

from anyio import CancelScope, CapacityLimiter, Semaphore, create_task_group, to_thread

from handoff_portal.core.refusals import Refusal

T_co = TypeVar("T_co", covariant=True)

BLOCK = 2 * 1024**2
"""Bytes that are hashed and sealed in one go."""

WAITING = 2
"""Blocks that may wait for the sealing thread; a faster sender is held back."""

_AT_ONCE: Final = CapacityLimiter(100)
"""Files that are sealed at a time in one process, each in a thread of its own; a further one waits."""


class Taking(Protocol[T_co]):
    """What takes a file in: blocking, one call at a time."""

    def write(self, pieces: Sequence[bytes], /) -> None:
        """Take the next bytes. Raises Refusal."""

    def finish(self) -> T_co:
        """Make the file count. Raises Refusal."""

    def give_up(self) -> None:
        """Leave nothing of it."""


async def receive(start: Callable[[], Taking[T_co]], pieces: AsyncIterator[bytes]) -> T_co:
    """Store one file from its pieces; whatever ends the stream early leaves nothing behind.

    Args:
        start: Begins to receive; runs in a thread, as everything of the receiver does.
        pieces: The content as it arrives.

    Raises:
        Refusal: The file or the case does not allow it, or the object store does not answer.
    """
    receiver = await to_thread.run_sync(start)
    try:
        await _pour(pieces, receiver.write)
        return await to_thread.run_sync(receiver.finish)
    except BaseException:
        with CancelScope(shield=True), suppress(Refusal):
            await to_thread.run_sync(receiver.give_up)
        raise


async def _pour(pieces: AsyncIterator[bytes], write: Callable[[Sequence[bytes]], None]) -> None:
    """Read ahead by a few blocks while one is being sealed: one thread seals all, without a hop for each."""
    blocks: SimpleQueue[list[bytes] | None] = SimpleQueue()
    room, loop = Semaphore(WAITING), get_running_loop()

    def seal() -> None:
        while (block := blocks.get()) is not None:
            write(block)
            loop.call_soon_threadsafe(room.release)

    try:
        async with create_task_group() as both:
            both.start_soon(partial(to_thread.run_sync, seal, limiter=_AT_ONCE))
            try:
                async for block in _blocks(pieces):
                    await room.acquire()
                    blocks.put(block)
            finally:
                blocks.put(None)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


async def _blocks(pieces: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    collected: list[bytes] = []
    size = 0
    async for piece in pieces:
        collected.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield collected
            collected, size = [], 0
    if size:
        yield collected
