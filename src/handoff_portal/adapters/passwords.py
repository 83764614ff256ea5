"""Passwords: Argon2id (RFC 9106) over a peppered value, never more at once than there are cores.

The pepper is a system key outside the database: HMAC-SHA-256(pepper, password) is what Argon2id sees, so
a stolen table alone allows no guessing.
"""

import base64
import hmac
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from hashlib import sha1, sha256
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from handoff_portal.adapters.leaked import LeakedPasswords
from handoff_portal.core.refusals import TooMany

PEPPER_KID = 1
"""Which pepper made a hash; stored beside it."""

MOST_WAITING = 8
"""A crowd that signs in leaves half of the twenty threads to everybody else."""

_RETRY_AFTER = 5
_PREFIX_BYTES = 5
_LIST = Path(__file__).with_name("common_passwords.sha1")


class Cost(Enum):
    """Memory in KiB and passes of one hash (one lane, 32 bytes, 16 bytes of salt)."""

    PRODUCTION = (65_536, 3)
    LAPTOP = (19_456, 2)


class Crowded(TooMany):
    """More people sign in at this moment than the processor can check."""

    status = 503
    title = "Many people are signing in"


class Passwords:
    """Hashes and verifies. One for the whole process, because it counts what runs.

    Args:
        cost: How dear one hash is.
        at_once: Hashes that run side by side; default: one a core.
        waiting: How many more may wait for their turn.
        leaked: Where passwords are looked up before they are taken.
    """

    def __init__(
        self,
        cost: Cost = Cost.PRODUCTION,
        at_once: int | None = None,
        waiting: int = MOST_WAITING,
        leaked: LeakedPasswords | None = None,
    ) -> None:
        self.leaked = leaked or LeakedPasswords()
        memory, passes = cost.value
        self._hasher = PasswordHasher(passes, memory, 1, hash_len=32, salt_len=16, type=Type.ID)
        at_once = at_once or os.cpu_count() or 1
        self._running = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._nobody = self._hasher.hash(base64.b64encode(os.urandom(32)))

    def hash(self, password: str, pepper: bytes) -> str:
        """The hash to store (PHC string). Raises Crowded."""
        with self._turn():
            return self._hasher.hash(_peppered(password, pepper))

    def verify(self, stored: str | None, password: str, pepper: bytes) -> bool:
        """Whether the password made this hash; without one, the same work is done for nothing.

        Raises:
            Crowded: Too many are waiting.
        """
        with self._turn():
            try:
                self._hasher.verify(stored or self._nobody, _peppered(password, pepper))
            except (Argon2Error, InvalidHashError):
                return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost and should be made anew while the password is at hand."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Crowded(
                "Many people are signing in at this moment. Please try again in a few seconds.", _RETRY_AFTER
            )
        try:
            with self._running:
                yield
        finally:
            self._places.release()


def is_common(password: str) -> bool:
    """Whether a password is on the bundled list of common ones, whatever its case."""
    wanted = sha1(password.casefold().encode(), usedforsecurity=False).digest()[:_PREFIX_BYTES]
    known = _common()
    place = bisect_left(known, wanted)
    return place < len(known) and known[place] == wanted


@lru_cache(maxsize=1)
def _common() -> tuple[bytes, ...]:
    octets = _LIST.read_bytes()
    return tuple(octets[at : at + _PREFIX_BYTES] for at in range(0, len(octets), _PREFIX_BYTES))


def _peppered(password: str, pepper: bytes) -> bytes:
    return base64.b64encode(hmac.digest(pepper, password.encode("utf-8", "surrogatepass"), sha256))
