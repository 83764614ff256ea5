"""The officer's decision about a licence, with what follows for customers."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.agencies.pages.licences import show
from handoff_portal.contacts.actions.licensing import decide
from handoff_portal.core.ids import LicenceId
from handoff_portal.core.permissions import Permission
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post

_DONE = {
    LicenceState.VERIFIED: "The licence is verified. From now on the agency can accept cases with it.",
    LicenceState.REJECTED: "The licence is turned down. The agency sees your reason and can correct it.",
    LicenceState.SUSPENDED: "The licence is suspended. The agency cannot accept cases with it.",
}


@post("/licences/{licence_id:uuid}/decision", needs=Permission.LICENCE_VERIFY, again=show)
def decide_about(request: PortalRequest, licence_id: FromPath[UUID]) -> Page:
    """Verify, turn down or suspend; contact rests or goes on in the cases that this touches."""
    form = request.sent
    decision = form.choice("decision", LicenceState)
    verifies = decision is LicenceState.VERIFIED
    source_url = form.text("source_url", required=verifies, longest=500)
    remark = form.text("remark", required=not verifies, longest=1000)
    form.check()
    with request.work() as work:
        _, cases = decide(work, LicenceId(licence_id), decision, source_url=source_url, remark=remark)
    return redirect(request, f"/licences/{licence_id}", _DONE.get(decision, "") + _follows(decision, cases))


def _follows(decision: LicenceState, cases: int) -> str:
    if not cases:
        return ""
    then = "goes on" if decision is LicenceState.VERIFIED else "rests"
    return f" Contact {then} in {cases:,} {'case' if cases == 1 else 'cases'} of the agency."


ROUTES = (decide_about,)
