"""Signing in and out."""

from handoff_portal.identity.actions.leaked_password import New, replace_leaked
from handoff_portal.identity.actions.leaks import must_choose
from handoff_portal.identity.actions.sessions import leave
from handoff_portal.identity.actions.sign_in import give_code, give_password
from handoff_portal.identity.pages.cookies import browser_of, drop_session, put_entered, put_session
from handoff_portal.identity.pages.ways import next_path, with_next
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, post


@get("/sign-in", needs=Open.EVERYBODY)
def show_sign_in(request: PortalRequest) -> Page:
    """The form for address and password."""
    if request.visitor.actor:
        return redirect(request, next_path(request))
    left = "signed-out" in request.query_params
    return page(request, "identity/sign_in.html", next=next_path(request), left=left)


@post("/sign-in", needs=Open.EVERYBODY, again=show_sign_in)
def sign_in(request: PortalRequest) -> Page:
    """Check address and password; what comes next is the code."""
    form = request.sent
    email, password = form.text("email", longest=254).lower(), form.secret("password")
    form.check()
    portal = request.portal
    token = give_password(
        portal.database, portal.passwords, request.visitor, email, password, browser_of(request)
    )
    response = redirect(request, with_next("/sign-in/code", next_path(request)))
    return put_session(request, response, token)


@get("/sign-in/code", needs=Open.PASSWORD_GIVEN)
def show_code(request: PortalRequest) -> Page:
    """The form for the second factor."""
    pending = request.visitor.pending
    if pending is None:
        return redirect(request, next_path(request))
    if not pending.enrolled:
        return redirect(request, "/enrol/authenticator")
    with request.gate() as work:
        leaked = must_choose(work, pending.person)
    if leaked:
        return redirect(request, with_next("/sign-in/new-password", next_path(request)))
    return page(request, "identity/code.html", next=next_path(request))


@post("/sign-in/code", needs=Open.PASSWORD_GIVEN, again=show_code)
def sign_in_with_code(request: PortalRequest) -> Page:
    """Check the second factor and let the person in."""
    pending = request.visitor.pending
    if pending is None:
        return redirect(request, next_path(request))
    code = request.sent.secret("code")
    request.sent.check()
    entered = give_code(request.portal.database, request.visitor, pending, code, browser_of(request))
    return put_entered(request, redirect(request, next_path(request)), entered)


@get("/sign-in/new-password", needs=Open.PASSWORD_GIVEN)
def show_new_password(request: PortalRequest) -> Page:
    """The password leaked: the form for another one and the code."""
    pending = request.visitor.pending
    if pending is None:
        return redirect(request, next_path(request))
    with request.gate() as work:
        leaked = must_choose(work, pending.person)
    if not leaked:
        return redirect(request, with_next("/sign-in/code", next_path(request)))
    return page(request, "identity/new_password.html", next=next_path(request))


@post("/sign-in/new-password", needs=Open.PASSWORD_GIVEN, again=show_new_password)
def save_new_password(request: PortalRequest) -> Page:
    """Change the password that leaked and let the person in."""
    pending, portal, form = request.visitor.pending, request.portal, request.sent
    if pending is None:
        return redirect(request, next_path(request))
    new = New(form.secret("password"), form.secret("code"))
    form.check()
    entered = replace_leaked(
        portal.database, portal.passwords, request.visitor, pending, new, browser_of(request)
    )
    return put_entered(request, redirect(request, next_path(request)), entered)


@post("/sign-out", needs=Open.EVERYBODY)
def sign_out(request: PortalRequest) -> Page:
    """End the session here and have the browser forget what it kept."""
    with request.gate() as work:
        leave(work, request.visitor)
    response = drop_session(request, redirect(request, "/sign-in?signed-out"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


ROUTES = (
    show_sign_in,
    sign_in,
    show_code,
    sign_in_with_code,
    show_new_password,
    save_new_password,
    sign_out,
)
