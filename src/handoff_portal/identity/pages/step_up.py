"""Showing the second factor again, and back to what one was about to do."""

from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.step_up import step_up
from handoff_portal.identity.pages.cookies import browser_of, put_session
from handoff_portal.identity.pages.ways import next_path
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/step-up", needs=Permission.OWN_ACCOUNT)
def show_step_up(request: PortalRequest) -> Page:
    """The form for the code."""
    return page(request, "identity/step_up.html", next=next_path(request))


@post("/step-up", needs=Permission.OWN_ACCOUNT, again=show_step_up)
def confirm(request: PortalRequest) -> Page:
    """Check the code, renew the session and go on."""
    code = request.sent.secret("code")
    request.sent.check()
    token = step_up(request.portal.database, request.actor, code, browser_of(request))
    return put_session(request, redirect(request, next_path(request)), token)


ROUTES = (show_step_up, confirm)
