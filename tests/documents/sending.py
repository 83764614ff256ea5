"""Sends files to a served portal the way the page's script does."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal
from people import SignedIn

PIECE = bytes(range(256)) * 1024


def headers_of(portal: Portal, person: SignedIn, name: str) -> dict[str, str]:
    """What upload.js sends along."""
    token = token_for(portal.vault.system_key(SystemKey.COOKIE), person.actor.session_hash)
    return {
        "Cookie": "; ".join(f"{key}={value}" for key, value in person.cookie.items()),
        "Sec-Fetch-Site": "same-origin",
        "X-CSRF-Token": token,
        "X-File-Name": quote(name),
        "Content-Type": "application/octet-stream",
        "Accept": "application/json",
    }


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]


def send(port: int, case: UUID, headers: dict[str, str], pieces: Iterator[bytes], size: int) -> Answer:
    """Send one file and wait for the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(
        "POST",
        f"/cases/{case}/documents?kind=contract",
        body=pieces,
        headers=headers | {"Content-Length": str(size)},
    )
    answer = connection.getresponse()
    body = json.loads(answer.read() or b"{}")
    connection.close()
    return Answer(answer.status, body)


def a_file(size: int, mark: bytes = b"CANARY-51d0 ") -> Iterator[bytes]:
    """A text of this size that carries the mark again and again."""
    piece = (mark * (262144 // len(mark) + 1))[:262144]
    for start in range(0, size, len(piece)):
        yield piece[: size - start]
