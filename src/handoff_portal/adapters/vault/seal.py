"""SEAL v1: the one sealed format of the house, for fields, messages, wrapped keys and files.

Source: the C2SP document "Chunked encryption" (https://c2sp.org/chunked-encryption, label `@v1`),
instantiated with HKDF-Expand-SHA-512 (RFC 5869) and AES-256-GCM (NIST SP 800-38D), behind a six-byte header
of our own. `docs/crypto/seal.md` describes the wire format. Everything here is pure; `stream` seals and opens
in pieces.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from handoff_portal.adapters.randomness import draw
from handoff_portal.core.ids import NOBODY

Octets: TypeAlias = bytes | bytearray | memoryview

KEY_BYTES: Final = 32
SALT_BYTES: Final = 24
COMMIT_BYTES: Final = 32
TAG_BYTES: Final = 16
CHUNK_BYTES: Final = 16_384
SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES
HEADER_BYTES: Final = 6
PREFIX_BYTES: Final = HEADER_BYTES + SALT_BYTES + COMMIT_BYTES
MAX_CHUNKS: Final = 2**38

_MAGIC: Final = b"CH\x01\x00"
KDF_LABEL: Final = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
_CONTEXT_LABEL: Final = b"handoff/seal/v1\x00"
_SHA512: Final = SHA512()


class Tampered(Exception):
    """The sealed bytes were changed, cut, moved to another place, or belong to another key.

    It carries no detail on purpose. It is an incident, not something a person can mend.
    """


class Kind(StrEnum):
    """What is sealed; part of the context, so that no sealed thing passes for one of another kind."""

    FIELD = "field"
    MESSAGE = "message"
    DOCFILE = "docfile"
    DOCMETA = "docmeta"
    WRAP_DOC = "wrap-doc"
    WRAP_CASE = "wrap-case"
    WRAP_ORG = "wrap-org"
    TOTP = "totp"
    WEBHOOK_SECRET = "webhook-secret"  # noqa: S105 - the name of a kind
    AUDIT_SEAL = "audit-seal"


def prefixed(part: bytes) -> bytes:
    """Give `part` with its length in front, u16 big-endian. At most 65,535 bytes (OverflowError)."""
    return len(part).to_bytes(2, "big") + part


@lru_cache(256)
def named(name: str) -> bytes:
    """A name with its length in front; most of them come again and again."""
    return prefixed(name.encode())


@dataclass(frozen=True, slots=True)
class Context:
    """The place a sealed thing belongs to. Never stored: the reader rebuilds it from the row being read.

    Attributes:
        kind: What is sealed.
        org_id: The organisation; for case content the business that owns the case, for a grant the grantee.
        case_id: The case, or the zero UUID.
        object_id: The document, message, person…, or the zero UUID.
        name: Column or slot name.
    """

    kind: Kind
    org_id: UUID
    case_id: UUID = NOBODY
    object_id: UUID = NOBODY
    name: str = ""

    def encode(self, header: bytes) -> bytes:
        """Give the bytes that are bound into the key derivation: unambiguous, each part length-prefixed."""
        return b"".join(
            (
                _CONTEXT_LABEL,
                header,
                named(self.kind),
                b"\x00\x10",
                self.org_id.bytes,
                b"\x00\x10",
                self.case_id.bytes,
                b"\x00\x10",
                self.object_id.bytes,
                named(self.name),
            )
        )


def fresh_salt() -> bytes:
    """Draw the 24 random bytes that make the key of each message its own."""
    return draw(SALT_BYTES)


def make_header(key_version: int) -> bytes:
    """Give the six header bytes for a key version of 0 to 65,535 (OverflowError beyond)."""
    return _MAGIC + key_version.to_bytes(2, "big")


def key_version_of(sealed: Octets) -> int:
    """Read which version of its key sealed this, before opening. Raises Tampered if it is no SEAL v1."""
    if len(sealed) < HEADER_BYTES or bytes(sealed[:4]) != _MAGIC:
        raise Tampered
    return int.from_bytes(sealed[4:HEADER_BYTES], "big")


class ChunkCipher:
    """The single-use cipher of one message: derived key, base nonce, commitment.

    Attributes:
        prefix: header, salt and commitment as they stand in front of the chunks (62 bytes).
    """

    __slots__ = ("aead", "base_nonce", "prefix")

    def __init__(self, key: bytes, context: Context, header: bytes, salt: bytes) -> None:
        if len(key) != KEY_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("a seal needs a 32-byte key and a 24-byte salt")
        info = b"".join((KDF_LABEL, salt, context.encode(header)))
        okm = HKDFExpand(_SHA512, 76, info).derive(key)
        self.aead = AESGCM(okm[:32])
        self.base_nonce = int.from_bytes(okm[32:44], "big")
        self.prefix = b"".join((header, salt, okm[44:]))

    @classmethod
    def for_reading(cls, key: bytes, context: Context, prefix: Octets) -> "ChunkCipher":
        """Derive from a stored prefix; the commitment is compared before anything is decrypted."""
        prefix = bytes(prefix)
        if len(prefix) != PREFIX_BYTES:
            raise Tampered
        key_version_of(prefix)
        cipher = cls(key, context, prefix[:HEADER_BYTES], prefix[HEADER_BYTES : HEADER_BYTES + SALT_BYTES])
        if not hmac.compare_digest(cipher.prefix, prefix):
            raise Tampered
        return cipher

    def nonce(self, index: int) -> bytes:
        """Give the nonce of chunk `index`, from 0. OverflowError from 2^38 on, as the source demands."""
        if index >= MAX_CHUNKS:
            raise OverflowError("a sealed message ends at 4 PiB")
        return (self.base_nonce ^ index).to_bytes(12, "big")

    def seal_chunks(self, index: int, plaintext: memoryview, out: memoryview) -> None:
        """Seal whole chunks, or one short last one, into `out` (16 bytes more for each chunk)."""
        encrypt_into, base = self.aead.encrypt_into, self.base_nonce
        self.nonce(index + len(plaintext) // CHUNK_BYTES)
        at = 0
        for start in range(0, len(plaintext) or 1, CHUNK_BYTES):
            piece = plaintext[start : start + CHUNK_BYTES]
            end = at + len(piece) + TAG_BYTES
            encrypt_into((base ^ index).to_bytes(12, "big"), piece, None, out[at:end])
            at, index = end, index + 1

    def open_chunks(self, index: int, sealed: memoryview, out: memoryview) -> None:
        """Open whole chunks, or one short last one, from `sealed` into `out`. Raises Tampered."""
        decrypt_into, base = self.aead.decrypt_into, self.base_nonce
        self.nonce(index + len(sealed) // SEALED_CHUNK_BYTES)
        at = 0
        try:
            for start in range(0, len(sealed), SEALED_CHUNK_BYTES):
                piece = sealed[start : start + SEALED_CHUNK_BYTES]
                end = at + len(piece) - TAG_BYTES
                decrypt_into((base ^ index).to_bytes(12, "big"), piece, None, out[at:end])
                at, index = end, index + 1
        except InvalidTag:
            raise Tampered from None

    def open_only_chunk(self, sealed: Octets) -> bytes:
        """Open a message that is one short chunk, as most fields are. Raises Tampered."""
        try:
            return self.aead.decrypt(self.nonce(0), sealed, None)
        except InvalidTag:
            raise Tampered from None


def sealed_size(plain: int) -> int:
    """Give how many bytes a message of `plain` bytes takes once sealed."""
    return PREFIX_BYTES + plain + TAG_BYTES * (plain // CHUNK_BYTES + 1)


def plain_size(sealed: int) -> int:
    """Give how many bytes `sealed` bytes hold once opened. Raises Tampered for an impossible size."""
    full, rest = divmod(sealed - PREFIX_BYTES, SEALED_CHUNK_BYTES)
    if sealed < PREFIX_BYTES or rest < TAG_BYTES:
        raise Tampered
    return full * CHUNK_BYTES + rest - TAG_BYTES


def seal(
    key: bytes, context: Context, plaintext: Octets, key_version: int = 1, *, salt: bytes | None = None
) -> bytes:
    """Seal a message of any length under a 32-byte key, bound to its context.

    `salt` (24 bytes) is drawn at random; only test vectors give one. Overhead: 78 bytes, and 16 for each
    further 16 KiB.
    """
    cipher = ChunkCipher(key, context, make_header(key_version), fresh_salt() if salt is None else salt)
    if len(plaintext) < CHUNK_BYTES:
        return cipher.prefix + cipher.aead.encrypt(cipher.nonce(0), plaintext, None)
    out = bytearray(sealed_size(len(plaintext)))
    view = memoryview(out)
    view[:PREFIX_BYTES] = cipher.prefix
    plain, whole = memoryview(plaintext).cast("B"), len(plaintext) // CHUNK_BYTES
    cut, cut_sealed = whole * CHUNK_BYTES, PREFIX_BYTES + whole * SEALED_CHUNK_BYTES
    cipher.seal_chunks(0, plain[:cut], view[PREFIX_BYTES:cut_sealed])
    cipher.seal_chunks(whole, plain[cut:], view[cut_sealed:])
    return bytes(out)


def open_sealed(key: bytes, context: Context, sealed: Octets) -> bytes:
    """Open what `seal` or `Sealer` made for this key and context. Raises Tampered for anything else."""
    size = plain_size(len(sealed))
    cipher = ChunkCipher.for_reading(key, context, sealed[:PREFIX_BYTES])
    if size < CHUNK_BYTES:
        return cipher.open_only_chunk(sealed[PREFIX_BYTES:])
    out = bytearray(size)
    cipher.open_chunks(0, memoryview(sealed).cast("B")[PREFIX_BYTES:], memoryview(out))
    return bytes(out)
