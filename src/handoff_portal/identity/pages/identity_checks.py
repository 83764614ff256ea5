"""Sign-in help: requests of people who lost phone and codes, and the two approvals."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import FactorRecoveryId
from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.recovery import (
    approve,
    list_requests,
    may_approve,
    may_check,
    record_check,
    show_request,
    stop_request,
)
from handoff_portal.identity.model.recovery import Check
from handoff_portal.identity.pages.ways import confirmed, own_path
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_CHECKS = {
    Check.IN_PERSON: ("In person", "I know them, or saw an identity document."),
    Check.VIDEO_WITH_ID: ("Video call with identity document", "I saw face and document together."),
    Check.CALL_BACK: ("Call back to a known voice", "I called a number we had before, and know the voice."),
}


@get("/identity-checks", needs=Permission.SIGN_IN_HELP)
def list_checks(request: PortalRequest) -> Page:
    """Who waits for help, whose turn it is and until when."""
    with request.work() as work:
        found = list_requests(work)
    return page(request, "identity/checks.html", requests=found, words=_CHECKS)


@get("/identity-checks/{recovery_id:uuid}", needs=Permission.SIGN_IN_HELP)
def show_check(request: PortalRequest, recovery_id: FromPath[UUID]) -> Page:
    """One request: what was done, what comes next, and how to stop it."""
    with request.work() as work:
        found = show_request(work, FactorRecoveryId(recovery_id))
    with request.gate() as work:
        mine = may_check(work, found)
    return page(
        request,
        "identity/check.html",
        asked=found,
        may_check=mine,
        may_approve=may_approve(work, found),
        words=_CHECKS,
        checks=[(check.value, *words) for check, words in _CHECKS.items()],
    )


@post("/identity-checks/{recovery_id:uuid}/check", needs=Permission.IDENTITY_CHECK, again=show_check)
@confirmed(lambda request: own_path(request).removesuffix("/check"))
def save_check(request: PortalRequest, recovery_id: FromPath[UUID]) -> Page:
    """Note how it was made sure who is asking."""
    form = request.sent
    method, reference = form.choice("method", Check), form.text("reference", longest=40)
    form.check()
    with request.gate() as work:
        record_check(work, FactorRecoveryId(recovery_id), method, reference)
    done = "Your check is noted. A compliance officer of the operator looks at it next."
    return redirect(request, f"/identity-checks/{recovery_id}", done)


@post("/identity-checks/{recovery_id:uuid}/approve", needs=Permission.IDENTITY_APPROVE)
@confirmed(lambda request: own_path(request).removesuffix("/approve"))
def save_approval(request: PortalRequest, recovery_id: FromPath[UUID]) -> Page:
    """Agree as the second person."""
    with request.gate() as work:
        approve(work, FactorRecoveryId(recovery_id))
    done = "Approved. The link is mailed in 24 hours, unless somebody stops it."
    return redirect(request, f"/identity-checks/{recovery_id}", done)


@post("/identity-checks/{recovery_id:uuid}/stop", needs=Permission.SIGN_IN_HELP)
def stop(request: PortalRequest, recovery_id: FromPath[UUID]) -> Page:
    """Stop a request; nothing changes for the person."""
    with request.gate() as work:
        stop_request(work, FactorRecoveryId(recovery_id))
    return redirect(request, "/identity-checks", "The request is stopped. Everybody concerned gets a mail.")


ROUTES = (list_checks, show_check, save_check, save_approval, stop)
