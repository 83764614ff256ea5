"""From the mailed invitation to the first sign-in, one thing at a time."""

from litestar.params import FromPath

from handoff_portal.core.actor import Pending
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.actions.enrolment import (
    confirm_authenticator,
    finish_enrolment,
    give_recovery_codes,
    show_enrolling,
)
from handoff_portal.identity.actions.invitations import accept_invitation, find_invitation
from handoff_portal.identity.pages.cookies import (
    INVITATION,
    browser_of,
    drop_link,
    put_entered,
    put_link,
    put_session,
    read_link,
)
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, post


@get("/invitation/{token:str}", needs=Open.EVERYBODY)
def follow_invitation(request: PortalRequest, token: FromPath[str]) -> Page:
    """Take the token out of the address; nothing is used up, because mail scanners follow links too."""
    return put_link(request, redirect(request, "/enrol"), INVITATION, token[:100])


@get("/enrol", needs=Open.EVERYBODY)
def show_password(request: PortalRequest) -> Page:
    """First step: choose a password."""
    token = read_link(request, INVITATION)
    with request.gate() as work:
        found = find_invitation(work, token) if token else None
    if found is None:
        return page(request, "identity/link_ended.html", 404, kind="invitation")
    return page(request, "identity/enrol_password.html", invitation=found)


@post("/enrol", needs=Open.EVERYBODY, again=show_password)
def choose_password(request: PortalRequest) -> Page:
    """Keep the password and begin with the authenticator."""
    password = request.sent.secret("password")
    request.sent.check()
    portal, token = request.portal, read_link(request, INVITATION)
    agent = browser_of(request).agent
    stage = accept_invitation(portal.database, portal.passwords, request.origin, token, password, agent)
    return put_session(request, redirect(request, "/enrol/authenticator"), stage)


@get("/enrol/authenticator", needs=Open.PASSWORD_GIVEN)
def show_authenticator(request: PortalRequest) -> Page:
    """Second step: scan the code."""
    pending = request.visitor.pending
    if pending is None:
        return redirect(request, "/")
    with request.gate() as work:
        candidate = show_enrolling(work, pending)
    if candidate is None:
        return redirect(request, "/enrol/recovery-codes" if pending.enrolled else "/enrol")
    return page(request, "identity/enrol_authenticator.html", candidate=candidate)


@post("/enrol/authenticator", needs=Open.PASSWORD_GIVEN, again=show_authenticator)
def prove_authenticator(request: PortalRequest) -> Page:
    """Check the first code of the app."""
    code = request.sent.secret("code")
    request.sent.check()
    confirm_authenticator(request.portal.database, request.origin, _pending(request), code)
    return redirect(request, "/enrol/recovery-codes")


@get("/enrol/recovery-codes", needs=Open.PASSWORD_GIVEN)
def show_recovery_codes(request: PortalRequest) -> Page:
    """Third step: what recovery codes are for."""
    if request.visitor.pending is None:
        return redirect(request, "/")
    return page(request, "identity/enrol_codes.html", codes=())


@post("/enrol/recovery-codes", needs=Open.PASSWORD_GIVEN)
def make_recovery_codes(request: PortalRequest) -> Page:
    """Show ten codes, now and never again."""
    codes = give_recovery_codes(request.portal.database, request.origin, _pending(request))
    return page(request, "identity/enrol_codes.html", codes=codes)


@post("/enrol/done", needs=Open.PASSWORD_GIVEN)
def finish(request: PortalRequest) -> Page:
    """The codes are kept: the account is active and the person signed in."""
    entered = finish_enrolment(
        request.portal.database, request.origin, _pending(request), browser_of(request)
    )
    response = drop_link(request, redirect(request, "/"), INVITATION)
    return put_entered(request, response, entered)


def _pending(request: PortalRequest) -> Pending:
    if request.visitor.pending is None:
        raise NotFound("Your account is set up already.")
    return request.visitor.pending


ROUTES = (
    follow_invitation,
    show_password,
    choose_password,
    show_authenticator,
    prove_authenticator,
    show_recovery_codes,
    make_recovery_codes,
    finish,
)
