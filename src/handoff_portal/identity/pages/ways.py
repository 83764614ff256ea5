"""Where to go next: only to places of the portal itself."""

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote

from handoff_portal.core.refusals import StepUpNeeded
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Handler, Page

_LOCAL = re.compile(r"/(?!/)[A-Za-z0-9/_.~%?=&-]{0,300}")
_NOT_AFTER = ("/sign-", "/enrol", "/step-up", "/password/", "/invitation/")


def next_path(request: PortalRequest) -> str:
    """The page a person wanted before they were asked to prove who they are; the start page by default.

    Anything that is not a plain path of this portal is ignored, so that no link can lead elsewhere.
    """
    wanted = request.sent.value("next") or request.query_params.get("next", "")
    if not _LOCAL.fullmatch(wanted) or wanted.startswith(_NOT_AFTER):
        return "/"
    return wanted


def with_next(path: str, after: str) -> str:
    """A path that remembers where to go afterwards."""
    return path if after == "/" else f"{path}?next={quote(after, safe='/')}"


def confirmed(back: Callable[[PortalRequest], str]) -> Callable[[Handler], Handler]:
    """Send people whose last code is too old to the code form, and from there back to a page they can see."""

    def around(handler: Handler) -> Handler:
        @wraps(handler)
        def answer(request: PortalRequest, **parts: object) -> Page:
            try:
                return handler(request=request, **parts)
            except StepUpNeeded as refusal:
                return redirect(request, with_next("/step-up", back(request)), refusal.say, "info")

        return answer

    return around


def own_path(request: PortalRequest) -> str:
    """The path of this very request."""
    return request.url.path
