"""The papers of a case as a fragment, and taking one back from a draft."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import CaseState
from handoff_portal.core.ids import CaseId, DocumentId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import KIND_WORDS
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/cases/{case_id:uuid}/documents", needs=Permission.DOCUMENT_READ)
def documents(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The list alone; fetched again after an upload."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        found = papers.list_documents(work, case, cases.open_key(work, case))
    removable = case.state is CaseState.DRAFT
    return page(
        request, "documents/_list.html", case=case, documents=found, kinds=KIND_WORDS, removable=removable
    )


@post("/cases/{case_id:uuid}/documents/{document_id:uuid}/remove", needs=Permission.DOCUMENT_ADD)
def remove(request: PortalRequest, case_id: FromPath[UUID], document_id: FromPath[UUID]) -> Page:
    """Take a paper back from a draft."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        papers.remove_document(work, request.portal.objects, case, DocumentId(document_id))
    return redirect(request, place_of(request, case.id), "The document is removed.")


def place_of(request: PortalRequest, case_id: CaseId) -> str:
    """The page on which people see the papers of this case."""
    with request.work() as work:
        case = cases.load_case(work, case_id)
    return f"/cases/{case_id}" + ("/edit/documents" if case.state is CaseState.DRAFT else "")


ROUTES = (documents, remove)
