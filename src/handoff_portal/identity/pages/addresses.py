"""Signing in with another e-mail address."""

from litestar.params import FromPath

from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.addresses import (
    ask_address,
    confirm_address,
    find_stoppable_change,
    find_wish,
    stop_address,
)
from handoff_portal.identity.pages.cookies import NEW_ADDRESS, STOP_ADDRESS, drop_link, put_link, read_link
from handoff_portal.identity.pages.ways import confirmed, own_path
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, post


@get("/account/email", needs=Permission.OWN_ACCOUNT)
@confirmed(own_path)
def show_address(request: PortalRequest) -> Page:
    """The form for another address."""
    request.actor.require_fresh(request.now)
    return page(request, "identity/address.html", sent="sent" in request.query_params)


@post("/account/email", needs=Permission.OWN_ACCOUNT, again=show_address)
@confirmed(own_path)
def ask(request: PortalRequest) -> Page:
    """Mail a link to the new address."""
    email = request.sent.email("email")
    request.sent.check()
    ask_address(request.portal.database, request.actor, email)
    return redirect(request, "/account/email?sent")


@get("/new-address/{token:str}", needs=Open.EVERYBODY)
def follow_confirm(request: PortalRequest, token: FromPath[str]) -> Page:
    """Take the token out of the address; nothing is used up, because mail scanners follow links too."""
    return put_link(request, redirect(request, "/address/confirm"), NEW_ADDRESS, token[:100])


@get("/address/confirm", needs=Open.EVERYBODY)
def show_confirm(request: PortalRequest) -> Page:
    """Ask whether the new address is to be used."""
    token = read_link(request, NEW_ADDRESS)
    with request.gate() as work:
        found = find_wish(work, token) if token else None
    if found is None:
        return page(request, "identity/link_ended.html", 404, kind="address")
    return page(request, "identity/address_confirm.html", wanted=found.wanted)


@post("/address/confirm", needs=Open.EVERYBODY, again=show_confirm)
def confirm(request: PortalRequest) -> Page:
    """Use the new address from now on."""
    actor, token = request.visitor.actor, read_link(request, NEW_ADDRESS)
    with request.gate() as work:
        found = find_wish(work, token)
        own = found is not None and actor is not None and actor.person == found.person
        confirm_address(work, token, actor.session if actor and own else None)
    after = "/account" if own else "/sign-in"
    done = "You sign in with the new address from now on. Other browsers were signed out."
    return drop_link(request, redirect(request, after, done), NEW_ADDRESS)


@get("/stop-address/{token:str}", needs=Open.EVERYBODY)
def follow_stop(request: PortalRequest, token: FromPath[str]) -> Page:
    """Take the token out of the address; nothing is stopped yet."""
    return put_link(request, redirect(request, "/address/stop"), STOP_ADDRESS, token[:100])


@get("/address/stop", needs=Open.EVERYBODY)
def show_stop(request: PortalRequest) -> Page:
    """Ask whether the change is to be stopped or taken back."""
    token = read_link(request, STOP_ADDRESS)
    with request.gate() as work:
        found = find_stoppable_change(work, token) if token else None
    if found is None:
        return page(request, "identity/link_ended.html", 404, kind="stop")
    return page(request, "identity/address_stop.html", made=found.confirmed_at is not None)


@post("/address/stop", needs=Open.EVERYBODY, again=show_stop)
def stop(request: PortalRequest) -> Page:
    """Keep the earlier address, or go back to it."""
    with request.gate() as work:
        stop_address(work, read_link(request, STOP_ADDRESS))
    done = (
        "You sign in with the earlier address, and every browser was signed out. Choose a new password now."
    )
    return drop_link(request, redirect(request, "/password/forgot", done), STOP_ADDRESS)


ROUTES = (show_address, ask, follow_confirm, show_confirm, confirm, follow_stop, show_stop, stop)
