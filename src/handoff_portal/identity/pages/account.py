"""One's own account: details, sessions, password, authenticator, recovery codes."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import SessionId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.actions.account import (
    begin_authenticator,
    change_authenticator,
    change_password,
    edit_details,
    renew_recovery_codes,
    show_keys,
)
from handoff_portal.identity.actions.enrolment import show_candidate
from handoff_portal.identity.actions.recovery import own_request, stop_own
from handoff_portal.identity.actions.sessions import end_other_sessions, end_session, list_sessions
from handoff_portal.identity.pages.choices import role_names, zone_choices
from handoff_portal.identity.pages.cookies import browser_of, put_entered
from handoff_portal.identity.pages.ways import confirmed, own_path
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_OWN = Permission.OWN_ACCOUNT


@get("/account", needs=_OWN)
def show_account(request: PortalRequest) -> Page:
    """Everything about one's own account at a glance."""
    actor = request.actor
    request.sent.fill({"name": actor.name, "time_zone": actor.time_zone})
    with request.work() as work:
        sessions = list_sessions(work)
    with request.gate() as work:
        keys = show_keys(work)
        help_asked = own_request(work, request.actor.person)
    return page(
        request,
        "identity/account.html",
        sessions=sessions,
        keys=keys,
        help_asked=help_asked,
        zones=zone_choices(),
        roles=role_names(actor.roles),
        changed=request.query_params.get("changed", ""),
    )


@post("/account", needs=_OWN, again=show_account)
def save_details(request: PortalRequest) -> Page:
    """Change name and time zone."""
    form = request.sent
    name, zone = form.text("name", shortest=2, longest=120), form.text("time_zone")
    form.check()
    with request.gate() as work:
        edit_details(work, name, zone)
    return redirect(request, "/account", "Your details are saved.")


@post("/account/sessions/{session_id:uuid}/end", needs=_OWN)
def end_one(request: PortalRequest, session_id: FromPath[UUID]) -> Page:
    """Sign one browser out."""
    with request.gate() as work:
        if not end_session(work, SessionId(session_id)):
            raise NotFound("This session has ended already.")
    return redirect(request, "/account", "That browser is signed out.")


@post("/account/sessions/end-others", needs=_OWN)
def end_others(request: PortalRequest) -> Page:
    """Sign every other browser out."""
    with request.gate() as work:
        end_other_sessions(work)
    return redirect(request, "/account", "All other browsers are signed out.")


@get("/account/password", needs=_OWN)
@confirmed(own_path)
def show_password(request: PortalRequest) -> Page:
    """The form for a new password."""
    request.actor.require_fresh(request.now)
    return page(request, "identity/password.html")


@post("/account/password", needs=_OWN, again=show_password)
@confirmed(own_path)
def save_password(request: PortalRequest) -> Page:
    """Change the password; other browsers are signed out."""
    form, portal = request.sent, request.portal
    current, new = form.secret("current"), form.secret("password")
    form.check()
    entered = change_password(
        portal.database, portal.passwords, request.actor, current, new, browser_of(request)
    )
    return put_entered(request, redirect(request, "/account?changed=password"), entered)


@get("/account/authenticator", needs=_OWN)
@confirmed(own_path)
def show_authenticator(request: PortalRequest) -> Page:
    """What happens when another authenticator takes over, and its code to scan once it was begun."""
    request.actor.require_fresh(request.now)
    with request.gate() as work:
        candidate = show_candidate(work, request.actor.person)
    return page(request, "identity/authenticator.html", candidate=candidate)


@post("/account/authenticator/new", needs=_OWN)
@confirmed(lambda _request: "/account/authenticator")
def new_authenticator(request: PortalRequest) -> Page:
    """Make a secret for another authenticator."""
    with request.gate() as work:
        begin_authenticator(work)
    return redirect(request, "/account/authenticator")


@post("/account/authenticator", needs=_OWN, again=show_authenticator)
@confirmed(own_path)
def save_authenticator(request: PortalRequest) -> Page:
    """Let the other authenticator take over."""
    code = request.sent.secret("code")
    request.sent.check()
    entered = change_authenticator(request.portal.database, request.actor, code, browser_of(request))
    return put_entered(request, redirect(request, "/account?changed=authenticator"), entered)


@get("/account/recovery-codes", needs=_OWN)
@confirmed(own_path)
def show_recovery_codes(request: PortalRequest) -> Page:
    """What new recovery codes mean."""
    request.actor.require_fresh(request.now)
    return page(request, "identity/recovery_codes.html", codes=())


@post("/account/recovery-codes", needs=_OWN)
@confirmed(own_path)
def new_recovery_codes(request: PortalRequest) -> Page:
    """Show ten new codes, now and never again."""
    with request.gate() as work:
        codes = renew_recovery_codes(work)
    return page(request, "identity/recovery_codes.html", codes=codes)


@post("/account/stop-help", needs=_OWN)
def stop_help(request: PortalRequest) -> Page:
    """Nothing is lost: stop the request about this account."""
    with request.gate() as work:
        stop_own(work)
    return redirect(
        request, "/account", "The request is stopped. If it was not you, change your password too."
    )


ROUTES = (
    stop_help,
    show_account,
    save_details,
    end_one,
    end_others,
    show_password,
    save_password,
    show_authenticator,
    new_authenticator,
    save_authenticator,
    show_recovery_codes,
    new_recovery_codes,
)
