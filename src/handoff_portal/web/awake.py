"""A session does not fall asleep while its person sends a large file."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from anyio import to_thread

from handoff_portal.core.refusals import Refusal

EVERY = 300.0
"""Seconds; well below the shortest time that a session may rest."""


@asynccontextmanager
async def kept_awake(look: Callable[[], object], every: float = EVERY) -> AsyncIterator[None]:
    """Look again and again who is asking, as a request does, until the block ends.

    Args:
        look: Finds the session and prolongs it if it still lives; runs in a thread.
        every: Seconds between two looks.
    """
    looking = asyncio.create_task(_look_on(look, every))
    try:
        yield
    finally:
        looking.cancel()


async def _look_on(look: Callable[[], object], every: float) -> None:
    while True:
        await asyncio.sleep(every)
        with suppress(Refusal):
            await to_thread.run_sync(look)
