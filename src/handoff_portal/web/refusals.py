"""Refusals as pages: what is wrong, why, how to mend it, and a reference that support can find."""

import logging
from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from handoff_portal.core.actor import Origin, Visitor
from handoff_portal.core.refusals import NotFound, Refusal, StepUpNeeded, TooMany
from handoff_portal.web.forms import Form
from handoff_portal.web.front_door import SignInFirst
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest

_log = logging.getLogger(__name__)

_UNREADABLE = 400
_HTTP = {
    404: ("We could not find that", NotFound().say),
    405: ("This page works differently", "Open the page again and use its buttons."),
    413: ("This is too large", "Send a smaller file or split it."),
}


def on_refusal(request: PortalRequest, refusal: Refusal) -> Response[Any]:
    """One refusal, one page; a missing session or fresh code leads to where it can be given, and back."""
    if isinstance(refusal, SignInFirst):
        return redirect(request, "/sign-in" + _and_back(request))
    if isinstance(refusal, StepUpNeeded):
        return redirect(request, "/step-up" + _and_back(request), refusal.say, "info")
    response = _page(request, refusal.status, refusal.title, refusal.say)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def on_http(request: PortalRequest, error: HTTPException) -> Response[Any]:
    """What the framework refused: no such page, wrong method, malformed path."""
    status = (
        error.status_code
        if error.status_code in _HTTP
        else 404
        if error.status_code == _UNREADABLE
        else error.status_code
    )
    what, mend = _HTTP.get(status, ("This did not work", "Go back and try again."))
    return _page(request, status, what, mend)


def on_error(request: PortalRequest, error: Exception) -> Response[Any]:
    """A mistake of ours: the log gets the traceback, the person the reference."""
    _prepare(request)
    _log.error("request %s failed", request.origin.request_id, exc_info=error)
    say = (
        "This is our mistake and nothing was changed. Try again; if it happens again, tell us the reference."
    )
    return _page(request, 500, "Something went wrong here", say)


HANDLERS: ExceptionHandlersMap = {Refusal: on_refusal, HTTPException: on_http, Exception: on_error}  # type: ignore[dict-item]


def _page(request: PortalRequest, status: int, what: str, mend: str) -> Response[Any]:
    _prepare(request)
    return page(
        request,
        "errors/error.html",
        status,
        what=what,
        why="",
        mend=mend,
        reference=request.origin.request_id,
    )


def _prepare(request: PortalRequest) -> None:
    """The front door may not have been reached; the page needs its visitor and form all the same."""
    state = request.scope["state"]
    state.setdefault("visitor", Visitor(Origin()))
    state.setdefault("form", Form())


def _and_back(request: PortalRequest) -> str:
    """Where to go after signing in: only a GET can be repeated."""
    if request.method == "GET" and request.url.path not in {"/", "/sign-out"}:
        return "?next=" + quote(request.url.path)
    return ""
