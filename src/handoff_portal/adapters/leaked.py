"""Passwords that were found in leaks elsewhere, asked by the first five digits of their SHA-1 only.

The protocol is the range search of Have I Been Pwned (k-anonymity): the answer holds every known ending of
that beginning, padded with endings that count zero, so that neither question nor size of the answer says
which password was meant.
"""

import hmac
from enum import Enum
from hashlib import sha1
from typing import Final

from handoff_portal.adapters.outgoing import OutgoingError, fetch

PATIENCE: Final = 2.0
_BEGINNING: Final = 5
_HEADERS: Final = {"Add-Padding": "true", "User-Agent": "handoff-portal"}


class Verdict(Enum):
    """What the list says about a password."""

    CLEAN = "clean"
    LEAKED = "leaked"
    UNKNOWN = "unknown"


class LeakedPasswords:
    """The list of leaked passwords.

    Args:
        url: Where ranges are asked; five hex digits are put behind it. Empty: nothing is asked.
    """

    def __init__(self, url: str = "") -> None:
        self._url = url if not url or url.endswith("/") else f"{url}/"

    def look_up(self, password: str) -> Verdict:
        """What the list says; UNKNOWN if it does not answer within two seconds, CLEAN if none is set."""
        if not self._url:
            return Verdict.CLEAN
        digest = sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()
        try:
            answer = fetch(self._url + digest[:_BEGINNING], headers=_HEADERS, patience=PATIENCE)
        except OutgoingError:
            return Verdict.UNKNOWN
        return Verdict.LEAKED if _holds(answer, digest[_BEGINNING:].encode()) else Verdict.CLEAN


def _holds(answer: bytes, ending: bytes) -> bool:
    """Whether a line `ENDING:COUNT` with a count above zero is there."""
    found = False
    for line in answer.split(b"\n"):
        known, _, times = line.strip().partition(b":")
        found |= hmac.compare_digest(known.upper(), ending) and times.strip(b"0 ") != b""
    return found
