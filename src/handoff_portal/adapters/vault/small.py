"""SEAL v1 for many small messages: the same bytes as `seal`, with what they have in common worked out once.

Its source is that of `seal`; HKDF is spelled out here because a key is used for several messages.
"""

from functools import lru_cache
from hashlib import sha512
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from handoff_portal.adapters.vault.macs import Mac
from handoff_portal.adapters.vault.seal import (
    CHUNK_BYTES,
    KDF_LABEL,
    KEY_BYTES,
    Context,
    Kind,
    Octets,
    fresh_salt,
    make_header,
    named,
    prefixed,
)
from handoff_portal.core.ids import NOBODY

_CASE_BEGINS: Final = -len(NOBODY.bytes + b"\x00\x10" + NOBODY.bytes + prefixed(b""))


class Expander:
    """HKDF-Expand with SHA-512 (RFC 5869 section 2.3) under one key, for many outputs."""

    __slots__ = ("_mac",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self._mac = Mac(key, sha512).of

    def one(self, info: bytes) -> bytes:
        """The first 64 bytes of output."""
        return self._mac(info + b"\x01")

    def two(self, info: bytes) -> bytes:
        """The first 128 bytes of output."""
        first = self._mac(info + b"\x01")
        return first + self._mac(b"".join((first, info, b"\x02")))


@lru_cache(256)
def _head(kind: Kind, org_id: UUID, header: bytes) -> bytes:
    """How the contexts of one organisation begin, up to the case."""
    return Context(kind, org_id).encode(header)[:_CASE_BEGINS]


class SmallSealer:
    """Seals many small messages of one key and one case: what their contexts have in common is joined once.

    Its messages are those of `seal` with `Context(kind, org_id, case_id, object_id, name)`.
    """

    __slots__ = ("_expand", "_head", "_header")

    def __init__(self, key: bytes, kind: Kind, org_id: UUID, case_id: UUID, key_version: int) -> None:
        self._expand, self._header = Expander(key).two, make_header(key_version)
        self._head = _head(kind, org_id, self._header) + case_id.bytes

    def seal(self, object_id: UUID, name: str, plaintext: Octets) -> bytes:
        """Seal one message; a long one is left to `seal`.

        Raises:
            ValueError: It has 16 KiB or more.
        """
        if len(plaintext) >= CHUNK_BYTES:
            raise ValueError("this is for small messages")
        salt = fresh_salt()
        parts = (KDF_LABEL, salt, self._head, b"\x00\x10", object_id.bytes, named(name))
        okm = self._expand(b"".join(parts))
        sealed = AESGCM(okm[:32]).encrypt(okm[32:44], plaintext, None)
        return b"".join((self._header, salt, okm[44:76], sealed))


def seal_small(key: Expander, context: Context, plaintext: Octets, key_version: int) -> bytes:
    """What `seal` makes of a message of less than 16 KiB, for many contexts under one key."""
    header, salt = make_header(key_version), fresh_salt()
    okm = key.two(b"".join((KDF_LABEL, salt, context.encode(header))))
    return b"".join((header, salt, okm[44:76], AESGCM(okm[:32]).encrypt(okm[32:44], plaintext, None)))
