"""Every route of the application, read from the application itself, and how to send a request to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.web.portal import Portal
from security.papers import PDF
from security.world import Persona

Browser = TestClient[Litestar]

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
FORMS: dict[str, dict[str, str]] = {
    "/offers/{offer_id:uuid}/ask": {"text": "How many reminders were sent?"},
    "/offers/{offer_id:uuid}/answer": {"text": "Three of them."},
    "/offers/{offer_id:uuid}/decline": {"reason": "too_old"},
    "/cases/{case_id:uuid}/return": {"reason": "capacity"},
    "/cases/{case_id:uuid}/recall": {"reason": "other"},
    "/cases/{case_id:uuid}/reveal": {"reason": "contact_now"},
    "/identity-checks/{recovery_id:uuid}/check": {"method": "in_person", "reference": "HR-2041"},
}
"""Fields of forms that would be sent back for being empty before anybody asked whose thing it is."""

_RAW = {"X-File-Name": "contract.pdf", "Content-Type": "application/octet-stream"}
_MULTIPART = {"Content-Type": "multipart/form-data; boundary=edge"}
_NO_FILES = b'--edge\r\nContent-Disposition: form-data; name="nothing"\r\n\r\n\r\n--edge--\r\n'
_UPLOAD = "/cases/{case_id:uuid}/documents"

_WORDS = {
    "token": "A" * 43,
    "file_path": "app.css",
    "step": "customer",
    "name": "x",
    "level": "0",
    "place": "000.p/1",
    "ordinal": "1",
}


@dataclass(frozen=True, order=True)
class Route:
    """One path with one method.

    Attributes:
        needs: What it declares.
        body: How its body is read, empty for a page.
    """

    path: str
    method: str
    needs: str
    body: str

    @property
    def parameters(self) -> dict[str, str]:
        """Names and types of the parts of the path."""
        return dict(_PARAMETER.findall(self.path))

    @property
    def ids(self) -> set[str]:
        """The parts that name a thing."""
        return {name for name, kind in self.parameters.items() if kind == "uuid"}

    @property
    def unsafe(self) -> bool:
        """Whether it may change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def url(self, things: Mapping[str, str]) -> str:
        """The path of these things."""
        return _PARAMETER.sub(lambda found: (_WORDS | dict(things))[found[1]], self.path)


def routes_of(app: Litestar) -> list[Route]:
    """All routes, in order; OPTIONS answers carry nothing and are refused at the door."""
    return sorted(
        Route(route.path, method, str(handler.opt.get("needs", "")), str(handler.opt.get("body", "")))
        for route in app.routes
        for handler in _handlers(route)
        for method in handler.http_methods
        if method not in {"OPTIONS", "HEAD"}
    )


def _handlers(route: Any) -> Iterator[Any]:  # noqa: ANN401 - HTTP, ASGI and websocket routes alike
    yield from getattr(route, "route_handlers", None) or [route.route_handler]


def send(
    client: Browser,
    portal: Portal,
    persona: Persona,
    route: Route,
    things: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> "Answer":
    """One request as this persona's browser sends it; an unsafe one carries its token and little else."""
    client.cookies.clear()
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in persona.cookie.items())}
    body = b""
    if route.unsafe:
        sent |= {"X-CSRF-Token": persona.token(portal), "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(FORMS.get(route.path, {})).encode()
    if route.unsafe and route.path == _UPLOAD:
        sent, body = sent | _RAW, PDF
    elif route.body == "stream":
        sent, body = sent | _MULTIPART, _NO_FILES
    answer = client.request(
        route.method,
        route.url(things),
        content=body,
        headers={**sent, **(headers or {})},
        follow_redirects=False,
    )
    cookies = tuple(answer.headers.get_list("set-cookie"))
    return Answer(answer.status_code, answer.text, dict(answer.headers.multi_items()), cookies)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
