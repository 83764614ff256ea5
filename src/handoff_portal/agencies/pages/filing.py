"""What the pages of licences and reports share: the attached document, and whether to ask for a code."""

from collections.abc import Callable
from typing import TypeVar

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.documents import MOST_BYTES, kept, name_of, open_document
from handoff_portal.agencies.model.profile import StoredDocument
from handoff_portal.core.ids import AgencyDocumentId, OrgId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import NotFound, StepUpNeeded
from handoff_portal.web.downloads import attachment
from handoff_portal.web.multipart import SentFile, small_form
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page

T = TypeVar("T")


async def sent_document(request: PortalRequest) -> SentFile | None:
    """Read the form into `request.sent`; gives the attached document, if one was chosen."""
    return (await small_form(request, {"document": MOST_BYTES})).get("document")


def attached(
    request: PortalRequest, sent: SentFile | None, save: Callable[[Work, StoredDocument | None], T]
) -> T:
    """Store the document, if there is one, and save what it belongs to in one transaction."""
    if sent is None:
        with request.work() as work:
            return save(work, None)
    portal = request.portal
    with (
        kept(portal.vault, portal.objects, request.actor.org, sent.name, sent.content) as document,
        request.work() as work,
    ):
        return save(work, document)


def link_to(
    request: PortalRequest, work: Work, agency: OrgId, document: AgencyDocumentId | None
) -> tuple[str, int] | None:
    """Name and size of a document for those who may read it; None for everybody else."""
    mine = request.actor.org == agency or request.actor.org_kind is OrgKind.OPERATOR
    return name_of(work, document) if document and mine else None


def download(request: PortalRequest, work: Work, document: AgencyDocumentId | None) -> Page:
    """The document as an attachment. Raises NotFound where there is none for this organisation."""
    if document is None:
        raise NotFound
    opened = open_document(work, request.portal.objects, document)
    return attachment(opened.name, opened.media_type, opened.content)


def is_fresh(request: PortalRequest) -> bool:
    """Whether a second factor was shown a moment ago, so that decisions can be made."""
    try:
        request.actor.require_fresh(request.now)
    except StepUpNeeded:
        return False
    return True
