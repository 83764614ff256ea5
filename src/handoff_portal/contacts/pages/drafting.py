"""Writing to a customer with a template that was approved, filled with what the case says."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.conduct.actions import templates
from handoff_portal.conduct.model.templates import CHANNEL_WORDS, Placeholder, fill, in_use, languages
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.formats import money
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get


@get("/cases/{case_id:uuid}/templates", needs=Permission.TEMPLATE_WRITE)
def choose(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Templates that fit the customer's country, as they would read in this case."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_holder(work.actor)
        case.require_state(CaseState.HELD)
        usable = in_use(templates.list_all(work), case.country)
        creditor = show_organisation(work, case.business).name
    values = _values(request, case, creditor)
    return page(
        request,
        "contacts/drafting.html",
        case=case,
        drafts=[
            (one, fill(one.approved.text, one.language, values)) for one in usable if one.approved is not None
        ],
        channels=CHANNEL_WORDS,
        languages=languages(),
    )


def _values(request: PortalRequest, case: Case, creditor: str) -> dict[Placeholder, str]:
    return {
        Placeholder.AGENCY: request.actor.org_name,
        Placeholder.COLLECTOR: request.actor.name,
        Placeholder.CREDITOR: creditor,
        Placeholder.REFERENCE: case.reference,
        Placeholder.AMOUNT: money(case.balance.total, case.currency) if case.currency else "[amount]",
    }


ROUTES = (choose,)
