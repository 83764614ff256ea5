"""Answers: pages from templates, fragments for htmx, redirects after a change."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from litestar import MediaType, Response
from litestar.datastructures import Cookie

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.settings import ROOT
from handoff_portal.web import formats
from handoff_portal.web.navigation import navigation
from handoff_portal.web.portal import PortalRequest

FLASH = "hp_flash"


@lru_cache(maxsize=1)
def templates(folder: Path = ROOT / "templates") -> Environment:
    """The template environment: everything escaped, missing names are errors."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=1000,
    )
    environment.filters.update(formats.FILTERS)
    return environment


def page(request: PortalRequest, template: str, /, status: int = 200, **context: Any) -> Response[bytes]:  # noqa: ANN401
    """A whole page or fragment, rendered here in the handler's thread."""
    flash = _read_flash(request)
    html = templates().get_template(template).render(**frame(request), flash=flash, **context)
    response = Response(html.encode(), status_code=status, media_type=MediaType.HTML)
    if flash:
        response.delete_cookie(FLASH)
    return response


def frame(request: PortalRequest) -> dict[str, Any]:
    """What every template may use: me, nav, csrf_token, now, form, zone."""
    actor = request.visitor.actor
    return {
        "me": actor,
        "nav": navigation(actor, request.url.path) if actor else [],
        "csrf_token": csrf_token(request),
        "now": request.now,
        "zone": actor.time_zone if actor else "UTC",
        "form": request.sent,
        "may": actor.may if actor else (lambda _right: False),
    }


def redirect(request: PortalRequest, path: str, say: str = "", level: str = "success") -> Response[Any]:
    """After a change: see the result (303). htmx is told to load the page.

    Args:
        request: The request that made the change.
        path: A path of this portal.
        say: One sentence of what is done, shown once on the next page.
        level: success, info, warning or error.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("only paths of the portal itself")
    headers = {"HX-Redirect": path} if request.headers.get("HX-Request") else {"Location": path}
    response: Response[Any] = Response(
        None, status_code=204 if "HX-Redirect" in headers else 303, headers=headers, media_type=MediaType.TEXT
    )
    if say:
        _write_flash(request, response, level, say)
    return response


def csrf_token(request: PortalRequest) -> str:
    """The token that forms carry: bound to the session or, before sign-in, to the browser's cookie."""
    return token_for(request.portal.vault.system_key(SystemKey.COOKIE), request.visitor.browser)


def token_for(key: bytes, browser: bytes) -> str:
    """HMAC-SHA-256 over what the token is bound to, base64url."""
    return _b64(hmac.digest(key, b"csrf\x00" + browser, hashlib.sha256))


def _write_flash(request: PortalRequest, response: Response[Any], level: str, say: str) -> None:
    body = _b64(json.dumps([level, say]).encode())
    response.set_cookie(
        Cookie(
            FLASH,
            value=f"{body}.{_flash_mac(request, body)}",
            httponly=True,
            secure=request.portal.settings.secure_cookies,
            samesite="lax",
            max_age=60,
        )
    )


def _read_flash(request: PortalRequest) -> list[tuple[str, str]]:
    body, _, mac = request.cookies.get(FLASH, "").partition(".")
    if not body or not hmac.compare_digest(mac.encode(), _flash_mac(request, body).encode()):
        return []
    level, say = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return [(level, say)]


def _flash_mac(request: PortalRequest, body: str) -> str:
    key = request.portal.vault.system_key(SystemKey.COOKIE)
    return _b64(hmac.digest(key, b"flash\x00" + request.visitor.browser + body.encode(), hashlib.sha256))


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
