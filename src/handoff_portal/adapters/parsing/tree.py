"""A mail's tree of parts, with the limits that keep a hostile one small (RFC 2046). Pure."""

import itertools
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32, Policy

from typing_extensions import override

from handoff_portal.adapters.parsing.wire import CannotRead

MOST_PARTS = 200
MOST_DEPTH = 20
MOST_HEADER = 1 << 16
MOST_CONTENT_TYPE = 1 << 13
_CHUNK = 1 << 16


class Part(Message):
    """One part; counts its header bytes while it is read."""

    header_bytes = 0

    @override
    def set_raw(self, name: str, value: str) -> None:
        """Keep one header as it came; raise CannotRead over 64 KiB in all or 8 KiB of content type."""
        self.header_bytes += len(name) + len(value)
        if self.header_bytes > MOST_HEADER:
            raise CannotRead("The header of this mail is longer than 64 KiB, so it was left closed.")
        if name.lower().startswith("content-") and len(value) > MOST_CONTENT_TYPE:
            raise CannotRead("This mail describes one of its parts at a length that no real mail has.")
        super().set_raw(name, value)

    def raw(self, name: str) -> str | None:
        """Return the first header of that name as it came, folds and stray bytes (surrogates) included."""
        return next(iter(self.raws(name)), None)

    def raws(self, name: str) -> list[str]:
        """Return all headers of that name as they came."""
        wanted = name.lower()
        return [str(value) for key, value in self.raw_items() if key.lower() == wanted]

    def children(self) -> list["Part"]:
        """Return the parts inside, in order."""
        inside = self.get_payload() if self.is_multipart() else []
        return [part for part in inside if isinstance(part, Part)] if isinstance(inside, list) else []


def read_tree(content: bytes) -> Part:
    """Return the root; raise CannotRead over 200 parts or too long headers."""
    made = itertools.count()

    def make(policy: Policy | None = None) -> Part:
        if next(made) > MOST_PARTS:
            raise CannotRead(f"This mail has more than {MOST_PARTS} parts, so it was left closed.")
        return Part(policy or Compat32())

    parser = BytesFeedParser(make, policy=Compat32())
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    for at in range(0, len(start), _CHUNK):
        parser.feed(start[at : at + _CHUNK])
    root = parser.close()
    return root if isinstance(root, Part) else Part()


def check_depth(depth: int) -> None:
    """Raise CannotRead below the twentieth level."""
    if depth > MOST_DEPTH:
        raise CannotRead(f"This mail is nested more than {MOST_DEPTH} levels deep, so it was left closed.")
