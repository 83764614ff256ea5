"""A browser without scripts for the pages of this feature."""

import re
from dataclasses import dataclass, field
from html import unescape

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from people import SignedIn

Client = TestClient[Litestar]


@dataclass
class Browser:
    """One person at a time in front of the portal; remembers every byte that came back."""

    client: Client
    seen: list[bytes] = field(default_factory=list)

    def as_(self, somebody: SignedIn) -> "Browser":
        """Somebody else sits down."""
        self.client.cookies.clear()
        self.client.cookies.update(somebody.cookie)
        return self

    def get(self, path: str) -> Response:
        return self._keep(self.client.get(path, follow_redirects=False))

    def post(self, path: str, at: str = "", /, **fields: str | list[str]) -> Response:
        """Send a form that stands on the page `at`, or at the same path."""
        page = self.get(at or path).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        sent = {"csrf_token": found[1], **fields}
        return self._keep(self.client.post(path, data=sent, follow_redirects=False))

    def text(self, path: str) -> str:
        """What a reader reads: no markup, single spaces."""
        return words(self.get(path))

    def _keep(self, answer: Response) -> Response:
        head = repr(sorted(answer.headers.items())).encode()
        self.seen.append(head + answer.content)
        return answer


def words(answer: Response) -> str:
    """The words of a page."""
    bare = re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(bare).replace("\N{NO-BREAK SPACE}", " ").split())
