"""A body that streams in is sealed while it arrives, in bounded memory, and gone when it breaks off."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar

from anyio import CancelScope, create_memory_object_stream, create_task_group, to_thread
from anyio.streams.memory import MemoryObjectReceiveStream

from handoff_portal.core.refusals import Refusal

T_co = TypeVar("T_co", covariant=True)

BLOCK = 2 * 1024**2
"""Bytes that are hashed and sealed in one go."""

WAITING = 4
"""Blocks that may wait for the sealing thread; a faster sender is held back."""


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
    """Read ahead by a few blocks while one is being sealed."""
    give, take = create_memory_object_stream[list[bytes]](WAITING)
    with give, take:
        try:
            async with create_task_group() as both:
                both.start_soon(_seal, take, write)
                async for block in _blocks(pieces):
                    await give.send(block)
                give.close()
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None


async def _seal(
    take: MemoryObjectReceiveStream[list[bytes]], write: Callable[[Sequence[bytes]], None]
) -> None:
    async for block in take:
        await to_thread.run_sync(write, block)


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
