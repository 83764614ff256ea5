"""Sends forms to a served portal the way a browser does."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlencode

from documents.sending import headers_of
from handoff_portal.web.portal import Portal
from people import SignedIn


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when the server died first."""

    status: int
    location: str = ""
    text: str = ""


DIED = Answer(0)


def post(portal: Portal, port: int, person: SignedIn, path: str, **fields: str | list[str]) -> Answer:
    """Send one form."""
    headers = headers_of(portal, person, "") | {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "text/html",
    }
    return _ask(port, "POST", path, headers, urlencode(fields, doseq=True))


def get(portal: Portal, port: int, person: SignedIn, path: str) -> Answer:
    """Open one page."""
    return _ask(port, "GET", path, headers_of(portal, person, "") | {"Accept": "text/html"}, None)


def post_file(portal: Portal, port: int, person: SignedIn, path: str) -> Answer:
    """Send a small file with the form of a browser without scripts (RFC 7578)."""
    headers = headers_of(portal, person, "") | {
        "Content-Type": "multipart/form-data; boundary=edge",
        "Accept": "text/html",
    }
    fields = [
        ('name="csrf_token"', headers["X-CSRF-Token"]),
        ('name="kind"', "contract"),
        ('name="file"; filename="contract.txt"', "What was agreed."),
    ]
    parts = [f"--edge\r\nContent-Disposition: form-data; {name}\r\n\r\n{text}\r\n" for name, text in fields]
    return _ask(port, "POST", path, headers, "".join(parts) + "--edge--\r\n")


def _ask(port: int, method: str, path: str, headers: dict[str, str], body: str | None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException):
        return DIED
    finally:
        connection.close()
    return Answer(answer.status, answer.getheader("Location", ""), text)
