"""Phone and codes are lost: asking for help after the password, stopping it, and the new second factor."""

from litestar.params import FromPath

from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.actions.recovery import ask_for_help, find_stoppable, own_request, stop_by_link
from handoff_portal.identity.actions.recovery_renewal import (
    begin_renewal,
    complete_renewal,
    find_link,
    show_new_app,
)
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.pages.cookies import (
    NEW_FACTOR,
    STOP_HELP,
    browser_of,
    drop_link,
    drop_session,
    put_link,
    put_session,
    read_link,
)
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, post


@get("/sign-in/lost", needs=Open.PASSWORD_GIVEN)
def show_lost(request: PortalRequest) -> Page:
    """What happens when both are lost, or how far it has got."""
    pending = request.visitor.pending
    if pending is None or not pending.enrolled:
        return redirect(request, "/sign-in/code" if pending else "/account")
    with request.gate() as work:
        found = own_request(work, pending.person)
    return page(request, "identity/lost.html", asked=found)


@post("/sign-in/lost", needs=Open.PASSWORD_GIVEN, again=show_lost)
def ask(request: PortalRequest) -> Page:
    """Ask the administrators for help."""
    pending = request.visitor.pending
    if pending is None:
        return redirect(request, "/account")
    ask_for_help(request.portal.database, request.origin, pending)
    return redirect(request, "/sign-in/lost")


@get("/stop-help/{token:str}", needs=Open.EVERYBODY)
def follow_stop(request: PortalRequest, token: FromPath[str]) -> Page:
    """Take the token out of the address; nothing is stopped yet, because mail scanners follow links too."""
    return put_link(request, redirect(request, "/sign-in/stop-help"), STOP_HELP, token[:100])


@get("/sign-in/stop-help", needs=Open.EVERYBODY)
def show_stop(request: PortalRequest) -> Page:
    """Ask whether the request is to be stopped."""
    token = read_link(request, STOP_HELP)
    with request.gate() as work:
        found = find_stoppable(work, token) if token else None
    if found is None:
        return page(request, "identity/link_ended.html", 404, kind="stop")
    return page(request, "identity/stop_help.html")


@post("/sign-in/stop-help", needs=Open.EVERYBODY, again=show_stop)
def stop(request: PortalRequest) -> Page:
    """Stop it."""
    with request.gate() as work:
        stop_by_link(work, read_link(request, STOP_HELP))
    done = (
        "It is stopped; your phone and codes stay good. If it was not you who asked, choose a new password."
    )
    return drop_link(request, redirect(request, "/sign-in", done), STOP_HELP)


@get("/new-factor/{token:str}", needs=Open.EVERYBODY)
def follow_link(request: PortalRequest, token: FromPath[str]) -> Page:
    """Take the token out of the address; nothing is used up."""
    return put_link(request, redirect(request, "/sign-in/new-factor"), NEW_FACTOR, token[:100])


@get("/sign-in/new-factor", needs=Open.EVERYBODY)
def show_password(request: PortalRequest) -> Page:
    """First step: the password."""
    token = read_link(request, NEW_FACTOR)
    with request.gate() as work:
        found = find_link(work, token) if token else None
    if found is None:
        return page(request, "identity/link_ended.html", 404, kind="factor")
    return page(request, "identity/new_factor_password.html")


@post("/sign-in/new-factor", needs=Open.EVERYBODY, again=show_password)
def give_password(request: PortalRequest) -> Page:
    """Check the password and show the new app's picture; the link holds for ten more minutes."""
    password = request.sent.secret("password")
    request.sent.check()
    portal, token = request.portal, read_link(request, NEW_FACTOR)
    stage = begin_renewal(
        portal.database, portal.passwords, request.visitor, token, password, browser_of(request)
    )
    response = put_link(request, redirect(request, "/sign-in/new-app"), NEW_FACTOR, encode_token(token))
    return put_session(request, response, stage)


@get("/sign-in/new-app", needs=Open.EVERYBODY)
def show_app(request: PortalRequest) -> Page:
    """Second step: scan the picture of the new app."""
    with request.gate() as work:
        candidate = show_new_app(work, read_link(request, NEW_FACTOR), request.visitor.pending)
    if candidate is None:
        return redirect(request, "/sign-in/new-factor")
    return page(request, "identity/new_factor_app.html", candidate=candidate)


@post("/sign-in/new-app", needs=Open.EVERYBODY, again=show_app)
def prove_app(request: PortalRequest) -> Page:
    """The first code of the new app: it counts from now on, and new recovery codes are shown once."""
    code = request.sent.secret("code")
    request.sent.check()
    token = read_link(request, NEW_FACTOR)
    if not token:
        raise NotFound("This took too long. Follow the link of the mail again.")
    codes = complete_renewal(request.portal.database, request.visitor, token, code)
    response = drop_link(request, page(request, "identity/new_factor_codes.html", codes=codes), NEW_FACTOR)
    return drop_session(request, response)


ROUTES = (
    show_lost,
    ask,
    follow_stop,
    show_stop,
    stop,
    follow_link,
    show_password,
    give_password,
    show_app,
    prove_app,
)
