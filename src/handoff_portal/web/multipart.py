"""Multipart forms (RFC 7578), read part by part as they arrive: bounded, never touching the disk.

For people without scripts; with scripts, files travel as raw bodies. The form's token must be its first
field, unless a header carried it, so that no byte of a file is looked at before the token is.
"""

import hmac
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from handoff_portal.core.refusals import Forbidden, Invalid
from handoff_portal.web.forms import Form
from handoff_portal.web.page import csrf_token
from handoff_portal.web.portal import PortalRequest

MOST_PARTS = 500
_TOKEN = "csrf_token"  # noqa: S105 - the name of a field
_BROKEN = "This form did not arrive as a whole. Please send it again."
_WRONG_KIND = "This form was sent in a way the portal cannot read. Please go back and send it again."


@dataclass(slots=True)
class Part:
    """One field or file of the form, while it arrives.

    Attributes:
        name: Name of the field.
        file_name: As the browser gave it, without folders; None for a plain field.
        size: Bytes read so far.
    """

    name: str
    file_name: str | None
    _events: AsyncGenerator[Any, None] = field(repr=False)
    size: int = 0
    _ended: bool = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The content piece by piece; each piece once, before the next part is asked for."""
        while piece := await self._next():
            yield piece

    async def read(self, most: int) -> bytes:
        """The whole content.

        Raises:
            Invalid: At the field of this name, when it is larger than `most` bytes.
        """
        collected = bytearray()
        while piece := await self._next():
            if len(collected) + len(piece) > most:
                raise Invalid({self.name: f"This is larger than {_words(most)}. Send something smaller."})
            collected += piece
        return bytes(collected)

    async def skip(self) -> None:
        """Pass over what has not been read."""
        while await self._next():
            pass

    async def _next(self) -> bytes:
        """The next piece, never empty; empty at the end."""
        event = None if self._ended else await anext(self._events)
        if event is None:
            self._ended = True
            return b""
        self.size += len(event)
        return bytes(event)


async def fields_and_files(request: PortalRequest, most: int) -> AsyncIterator[Part]:
    """The parts of a form as they arrive; unread content is passed over.

    Args:
        request: A request of a route with a streamed body.
        most: Largest whole body in bytes.

    Raises:
        Forbidden: The form's token is wrong or not where it must be.
        Invalid: It is no multipart form, broken, or too large.
    """
    seen = bool(request.scope["state"]["token_seen"])
    events = _events(request, most)
    try:
        async for segment in events:
            part = Part(segment.name or "", _base_name(segment.filename), events)
            if part.name == _TOKEN and part.file_name is None:
                seen = await _is_token(request, part) or seen
                continue
            if not seen:
                raise Forbidden(
                    "The form is too old or came from elsewhere. Load the page again and resend it."
                )
            yield part
            await part.skip()
    finally:
        await events.aclose()


@dataclass(frozen=True, slots=True)
class SentFile:
    """A small file in memory, as it was sent."""

    name: str
    content: bytes


async def small_form(request: PortalRequest, files: Mapping[str, int]) -> dict[str, SentFile]:
    """Read a form with small files into memory; its fields become `request.sent`.

    Args:
        request: A request of a route with a streamed body.
        files: Names of file fields, each with its largest size in bytes.

    Returns:
        The files that were chosen, by field.

    Raises:
        Forbidden: The form's token is wrong.
        Invalid: Broken or too large; what was typed is kept.
    """
    limit = request.portal.settings.limits.form_bytes
    typed: dict[str, list[str]] = {}
    found: dict[str, SentFile] = {}
    large: dict[str, str] = {}
    left = limit
    try:
        async for part in fields_and_files(request, 2 * (sum(files.values()) + limit)):
            if part.file_name is None:
                text = await part.read(left)
                left -= len(text)
                words = text.decode("utf-8", "replace").replace("\r\n", "\n")
                typed.setdefault(part.name, []).append(words)
            elif part.file_name and part.name in files:
                try:
                    found[part.name] = SentFile(part.file_name, await part.read(files[part.name]))
                except Invalid as refusal:
                    large.update(refusal.errors)
    finally:
        request.scope["state"]["form"] = Form(typed)
    if large:
        raise Invalid(large)
    return found


async def _events(request: PortalRequest, most: int) -> AsyncGenerator[Any, None]:
    """The parser's events: a segment, its bytes in pieces, None at its end; then the next one."""
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise Invalid({"": _WRONG_KIND})
    parser = PushMultipartParser(options["boundary"], max_segment_count=MOST_PARTS)
    try:
        with parser:
            async for piece in _bounded(request, most):
                for event in parser.parse(piece):
                    yield event
    except ParserLimitReached as error:
        raise Invalid({"": "This form has more parts than the portal takes at once."}) from error
    except MultipartError as error:
        raise Invalid({"": _BROKEN}) from error


async def _bounded(request: PortalRequest, most: int) -> AsyncIterator[bytes]:
    """The body's pieces, none empty, up to a size."""
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > most:
            raise Invalid({"": f"This form is larger than {_words(most)}. Send the files one by one."})
        if piece:
            yield piece


async def _is_token(request: PortalRequest, part: Part) -> bool:
    given = await part.read(200)
    return hmac.compare_digest(given, csrf_token(request).encode())


def _base_name(given: str | None) -> str | None:
    return None if given is None else given.replace("\\", "/").rpartition("/")[2].replace("\x00", "")


def _words(octets: int) -> str:
    return f"{octets // 1024**2} MB" if octets >= 1024**2 else f"{octets // 1024} kB"
