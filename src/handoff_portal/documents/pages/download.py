"""`GET /cases/{id}/documents/{document_id}`: an attachment, whole or in part (RFC 9110 section 14)."""

import re
from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from litestar.response import Stream

from handoff_portal.core.ids import CaseId, DocumentId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.actions import papers
from handoff_portal.web.downloads import attachment_headers
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class OutOfRange(ValueError):
    """The part that was asked for lies behind the end."""


@get("/cases/{case_id:uuid}/documents/{document_id:uuid}", needs=Permission.DOCUMENT_READ)
def download(request: PortalRequest, case_id: FromPath[UUID], document_id: FromPath[UUID]) -> Page:
    """The log says so before the first byte leaves."""
    with request.work() as work:
        opened = papers.open_document(work, CaseId(case_id), DocumentId(document_id))
    paper = opened.document
    tag = f'"{paper.sha256.hex()}"'
    headers = attachment_headers(paper.name) | {"Accept-Ranges": "bytes", "ETag": tag}
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""
    try:
        part = range_of(asked, paper.size)
    except OutOfRange:
        return Response(None, status_code=416, headers=headers | {"Content-Range": f"bytes */{paper.size}"})
    start, stop = part or (0, paper.size)
    headers["Content-Length"] = str(stop - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{paper.size}"
    pieces = _begun(opened.read(request.portal.objects, start, stop))
    return Stream(pieces, status_code=206 if part else 200, headers=headers, media_type=paper.media_type)


def range_of(asked: str, size: int) -> tuple[int, int] | None:
    """Start and stop of the one part that a Range header asks for; None where the whole is to be sent.

    Raises:
        OutOfRange: Nothing of what was asked for exists.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, stop = max(size - int(found[2]), 0), size
    else:
        start, stop = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= stop:
        raise OutOfRange
    return start, stop


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; what cannot be opened is known before the answer begins."""
    first = next(pieces, b"")
    return chain((first,), pieces)


ROUTES = (download,)
