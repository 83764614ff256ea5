"""The front door, default deny: no route without its declared right, no form without its token."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from anyio import to_thread
from litestar import Litestar
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from typing_extensions import override

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Actor, Origin, Visitor
from handoff_portal.core.events import Action, Code, Event, Outcome
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, Refusal
from handoff_portal.settings import Settings
from handoff_portal.web.awake import kept_awake
from handoff_portal.web.forms import Form
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal, PortalRequest
from handoff_portal.web.routes import Body, Needs, Open

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN_BYTES = 32
_LONGEST_NAME = 255


@dataclass(frozen=True, kw_only=True)
class AccessDenied(Event):
    """A signed-in person asked for a page that their role does not include."""

    action: ClassVar[Action] = Action.ACCESS_DENIED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    right: Code


class SignInFirst(Refusal):
    """No session; the answer is the sign-in page."""

    status = 401
    title = "Please sign in"


def session_cookie(settings: Settings) -> str:
    """The session cookie's name: bound to the host wherever https allows it (RFC 6265bis section 4.1.3.2)."""
    return "__Host-s" if settings.secure_cookies else "s"


def browser_cookie(settings: Settings) -> str:
    """The cookie that form tokens are bound to before anybody signed in."""
    return "__Host-b" if settings.secure_cookies else "b"


class FrontDoor(ASGIMiddleware):
    """Finds out who asks, checks the right and the form's token, and only then lets the request through."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let one request through or refuse it (refusals become pages in `web.refusals`)."""
        if scope["type"] != ScopeType.HTTP:
            raise Forbidden("The portal speaks HTTP only.")
        _require_usable(scope["path"])
        app: Litestar = scope["litestar_app"]
        portal: Portal = app.state.portal
        request = PortalRequest(scope, receive, send)
        state = scope["state"]
        state["form"] = Form()
        state["visitor"] = Visitor(Origin())
        origin = Origin(_client(scope), secrets.token_hex(5))
        state["visitor"] = Visitor(origin)
        needs: Needs | None = scope["route_handler"].opt.get("needs")
        fresh = await self._recognise(request, portal, origin)
        _require(needs, request.visitor)
        if scope["method"] not in SAFE_METHODS:
            await _read_body(request, portal)
        elif fresh:
            send = _with_browser_cookie(send, portal.settings, fresh)
        await self._pass(portal, request, needs, next_app, receive, send)

    async def _recognise(self, request: PortalRequest, portal: Portal, origin: Origin) -> bytes:
        """Set the visitor; gives the random part of a browser cookie that is still to be set, or nothing."""
        token = _session_token(request)
        visitor = Visitor(origin)
        if token:
            visitor = await to_thread.run_sync(portal.resolve, portal.database, token, origin)
        fresh = b""
        if not visitor.browser:
            browser = _decode(request.cookies.get(browser_cookie(portal.settings), ""))
            fresh = b"" if browser else secrets.token_bytes(_TOKEN_BYTES)
            visitor = Visitor(origin, browser=browser or fresh)
        request.scope["state"]["visitor"] = visitor
        return fresh

    async def _pass(
        self,
        portal: Portal,
        request: PortalRequest,
        needs: Needs | None,
        next_app: ASGIApp,
        receive: Receive,
        send: Send,
    ) -> None:
        actor = request.visitor.actor
        if isinstance(needs, Permission) and actor and not actor.may(needs):
            await to_thread.run_sync(_note_denial, portal, actor, needs)
            actor.require(needs)
        if actor is None or not _streams(request):
            await next_app(request.scope, receive, send)
            return
        look = partial(portal.resolve, portal.database, _session_token(request), request.origin)
        async with kept_awake(look):
            await next_app(request.scope, receive, send)


def _require(needs: Needs | None, visitor: Visitor) -> None:
    """The first wall: signed in where the route is not declared open."""
    if needs is Open.EVERYBODY:
        return
    if needs is Open.PASSWORD_GIVEN and (visitor.pending or visitor.actor):
        return
    if isinstance(needs, Permission) and visitor.actor:
        return
    raise SignInFirst("Sign in to go on.")


def _require_usable(path: str) -> None:
    """A path that no file system could hold names nothing here."""
    if "\x00" in path or any(len(part.encode()) > _LONGEST_NAME for part in path.split("/")):
        raise NotFound


def _streams(request: PortalRequest) -> bool:
    return request.scope["route_handler"].opt.get("body") is Body.STREAM


def _session_token(request: PortalRequest) -> bytes:
    return _decode(request.cookies.get(session_cookie(request.portal.settings), ""))


def _note_denial(portal: Portal, actor: Actor, needs: Permission) -> None:
    with portal.database.work(actor) as work:
        work.record(AccessDenied(right=Code(needs.value)))


async def _read_body(request: PortalRequest, portal: Portal) -> None:
    """The form's fields and its token; streamed bodies are left to their handler."""
    _require_same_site(request, portal.settings)
    expected = token_for(portal.vault.system_key(SystemKey.COOKIE), request.visitor.browser)
    given = request.headers.get("X-CSRF-Token", "")
    if _streams(request):
        request.scope["state"]["token_seen"] = _same(given, expected)
        return
    kind = (
        request.headers.get("Content-Type", "application/x-www-form-urlencoded")
        .partition(";")[0]
        .strip()
        .lower()
    )
    if kind != "application/x-www-form-urlencoded":
        raise Invalid(
            {"": "This form was sent in a way the portal cannot read. Please go back and send it again."}
        )
    form = Form.decode(await _body(request, portal.settings.limits.form_bytes))
    if not _same(given or form.value("csrf_token"), expected):
        raise Forbidden("The form is too old or came from elsewhere. Load the page again and resend it.")
    request.scope["state"]["form"] = form


def _same(given: str, expected: str) -> bool:
    """Whether two tokens are one, without telling by time where they part; the given one may be anything."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


async def _body(request: PortalRequest, most: int) -> bytes:
    collected = bytearray()
    async for piece in request.stream():
        collected += piece
        if len(collected) > most:
            raise Invalid({"": f"This form is larger than {most // 1024} KiB. Please shorten the texts."})
    return bytes(collected)


def _require_same_site(request: PortalRequest, settings: Settings) -> None:
    """Refuse what another site sent (Fetch Metadata, then Origin; RFC 6454)."""
    site = request.headers.get("Sec-Fetch-Site")
    came_from = request.headers.get("Origin")
    if site == "same-origin" or (site is None and came_from in {None, settings.origin}):
        return
    if site == "none" and came_from is None:
        return
    raise Forbidden("This form came from another site. Open the portal itself and send it from there.")


def _with_browser_cookie(send: Send, settings: Settings, value: bytes) -> Send:
    cookie = Cookie(
        browser_cookie(settings),
        value=encode_token(value),
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
    ).to_header(header="")

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableScopeHeaders.from_message(message).add("Set-Cookie", cookie)
        await send(message)

    return sending


def encode_token(token: bytes) -> str:
    """A token as a cookie or link carries it: base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    if len(text) != len(encode_token(bytes(_TOKEN_BYTES))):
        return b""
    try:
        return base64.urlsafe_b64decode(quote(text, safe="-_") + "=")
    except (binascii.Error, ValueError):
        return b""


def hash_token(token: bytes) -> bytes:
    """What is stored of a token: SHA-256 (the token has 256 random bits, so no slow hash is needed)."""
    return hashlib.sha256(token).digest()


def _client(scope: HTTPScope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
