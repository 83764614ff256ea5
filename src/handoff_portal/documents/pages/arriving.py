"""How files come in: as the body itself from the script, or in a multipart form from browsers without it."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from anyio import move_on_after
from litestar import MediaType, Response
from litestar.types import HTTPReceiveMessage

from handoff_portal.core.refusals import Forbidden, Invalid, Refusal
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page

DROPPED = 64 * 1024**2
"""Bytes of a refused file that are read and dropped, so that the browser gets to see why."""

DROPPING_SECONDS = 20


async def arrive(
    request: PortalRequest,
    take_form: Callable[[], Awaitable[Page]],
    take_body: Callable[[str], Awaitable[dict[str, Any]]],
) -> Page:
    """Take in the files of a form, or one file as the body itself.

    Args:
        take_form: Takes a form and leads on.
        take_body: Takes the body as a file of this name; what it gives is told to the script (201).

    Raises:
        Refusal: A form was refused; a script is told in JSON.
    """
    arrival = _Arrival(request)
    form = request.headers.get("Content-Type", "").startswith("multipart/")
    try:
        if form:
            return await take_form()
        told = await take_body(_name_of(request))
    except Refusal as refusal:
        await arrival.drop_rest()
        if form:
            raise
        return Response({"say": refusal.say}, status_code=refusal.status, media_type=MediaType.JSON)
    return Response(told, status_code=201, media_type=MediaType.JSON)


def _name_of(request: PortalRequest) -> str:
    if not request.scope["state"]["token_seen"]:
        raise Forbidden("This page is too old. Load it again and resend the file.")
    name = unquote(request.headers.get("X-File-Name", ""), errors="replace")
    if not name:
        raise Invalid({"": "The file came without a name. Choose it again."})
    return name


class _Arrival:
    """Watches the body of a request arrive, so that the rest of a refused one can be read and dropped."""

    def __init__(self, request: PortalRequest) -> None:
        self._receive = request.receive
        self._over = False
        request.receive = self

    async def __call__(self) -> HTTPReceiveMessage:
        """Stand in for the request's own `receive` (ASGI 3.0)."""
        message: HTTPReceiveMessage = await self._receive()  # type: ignore[assignment]
        self._over = message["type"] != "http.request" or not message["more_body"]
        return message

    async def drop_rest(self) -> None:
        """Read on without keeping anything, within bounds: browsers see an answer only once all is sent."""
        left = DROPPED
        with move_on_after(DROPPING_SECONDS):
            while left > 0 and not self._over:
                message = await self()
                left -= len(message["body"]) if message["type"] == "http.request" else left
