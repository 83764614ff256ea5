"""Sending uploaded files back: always as attachments that may do nothing in the browser."""

from typing import Any
from urllib.parse import quote

from litestar import Response

from handoff_portal.web.headers import DOWNLOAD_POLICY


def attachment_headers(name: str) -> dict[str, str]:
    """Headers of a download: saved under its name, never shown as a page (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name) or "file"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": DOWNLOAD_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def attachment(name: str, media_type: str, content: bytes) -> Response[Any]:
    """A small file as a download."""
    return Response(content, media_type=media_type, headers=attachment_headers(name))
