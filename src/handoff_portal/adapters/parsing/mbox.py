"""A mailbox file (RFC 4155, mboxrd) cut into mails, one at a time, holding no more than one of them. Pure."""

import re
from collections.abc import Iterable, Iterator

_MOST_LINE = 1 << 16
_QUOTED = re.compile(rb">+From ")


def split_mbox(chunks: Iterable[bytes], most: int = 40 << 20) -> Iterator[bytes]:
    """Yield the mails in order. One longer than `most` bytes is cut just above, so that readers refuse it."""
    mail: list[bytes] = []
    size, blank, begun = 0, True, False
    for line in _lines(chunks):
        if blank and line.startswith(b"From "):
            if begun:
                yield b"".join(mail)
            mail, size, begun = [], 0, True
        elif begun or line.strip():
            begun = True
            kept = (line[1:] if _QUOTED.match(line) else line)[: most + 1 - size]
            size += len(kept)
            mail.append(kept)
        blank = not line.strip()
    if begun:
        yield b"".join(mail)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > _MOST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest
