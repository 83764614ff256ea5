"""Asking other servers: nobody is followed elsewhere, nothing comes without end or goes in the clear."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from typing_extensions import override

from handoff_portal.adapters.outgoing import OutgoingError, fetch


@dataclass
class Elsewhere:
    """A server that leads on, or sends too much."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    state = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            status = int(self.path.removeprefix("/")[:3])
            self.send_response(status)
            self.send_header("Location", f"{state.url}/200/inside")
            self.end_headers()
            self.wfile.write(b"x" * 101)

        do_POST = do_GET  # noqa: N815 - the name is the handler's protocol

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("data", [None, b"asked"])
def test_a_redirect_is_an_error_and_is_not_followed(
    elsewhere: Elsewhere, status: int, data: bytes | None
) -> None:
    with pytest.raises(OutgoingError, match=f"answered {status}"):
        fetch(f"{elsewhere.url}/{status}", data, "text/plain" if data else "")
    assert elsewhere.asked == [f"/{status}"]


def test_an_answer_that_is_too_long_is_refused(elsewhere: Elsewhere) -> None:
    assert len(fetch(f"{elsewhere.url}/200", most=101)) == 101
    with pytest.raises(OutgoingError, match="more than 100 bytes"):
        fetch(f"{elsewhere.url}/200", most=100)


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "https:///x", "127.0.0.1/x"]
)
def test_only_safe_addresses_are_asked(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        fetch(url)
