"""`/cases/{id}/return` and `/cases/{id}/recall`: a case goes back to its business."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import CaseState
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.handoffs.actions import agreements, handoffs
from handoff_portal.handoffs.model.handoff import RECALL_WORDS, RETURN_WORDS, RecallReason, ReturnReason
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/cases/{case_id:uuid}/return", needs=Permission.CASE_RETURN)
def giving_back(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """What follows when the agency gives a case back."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_holder(work.actor)
        agreement = agreements.show_agreement(work, case)
    reasons = [(reason.value, words) for reason, words in RETURN_WORDS.items()]
    return page(request, "handoffs/return.html", case=case, agreement=agreement, reasons=reasons)


@post("/cases/{case_id:uuid}/return", needs=Permission.CASE_RETURN, again=giving_back)
def give_back(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The agency gives the case back and can no longer open it."""
    reason = request.sent.choice("reason", ReturnReason)
    request.sent.check()
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        handoffs.return_case(work, case.id, reason)
    said = f"{case.reference} is back with the business. Your agency can no longer open it."
    return redirect(request, "/cases", said)


@get("/cases/{case_id:uuid}/recall", needs=Permission.CASE_RECALL)
def taking_back(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """What follows when the business takes a case back."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_owner(work.actor)
        case.require_state(CaseState.HELD)
        agreement = agreements.show_agreement(work, case)
    reasons = [(reason.value, words) for reason, words in RECALL_WORDS.items()]
    return page(request, "handoffs/recall.html", case=case, agreement=agreement, reasons=reasons)


@post("/cases/{case_id:uuid}/recall", needs=Permission.CASE_RECALL, again=taking_back)
def take_back(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The business takes the case back; the agency can no longer open it."""
    reason = request.sent.choice("reason", RecallReason)
    request.sent.check()
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        agreement = agreements.show_agreement(work, case)
        handoffs.recall_case(work, case.id, reason)
    agency = agreement.running.agency if agreement.running else "The agency"
    said = f"{case.reference} is yours again. {agency} can no longer open it."
    return redirect(request, f"/cases/{case_id}", said)


ROUTES = (giving_back, give_back, taking_back, take_back)
