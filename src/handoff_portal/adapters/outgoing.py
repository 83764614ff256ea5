"""Asking another server over HTTP: https only (plain http on this machine), no redirects, bounded answers."""

import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage, HTTPResponse
from types import MappingProxyType
from typing import IO, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from typing_extensions import override

MOST_BYTES: Final = 1024**2
PATIENCE: Final = 10.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class OutgoingError(OSError):
    """The other server did not give what was asked for; the message is one clause that says why."""


class _NoRedirect(HTTPRedirectHandler):
    @override
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Let the redirect be the answer, which is an error."""


def require_safe(url: str) -> None:
    """Refuse an address whose answer could be read or changed on the way.

    Raises:
        ValueError: Neither https nor this machine.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        raise ValueError("must start with https:// (http:// only for this very machine)")


def fetch(
    url: str,
    data: bytes | None = None,
    media_type: str = "",
    most: int = MOST_BYTES,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    patience: float = PATIENCE,
) -> bytes:
    """The body of a successful answer to GET, or to POST when there is `data`.

    Args:
        url: See `require_safe`.
        data: Body to send.
        media_type: What the body is.
        most: Bytes; a longer answer is refused.
        headers: Further header fields.
        patience: Seconds for each wait, and about as many for the whole body.

    Raises:
        OutgoingError: No answer in that time, another status than 2xx, or too long.
        ValueError: The address is not safe.
    """
    require_safe(url)
    host = urlsplit(url).netloc
    sent = {**headers, "Content-Type": media_type} if media_type else dict(headers)
    request = Request(url, data, sent)  # noqa: S310 - see require_safe
    try:
        with _opener(url).open(request, timeout=patience) as answer:
            octets = _body(answer, most, patience)
    except HTTPError as error:
        with error:
            said = error.read(300).decode("utf-8", "replace").strip()
        raise OutgoingError(f"{host} answered {error.code} {'' if '<' in said else said}".strip()) from error
    except (OSError, HTTPException) as error:
        raise OutgoingError(f"{host} does not answer ({getattr(error, 'reason', error)})") from error
    if len(octets) > most:
        raise OutgoingError(f"{host} sent more than {most} bytes")
    return octets


def _body(answer: HTTPResponse, most: int, patience: float) -> bytes:
    """One byte more than allowed at most; a server that drips is given up."""
    ends, octets = time.monotonic() + patience, bytearray()
    while len(octets) <= most and (piece := answer.read1(most + 1 - len(octets))):
        octets += piece
        if time.monotonic() > ends:
            raise TimeoutError("it is too slow")
    return bytes(octets)


def _opener(url: str) -> OpenerDirector:
    """A proxy of the environment serves the outside; this machine is asked directly."""
    near = urlsplit(url).hostname in _LOOPBACK
    return build_opener(_NoRedirect(), ProxyHandler({}) if near else ProxyHandler())
