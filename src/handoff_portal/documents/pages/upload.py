"""`POST /cases/{id}/documents`: raw bodies from the script, multipart from browsers without it."""

from functools import partial
from urllib.parse import unquote
from uuid import UUID

from anyio import move_on_after, to_thread
from litestar import MediaType, Response
from litestar.params import FromPath
from litestar.types import HTTPReceiveMessage

from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Forbidden, Invalid, Refusal
from handoff_portal.documents.actions.receiving import Places, Receiver
from handoff_portal.documents.model import Document, DocumentKind
from handoff_portal.documents.pages.listing import place_of
from handoff_portal.documents.pages.pouring import receive
from handoff_portal.web.multipart import fields_and_files
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, stream_post

DROPPED = 64 * 1024**2
"""Bytes of a refused file that are read and dropped, so that the browser gets to see why."""

DROPPING_SECONDS = 20

_LONGEST_FIELD = 1000


@stream_post("/cases/{case_id:uuid}/documents", needs=Permission.DOCUMENT_ADD)
async def upload(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Take in one file as the body itself, or the files of a form."""
    case = CaseId(case_id)
    arrival = Arrival(request)
    form = request.headers.get("Content-Type", "").startswith("multipart/")
    try:
        if form:
            return await _take_form(request, case)
        stored = await _take_body(request, case)
    except Refusal as refusal:
        await arrival.drop_rest()
        if form:
            raise
        return Response({"say": refusal.say}, status_code=refusal.status, media_type=MediaType.JSON)
    answer = {"id": str(stored.id), "name": stored.name, "size": stored.size, "sha256": stored.sha256.hex()}
    return Response(answer, status_code=201, media_type=MediaType.JSON)


async def _take_body(request: PortalRequest, case: CaseId) -> Document:
    if not request.scope["state"]["token_seen"]:
        raise Forbidden("This page is too old. Load it again and resend the file.")
    name = unquote(request.headers.get("X-File-Name", ""), errors="replace")
    if not name:
        raise Invalid({"": "The file came without a name. Choose it again."})
    largest = request.portal.settings.limits.file_bytes
    if int(request.headers.get("Content-Length") or 0) > largest:
        raise Invalid({"": f"This file is larger than {largest // 1024**2} MiB. Split it or send less."})
    kind = kind_of_choice(request.query_params.get("kind", ""))
    return await receive(starter(request, case, kind, name), request.stream())


async def _take_form(request: PortalRequest, case: CaseId) -> Page:
    """The files of a form one after the other; those before a refused one stay."""
    largest = request.portal.settings.limits.file_bytes
    kind, stored = DocumentKind.OTHER, 0
    async for part in fields_and_files(request, 2 * largest):
        if part.file_name is None and part.name == "kind":
            kind = kind_of_choice((await part.read(_LONGEST_FIELD)).decode("utf-8", "replace"))
        elif part.file_name:
            await receive(starter(request, case, kind, part.file_name), part.chunks())
            stored += 1
    if not stored:
        raise Invalid({"file": "Choose a file first, then press the button again."})
    place = await to_thread.run_sync(partial(place_of, request, case))
    said = "The document is stored." if stored == 1 else f"{stored} documents are stored."
    return redirect(request, place, said)


def kind_of_choice(chosen: str) -> DocumentKind:
    """The kind that a form names; other papers where it names none. Raises Invalid."""
    if chosen and chosen not in set(DocumentKind):
        raise Invalid({"kind": "This kind of document does not exist. Choose one from the list."})
    return DocumentKind(chosen or DocumentKind.OTHER)


def starter(request: PortalRequest, case: CaseId, kind: DocumentKind, name: str) -> "partial[Receiver]":
    """What begins to receive a file for this request."""
    return partial(Receiver.start, places_of(request), request.actor, case, kind, name)


def places_of(request: PortalRequest) -> Places:
    """Where files of this portal go."""
    portal = request.portal
    return Places(portal.database, portal.objects, portal.settings.limits.file_bytes)


class Arrival:
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


ROUTES = (upload,)
