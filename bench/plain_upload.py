"""The least an upload could be: the body as it comes, in clear, forced to the disk; what granian loads."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from litestar import Litestar, Request, Response, post

FOLDER = "BENCH_FOLDER"
"""Environment: where the files go."""


def create() -> Litestar:
    """One route, POST /."""
    folder = Path(os.environ[FOLDER])

    @post("/")
    async def upload(request: Request[Any, Any, Any]) -> Response[None]:
        with (folder / uuid4().hex).open("wb", buffering=0) as file:
            async for piece in request.stream():
                file.write(piece)
            os.fsync(file.fileno())
        return Response(None, status_code=201)

    return Litestar([upload], openapi_config=None, logging_config=None, request_max_body_size=None)
