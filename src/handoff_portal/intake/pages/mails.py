"""Mail files sent to the history: raw bodies from the script, several at once in a form without it."""

from functools import partial
from typing import Any
from uuid import UUID

from anyio import to_thread
from litestar.params import FromPath

from handoff_portal.adapters.parsing.mails import mail_reader
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.pages.arriving import arrive
from handoff_portal.documents.pages.upload import places_of
from handoff_portal.intake.actions.mails import LARGEST_MAIL, MailTaken, take_mail
from handoff_portal.intake.pages.said import show_again
from handoff_portal.web.multipart import fields_and_files
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, stream_post

_REMARKS = 3


@stream_post("/cases/{case_id:uuid}/history/mails", needs=Permission.CASE_DRAFT, again=show_again)
async def take(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Read one mail as the body itself, or all of a form."""
    case = CaseId(case_id)
    return await arrive(request, partial(_take_form, request, case), partial(_take_body, request, case))


async def _take_body(request: PortalRequest, case: CaseId, name: str) -> dict[str, Any]:
    collected = bytearray()
    async for piece in request.stream():
        collected += piece
        if len(collected) > LARGEST_MAIL:
            raise Invalid({"file": f"{name}: This mail is larger than {LARGEST_MAIL // 1024**2} MiB."})
    taken = await _read(request, case, name, bytes(collected))
    return {"name": taken.name, "messages": taken.entries, "remarks": taken.remarks}


async def _take_form(request: PortalRequest, case: CaseId) -> Page:
    """Every mail of the form; one that is refused does not keep the others out."""
    limits = request.portal.settings.limits
    taken: list[MailTaken] = []
    refused: list[str] = []
    async for part in fields_and_files(request, limits.file_bytes):
        if not part.file_name:
            continue
        if len(taken) + len(refused) >= limits.mails_at_once:
            refused.append(f"{part.file_name}: at most {limits.mails_at_once} mails can be sent at once.")
            break
        try:
            octets = await part.read(LARGEST_MAIL)
            taken.append(await _read(request, case, part.file_name, octets))
        except Invalid as refusal:
            refused.append(refusal.say)
    if not taken:
        raise Invalid({"file": " ".join(refused) or "Choose one or more mail files first."})
    level = "warning" if refused or any(one.unreadable for one in taken) else "success"
    return redirect(request, f"/cases/{case}/edit/said#history", _summary(taken, refused), level)


async def _read(request: PortalRequest, case: CaseId, name: str, octets: bytes) -> MailTaken:
    read = partial(take_mail, places_of(request), mail_reader().parse, request.actor, case, name, octets)
    return await to_thread.run_sync(read)


def _summary(taken: list[MailTaken], refused: list[str]) -> str:
    """What became of the files, in a few sentences."""
    added = sum(one.entries for one in taken)
    said = [f"{added} {'message' if added == 1 else 'messages'} added to the history."]
    remarks = [f"{one.name}: {remark}" for one in taken for remark in one.remarks] + refused
    said += remarks[:_REMARKS]
    if len(remarks) > _REMARKS:
        said.append(f"And {len(remarks) - _REMARKS} more remarks of this kind.")
    return " ".join(said)


ROUTES = (take,)
