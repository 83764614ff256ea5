"""Cookies of signing in: session, known browser, and the ten minutes after a mailed link was followed.

All are HttpOnly, SameSite=Lax and, wherever https allows it, Secure with the __Host- prefix (RFC 6265bis).
"""

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.identity.actions.devices import LASTS
from handoff_portal.identity.model.credentials import Browser, Entered, agent_name
from handoff_portal.identity.model.links import decode_token, encode_token
from handoff_portal.web.front_door import session_cookie
from handoff_portal.web.portal import PortalRequest

INVITATION = "inv"
RESET = "rst"
NEW_FACTOR = "nf"
STOP_HELP = "sh"
NEW_ADDRESS = "na"
STOP_ADDRESS = "sa"
_DEVICE = "d"
_LINK_LASTS = timedelta(minutes=10)


def browser_of(request: PortalRequest) -> Browser:
    """What the browser sent along."""
    agent = agent_name(request.headers.get("User-Agent", ""))
    return Browser(request.cookies.get(_name(request, _DEVICE), ""), agent)


def put_session(request: PortalRequest, response: Response[Any], token: bytes) -> Response[Any]:
    """Answer with a session; the cookie ends with the browser, the session by its own limits."""
    return _put(request, response, session_cookie(request.portal.settings), encode_token(token), None)


def put_entered(request: PortalRequest, response: Response[Any], entered: Entered) -> Response[Any]:
    """Answer with a session and the mark of a known browser."""
    _put(request, response, _name(request, _DEVICE), entered.device, LASTS)
    return put_session(request, response, entered.token)


def drop_session(request: PortalRequest, response: Response[Any]) -> Response[Any]:
    """Take the session back."""
    return _put(request, response, session_cookie(request.portal.settings), "", timedelta())


def put_link(request: PortalRequest, response: Response[Any], kind: str, token: str) -> Response[Any]:
    """Keep the token of a mailed link for ten minutes, so that it leaves the address bar.

    Of what cannot be a token nothing is kept; the page it leads to says that the link has ended.
    """
    token = encode_token(decode_token(token))
    until = str(int((request.now + _LINK_LASTS).timestamp()))
    mac = _mac(request, kind, token, until)
    return _put(request, response, _name(request, kind), f"{token}.{until}.{mac}", _LINK_LASTS)


def read_link(request: PortalRequest, kind: str) -> bytes:
    """The token of the link that was followed in this browser; empty if none was, or too long ago."""
    token, _, rest = request.cookies.get(_name(request, kind), "").partition(".")
    until, _, mac = rest.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(request, kind, token, until).encode()):
        return b""
    return decode_token(token) if int(until) > request.now.timestamp() else b""


def drop_link(request: PortalRequest, response: Response[Any], kind: str) -> Response[Any]:
    """The link has done its work."""
    return _put(request, response, _name(request, kind), "", timedelta())


def _put(
    request: PortalRequest, response: Response[Any], name: str, value: str, lasts: timedelta | None
) -> Response[Any]:
    response.set_cookie(
        Cookie(
            name,
            value=value,
            httponly=True,
            secure=request.portal.settings.secure_cookies,
            samesite="lax",
            max_age=None if lasts is None else int(lasts.total_seconds()),
        )
    )
    return response


def _name(request: PortalRequest, short: str) -> str:
    return f"__Host-{short}" if request.portal.settings.secure_cookies else short


def _mac(request: PortalRequest, kind: str, token: str, until: str) -> str:
    key = request.portal.vault.system_key(SystemKey.COOKIE)
    return hmac.digest(key, f"link\x00{kind}\x00{token}\x00{until}".encode(), sha256).hex()
