"""Payments of a case: the list, the agency's report, the reversal."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.core.ids import CaseId, PaymentId
from handoff_portal.core.permissions import Permission
from handoff_portal.recoveries.actions.payments import load_reversible, report_payment, reverse_payment
from handoff_portal.recoveries.model.payments import ReversalReason
from handoff_portal.recoveries.pages.shown import (
    currency_of,
    read_report,
    recovery_parts,
    show_parts,
    still_open,
)
from handoff_portal.web.formats import money
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/cases/{case_id:uuid}/payments", needs=Permission.CASE_READ)
def show(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """What came in, how it was shared out, what is open, and the form of the next payment."""
    return page(request, "recoveries/show.html", **show_parts(request, case_id))


@post("/cases/{case_id:uuid}/payments", needs=Permission.PAYMENT_REPORT, again=show)
def report(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The agency says what came in."""
    said = read_report(request.sent, currency_of(request, case_id))
    with request.work() as work:
        paid = report_payment(work, CaseId(case_id), said)
    found = show_parts(request, case_id)["recoveries"]
    say = f"{money(paid.amount, paid.currency)} is counted and the business sees it."
    earned = f" Your commission is {money(paid.commission, paid.currency)}." if paid.commission else ""
    return redirect(request, f"/cases/{case_id}/payments", f"{say}{earned} {still_open(found)}")


@get("/cases/{case_id:uuid}/payments/{payment_id:uuid}/reverse", needs=Permission.PAYMENT_REVERSE)
def ask_reverse(request: PortalRequest, case_id: FromPath[UUID], payment_id: FromPath[UUID]) -> Page:
    """What taking this payment back will do, and the reason for it."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        key = cases.open_key(work, case)
        payment = load_reversible(work, case, key, PaymentId(payment_id))
        parts = recovery_parts(request, work, case, key)
    return page(request, "recoveries/reverse.html", **parts, payment=payment)


@post(
    "/cases/{case_id:uuid}/payments/{payment_id:uuid}/reverse",
    needs=Permission.PAYMENT_REVERSE,
    again=ask_reverse,
)
def reverse(request: PortalRequest, case_id: FromPath[UUID], payment_id: FromPath[UUID]) -> Page:
    """Take a payment back exactly as it was counted."""
    reason = request.sent.choice("reversal_reason", ReversalReason)
    request.sent.check()
    with request.work() as work:
        back = reverse_payment(work, CaseId(case_id), PaymentId(payment_id), reason)
    found = show_parts(request, case_id)["recoveries"]
    say = f"{money(-back.amount, back.currency)} is taken back, its commission too. {still_open(found)}"
    return redirect(request, f"/cases/{case_id}/payments", say)


ROUTES = (show, report, ask_reverse, reverse)
