"""Headers of every answer: what the browser may do with it, and that nobody keeps it."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import BeforeMessageSendHookHandler, Message, Scope

from handoff_portal.settings import Settings

POLICY = "; ".join(  # noqa: FLY002 - one directive a line
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
"""Content security policy of pages (CSP level 3): no inline script or style, nothing from elsewhere."""

DOWNLOAD_POLICY = "sandbox; default-src 'none'"
"""Content security policy of uploaded files: they may do nothing at all."""

_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


def header_writer(settings: Settings) -> BeforeMessageSendHookHandler:
    """The hook that adds the headers, unless the answer set its own."""
    told = dict(_ALWAYS)
    if settings.secure_cookies:
        told["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    always = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def add(message: Message, scope: Scope) -> None:  # noqa: ARG001 - the hook's signature
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message).headers
            own = {name.lower() for name, _ in headers}
            headers.extend(one for one in always if one[0] not in own)

    return add
