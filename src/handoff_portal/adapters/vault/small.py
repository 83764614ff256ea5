"""SEAL v1 for many small messages: the same bytes as `seal`, with what they have in common worked out once.

Its source is that of `seal`; HKDF is spelled out here because a key is used for several messages.
"""

from functools import lru_cache
from hashlib import sha512
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from handoff_portal.adapters.randomness import draw
from handoff_portal.adapters.vault.macs import begun
from handoff_portal.adapters.vault.seal import (
    CHUNK_BYTES,
    KDF_LABEL,
    KEY_BYTES,
    SALT_BYTES,
    Context,
    Kind,
    Octets,
    make_header,
    named,
    prefixed,
)
from handoff_portal.core.ids import NOBODY

_CASE_BEGINS: Final = -len(NOBODY.bytes + b"\x00\x10" + NOBODY.bytes + prefixed(b""))
_BLOCK_BYTES: Final = 128


class Expander:
    """HKDF-Expand with SHA-512 (RFC 5869 section 2.3) under one key, for many outputs.

    HMAC is spelled out instead of called: a case takes nineteen.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self._inner, self._outer = begun(key, sha512, _BLOCK_BYTES)

    def one(self, info: bytes) -> bytes:
        """The first 64 bytes of output."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(info + b"\x01")
        outer.update(inner.digest())
        return outer.digest()

    def two(self, info: bytes) -> bytes:
        """The first 128 bytes of output."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(info + b"\x01")
        outer.update(inner.digest())
        first = outer.digest()
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(b"".join((first, info, b"\x02")))
        outer.update(inner.digest())
        return first + outer.digest()


@lru_cache(256)
def _beginning(kind: Kind, org_id: UUID, key_version: int) -> tuple[bytes, bytes]:
    """The header, and how the contexts of one organisation begin, up to the case."""
    header = make_header(key_version)
    return header, Context(kind, org_id).encode(header)[:_CASE_BEGINS]


class SmallSealer:
    """Seals many small messages of one key: what their contexts have in common is joined once.

    Its messages are those of `seal` with `Context(kind, org_id, case_id, object_id, name)`.
    """

    __slots__ = ("_expand", "_head", "_header")

    def __init__(self, key: bytes, kind: Kind, org_id: UUID, key_version: int) -> None:
        self._expand = Expander(key).two
        self._header, self._head = _beginning(kind, org_id, key_version)

    def seal(self, case_id: UUID, object_id: UUID, name: str, plaintext: Octets) -> bytes:
        """Seal one message; a long one is left to `seal`.

        Raises:
            ValueError: It has 16 KiB or more.
        """
        if len(plaintext) >= CHUNK_BYTES:
            raise ValueError("this is for small messages")
        salt = draw(SALT_BYTES)
        okm = self._expand(
            b"".join((KDF_LABEL, salt, self._head, case_id.bytes, b"\x00\x10", object_id.bytes, named(name)))
        )
        sealed = AESGCM(okm[:32]).encrypt(okm[32:44], plaintext, None)
        return b"".join((self._header, salt, okm[44:76], sealed))
