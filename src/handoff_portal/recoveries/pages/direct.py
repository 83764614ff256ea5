"""“The customer paid us”: one form, and contact stops."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.recoveries.actions.payments import Rest, report_direct_payment
from handoff_portal.recoveries.model.payments import ReceivedBy
from handoff_portal.recoveries.pages.shown import currency_of, read_report, show_parts, still_open
from handoff_portal.web.formats import money
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/cases/{case_id:uuid}/paid-directly", needs=Permission.DIRECT_PAYMENT_REPORT)
def ask_direct(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """What the report will do, and the form."""
    return page(request, "recoveries/direct.html", **show_parts(request, case_id))


@post("/cases/{case_id:uuid}/paid-directly", needs=Permission.DIRECT_PAYMENT_REPORT, again=ask_direct)
def report_direct(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The business says that the customer paid it."""
    said = read_report(request.sent, currency_of(request, case_id), ReceivedBy.BUSINESS)
    rest = request.sent.choice("paid_rest", Rest)
    request.sent.check()
    with request.work() as work:
        paid = report_direct_payment(work, CaseId(case_id), said, rest)
    found = show_parts(request, case_id)["recoveries"]
    say = f"{money(paid.amount, paid.currency)} is counted and contact has stopped. {still_open(found)}"
    return redirect(request, f"/cases/{case_id}/payments", say)


ROUTES = (ask_direct, report_direct)
