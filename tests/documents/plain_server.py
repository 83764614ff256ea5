"""The least that can be compared with an upload: the same server writes the body to a file in the clear."""

import os
from pathlib import Path

from anyio import to_thread
from litestar import Litestar, Request, post
from litestar.datastructures import State


@post("/plain")
async def take(request: Request[None, None, State]) -> dict[str, int]:
    """Write what arrives and force it to the disk."""
    path = Path(os.environ["PLAIN_FOLDER"]) / "plain"
    size = 0
    with path.open("wb", buffering=0) as file:
        collected: list[bytes] = []
        waiting = 0
        async for piece in request.stream():
            collected.append(piece)
            waiting += len(piece)
            if waiting >= 1024**2:
                size += await to_thread.run_sync(file.write, b"".join(collected))
                collected, waiting = [], 0
        size += await to_thread.run_sync(file.write, b"".join(collected))
        await to_thread.run_sync(os.fsync, file.fileno())
    return {"size": size}


def create() -> Litestar:
    """What the web server loads."""
    return Litestar([take], openapi_config=None, logging_config=None, request_max_body_size=None)
