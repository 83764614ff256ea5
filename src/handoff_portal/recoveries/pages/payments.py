"""Payments of a case: the list, the agency's report, the reversal."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import CaseId, PaymentId
from handoff_portal.core.permissions import Permission
from handoff_portal.recoveries.actions.payments import report_payment, reverse_payment
from handoff_portal.recoveries.model.payments import ReversalReason
from handoff_portal.recoveries.pages.shown import currency_of, read_report, show_parts, still_open
from handoff_portal.web.formats import money
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/cases/{case_id:uuid}/payments", needs=Permission.CASE_READ)
def show(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """What came in, how it was shared out, what is open, and the form of the next payment."""
    return page(request, "recoveries/show.html", **show_parts(request, case_id))


def _show_again(request: PortalRequest, case_id: UUID, payment_id: UUID) -> Page:
    return page(request, "recoveries/show.html", **{**show_parts(request, case_id), "reversing": payment_id})


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


@post(
    "/cases/{case_id:uuid}/payments/{payment_id:uuid}/reverse",
    needs=Permission.PAYMENT_REVERSE,
    again=_show_again,
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


ROUTES = (show, report, reverse)
