"""Multipart forms through a small application that is only the reader and the front door's verdict."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest

from handoff_portal.core.refusals import Forbidden, Invalid
from handoff_portal.web import multipart
from handoff_portal.web.multipart import fields_and_files, small_form
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal, PortalRequest

LINE = "----line"


class Arriving:
    """What the reader needs of a request: headers, state, and a body in pieces."""

    def __init__(self, portal: Portal, pieces: list[bytes], kind: str, *, token_seen: bool = False) -> None:
        self.portal = portal
        self.headers = {"Content-Type": kind}
        self.scope: dict[str, Any] = {"state": {"token_seen": token_seen}}
        self.pieces = pieces
        self.taken = 0

    @property
    def visitor(self) -> Any:  # noqa: ANN401
        return type("V", (), {"browser": b"browser"})

    async def stream(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            await asyncio.sleep(0)
            yield piece


def token(portal: Portal) -> bytes:
    return token_for(portal.vault.system_key("cookie"), b"browser").encode()


def field(name: str, value: bytes, file_name: str | None = None) -> bytes:
    named = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def arriving(portal: Portal, body: bytes, *, cut: int = 1000, token_seen: bool = False) -> PortalRequest:
    pieces = [body[at : at + cut] for at in range(0, len(body), cut)]
    kind = f"multipart/form-data; boundary={LINE}"
    return cast("PortalRequest", Arriving(portal, pieces, kind, token_seen=token_seen))


END = f"--{LINE}--\r\n".encode()


def run(work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
    async def main() -> Any:  # noqa: ANN401
        return await work()

    return asyncio.run(main())


@pytest.mark.parametrize("cut", [1, 7, 64, 100_000])
def test_parts_arrive_whole_however_the_body_is_cut(portal: Portal, cut: int) -> None:
    content = bytes(range(256)) * 11 + b"\r\n--" + LINE.encode()[:-1] + b"\r\n"
    body = field("csrf_token", token(portal)) + field("words", "Grüße".encode())
    body += field("document", content, "C:\\papers\\licence.pdf") + END
    request = arriving(portal, body, cut=cut)
    files = run(lambda: small_form(request, {"document": 10_000}))
    assert files["document"].name == "licence.pdf"
    assert files["document"].content == content
    assert request.scope["state"]["form"].text("words") == "Grüße"


def test_nothing_is_read_before_the_token(portal: Portal) -> None:
    body = field("document", b"x" * 1_000_000, "a.pdf") + field("csrf_token", token(portal)) + END
    request = arriving(portal, body)
    with pytest.raises(Forbidden, match="came from elsewhere"):
        run(lambda: small_form(request, {"document": 2_000_000}))
    assert cast("Arriving", request).taken <= 2


@pytest.mark.parametrize("wrong", [b"", b"guessed", b"x" * 300])
def test_a_wrong_token_is_refused(portal: Portal, wrong: bytes) -> None:
    request = arriving(portal, field("csrf_token", wrong) + field("words", b"hello") + END)
    with pytest.raises((Forbidden, Invalid)):
        run(lambda: small_form(request, {}))


def test_a_token_in_the_header_is_enough(portal: Portal) -> None:
    request = arriving(portal, field("words", b"hello") + END, token_seen=True)
    run(lambda: small_form(request, {}))
    assert request.scope["state"]["form"].text("words") == "hello"


def test_a_token_in_header_and_form_is_fine_too(portal: Portal) -> None:
    body = field("csrf_token", token(portal)) + field("words", b"hello") + END
    request = arriving(portal, body, token_seen=True)
    run(lambda: small_form(request, {}))
    assert request.scope["state"]["form"].text("words") == "hello"


def test_a_file_that_is_too_large_keeps_what_was_typed(portal: Portal) -> None:
    body = field("csrf_token", token(portal)) + field("document", b"x" * 5000, "a.pdf")
    request = arriving(portal, body + field("words", b"hello") + END)
    with pytest.raises(Invalid) as refused:
        run(lambda: small_form(request, {"document": 4999}))
    assert "larger than 4 kB" in refused.value.errors["document"]
    assert request.scope["state"]["form"].text("words") == "hello"


def test_a_body_without_end_is_cut_off(portal: Portal) -> None:
    body = field("csrf_token", token(portal)) + field("document", b"x" * 9_000_000, "a.pdf")
    request = arriving(portal, body, cut=100_000)
    with pytest.raises(Invalid, match="larger than"):
        run(lambda: small_form(request, {"document": 1000}))
    assert cast("Arriving", request).taken < 30


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        field("words", b"hello"),
        b"--" + LINE.encode() + b"\r\nContent-Disposition: attachment\r\n\r\nx\r\n" + END,
        b"--" + LINE.encode() + b"\r\n" + b"A: b\r\n" * 20 + b"\r\nx\r\n" + END,
        b"--" + LINE.encode() + b"\r\nX: " + b"y" * 10_000 + b"\r\n\r\nx\r\n" + END,
        field("a", b"") * (multipart.MOST_PARTS + 1) + END,
    ],
)
def test_a_broken_form_is_refused_kindly(portal: Portal, body: bytes) -> None:
    request = arriving(portal, body, token_seen=True)
    with pytest.raises(Invalid) as refused:
        run(lambda: small_form(request, {}))
    assert refused.value.errors[""]


def test_another_kind_of_body_is_refused(portal: Portal) -> None:
    request = cast("PortalRequest", Arriving(portal, [b"{}"], "application/json", token_seen=True))
    with pytest.raises(Invalid, match="cannot read"):
        run(lambda: small_form(request, {}))


def test_a_large_file_streams_through_in_pieces(portal: Portal) -> None:
    content = b"0123456789abcdef" * 65_536 * 8
    body = (
        field("csrf_token", token(portal)) + field("document", content, "big.bin") + field("last", b"1") + END
    )
    request = arriving(portal, body, cut=65_536)

    async def read() -> tuple[str, int, int, list[str]]:
        digest, largest, total, names = hashlib.sha256(), 0, 0, []
        async for part in fields_and_files(request, len(body)):
            names.append(part.name)
            if part.file_name:
                async for piece in part.chunks():
                    digest.update(piece)
                    largest = max(largest, len(piece))
                total = part.size
        return digest.hexdigest(), largest, total, names

    digest, largest, total, names = run(read)
    assert digest == hashlib.sha256(content).hexdigest()
    assert total == len(content)
    assert largest <= 2 * 65_536
    assert names == ["document", "last"]


def test_what_nobody_reads_is_passed_over(portal: Portal) -> None:
    body = field("document", b"x" * 50_000, "a.pdf") + field("words", b"hello") + END
    request = arriving(portal, body, token_seen=True)
    assert run(lambda: small_form(request, {})) == {}
    assert request.scope["state"]["form"].text("words") == "hello"
