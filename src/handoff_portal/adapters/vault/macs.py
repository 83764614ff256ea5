"""HMAC (RFC 2104) for many short messages under one key."""

import hashlib
from collections.abc import Callable
from typing import Final

_INNER: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER: Final = bytes(octet ^ 0x5C for octet in range(256))


def begun(
    key: bytes, digest: "Callable[[bytes], hashlib._Hash]", block: int
) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Inner and outer hash of HMAC under a key of at most one block, to be copied for each message."""
    inner, outer = key.translate(_INNER).ljust(block, b"\x36"), key.translate(_OUTER).ljust(block, b"\x5c")
    return digest(inner), digest(outer)


class Mac:
    """HMAC under one key. It begins with the key in two paddings; they are hashed once and copied.

    A message costs half of what `hmac.digest` takes, which begins anew each time.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, digest: "Callable[[bytes], hashlib._Hash]" = hashlib.sha256) -> None:
        """Prepare a key of at most one block of the hash function (ValueError)."""
        block = digest(b"").block_size
        if len(key) > block:
            raise ValueError(f"a key has at most {block} bytes")
        self._inner, self._outer = begun(key, digest, block)

    def of(self, message: bytes) -> bytes:
        """The code of a message, as long as the hash."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()
