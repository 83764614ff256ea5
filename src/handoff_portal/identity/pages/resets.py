"""A new password for those who forgot theirs."""

from litestar.params import FromPath

from handoff_portal.identity.actions.resets import ask_reset, reset_holds, reset_password
from handoff_portal.identity.pages.cookies import RESET, drop_link, put_link, read_link
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, post


@get("/password/forgot", needs=Open.EVERYBODY)
def show_forgot(request: PortalRequest) -> Page:
    """The form for the address."""
    return page(request, "identity/forgot.html", sent="sent" in request.query_params)


@post("/password/forgot", needs=Open.EVERYBODY, again=show_forgot)
def ask(request: PortalRequest) -> Page:
    """Mail a link; the answer is the same for every address."""
    email = request.sent.email("email")
    request.sent.check()
    ask_reset(request.portal.database, request.origin, email)
    return redirect(request, "/password/forgot?sent")


@get("/password/reset/{token:str}", needs=Open.EVERYBODY)
def follow_reset(request: PortalRequest, token: FromPath[str]) -> Page:
    """Take the token out of the address; nothing is used up."""
    return put_link(request, redirect(request, "/password/reset"), RESET, token[:100])


@get("/password/reset", needs=Open.EVERYBODY)
def show_reset(request: PortalRequest) -> Page:
    """The form for second factor and new password."""
    token = read_link(request, RESET)
    with request.gate() as work:
        holds = bool(token) and reset_holds(work, token)
    if not holds:
        return page(request, "identity/link_ended.html", 404, kind="reset")
    return page(request, "identity/reset.html")


@post("/password/reset", needs=Open.EVERYBODY, again=show_reset)
def choose(request: PortalRequest) -> Page:
    """Change the password; the person signs in with it afterwards."""
    form, portal = request.sent, request.portal
    code, password = form.secret("code"), form.secret("password")
    form.check()
    token = read_link(request, RESET)
    reset_password(portal.database, portal.passwords, request.origin, token, code, password)
    done = "Your password is changed and every browser was signed out. Sign in with the new one."
    return drop_link(request, redirect(request, "/sign-in", done), RESET)


ROUTES = (show_forgot, ask, follow_reset, show_reset, choose)
