"""`POST /cases/{id}/documents`: raw bodies from the script, multipart from browsers without it."""

from functools import partial
from typing import Any
from uuid import UUID

from anyio import to_thread
from litestar.params import FromPath

from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.actions.receiving import Places, Receiver
from handoff_portal.documents.model import DocumentKind
from handoff_portal.documents.pages.arriving import arrive
from handoff_portal.documents.pages.listing import place_of
from handoff_portal.documents.pages.pouring import receive
from handoff_portal.web.multipart import fields_and_files
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, stream_post

_LONGEST_FIELD = 1000


@stream_post("/cases/{case_id:uuid}/documents", needs=Permission.DOCUMENT_ADD)
async def upload(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Take in one file as the body itself, or the files of a form."""
    case = CaseId(case_id)
    return await arrive(request, partial(_take_form, request, case), partial(_take_body, request, case))


async def _take_body(request: PortalRequest, case: CaseId, name: str) -> dict[str, Any]:
    largest = request.portal.settings.limits.file_bytes
    if int(request.headers.get("Content-Length") or 0) > largest:
        raise Invalid({"": f"This file is larger than {largest // 1024**2} MiB. Split it or send less."})
    kind = kind_of_choice(request.query_params.get("kind", ""))
    stored = await receive(starter(request, case, kind, name), request.stream())
    return {"id": str(stored.id), "name": stored.name, "size": stored.size, "sha256": stored.sha256.hex()}


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


ROUTES = (upload,)
