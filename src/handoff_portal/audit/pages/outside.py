"""The log for everybody outside: its newest checkpoint and its tiles (C2SP tlog-tiles), cosignatures back.

Open without an account, so that whoever watches need not ask the watched. Tiles hold hashes only: every leaf
has a random id, so a hash gives nothing away; what can be seen is how many events there are.
"""

import re
from pathlib import Path
from typing import Final

from anyio import to_thread
from litestar import MediaType, Response
from litestar.params import FromPath

from handoff_portal.audit import note
from handoff_portal.audit.actions import testimony
from handoff_portal.audit.actions.keeping import log_key
from handoff_portal.audit.checkpoints import ForkFoundError
from handoff_portal.core.refusals import NotFound
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, stream_post

_PLACE: Final = re.compile(r"/?((?:x\d{3}/){0,6})(\d{3})(?:\.p/([1-9]\d{0,2}))?")
_FULL: Final = 256
_LEVELS: Final = 8
_MOST_BYTES: Final = 16_384
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@get("/audit/log/checkpoint", needs=Open.EVERYBODY)
def checkpoint(request: PortalRequest) -> Page:
    """The newest checkpoint with the cosignatures that came back for it."""
    raw = testimony.public_checkpoint(request.portal.database)
    if raw is None:
        raise NotFound("The log has no checkpoint yet; the worker signs the first within a minute.")
    return _plain(raw)


@get("/audit/log/tile/{level:int}/{place:path}", needs=Open.EVERYBODY)
def tile(request: PortalRequest, level: FromPath[int], place: FromPath[Path]) -> Page:
    """One tile, whole (`x001/067`) or in part (`x001/067.p/8`), as the newest checkpoint covers it."""
    found = _PLACE.fullmatch(place.as_posix())
    if found is None or not 0 <= level < _LEVELS:
        raise NotFound
    n = int(found[1].replace("x", "").replace("/", "") + found[2])
    hashes = testimony.public_tile(request.portal.database, level, n, int(found[3] or _FULL))
    if hashes is None:
        raise NotFound
    return Response(hashes, media_type="application/octet-stream", headers=_FOR_EVER)


@stream_post("/audit/log/cosignatures", needs=Open.EVERYBODY)
async def cosignatures(request: PortalRequest) -> Page:
    """Take a checkpoint back that a witness cosigned; its signature is all the leave that it needs."""
    raw = await _text(request)
    return await to_thread.run_sync(_take, request, raw)


def _take(request: PortalRequest, raw: str) -> Page:
    portal = request.portal
    key = log_key(portal.vault, portal.settings.log_name)
    known = testimony.witnesses(portal.settings.witnesses)
    try:
        kept = testimony.submit(portal.database, portal.anchor, key, known, raw)
    except (note.NoteError, ForkFoundError) as error:
        return _plain(f"{error}\n", 422)
    return _plain("".join(f"kept: {one.giver}, {one.size} entries\n" for one in kept))


async def _text(request: PortalRequest) -> str:
    collected = bytearray()
    async for piece in request.stream():
        collected += piece
        if len(collected) > _MOST_BYTES:
            return ""
    return collected.decode("utf-8", "replace")


def _plain(text: str, status: int = 200) -> Page:
    headers = {"Cache-Control": "no-cache"}
    return Response(text, status_code=status, media_type=MediaType.TEXT, headers=headers)
