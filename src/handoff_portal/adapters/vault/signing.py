"""Who signs for the portal: a key of this process, or one elsewhere, such as in `kms_signing`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key that can be used and not read (RFC 8032).

    Attributes:
        public: 32 bytes.
        sign: Gives the 64-byte signature of a message. Raises Unavailable if a key service does not answer.
        retired: Earlier public keys, still trusted for what they signed.
    """

    public: bytes
    sign: Callable[[bytes], bytes]
    retired: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, key: Ed25519PrivateKey) -> Self:
        """A key that this process holds."""
        return cls(key.public_key().public_bytes_raw(), key.sign)


class SigningKeys(Protocol):
    """Keys that a key service holds."""

    def signer(self, local: Signer) -> Signer:
        """The signer of their first; `local` is the portal's own. Raises Unavailable without an answer."""
        ...
