"""SEAL v1 against frozen vectors and against a second implementation that shares no code with the first.

The second one is written from `docs/crypto/seal.md`: HKDF from `hmac`, counter mode from AES blocks, GHASH in
plain integers (NIST SP 800-38D). It made the vectors; the first one has to agree with every byte.
"""

import hmac
import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.adapters.vault.seal import Context, Kind, open_sealed, seal
from handoff_portal.adapters.vault.small import Expander, SmallSealer

VECTORS = json.loads((Path(__file__).parent / "vectors" / "seal_v1.json").read_text(encoding="ascii"))


class Place(NamedTuple):
    kind: str
    org: UUID
    case: UUID
    thing: UUID
    name: str


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-512, RFC 5869 section 2.3."""
    out = block = b""
    for number in range(1, -(-length // 64) + 1):
        block = hmac.new(prk, block + info + bytes([number]), "sha512").digest()
        out += block
    return out[:length]


def aes_blocks(key: bytes, blocks: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(blocks)  # noqa: S305 - counters


def times(x: int, y: int) -> int:
    """Multiply in GF(2^128) as SP 800-38D section 6.3 does, bit by bit."""
    product = 0
    for bit in range(127, -1, -1):
        if y >> bit & 1:
            product ^= x
        x = x >> 1 ^ (0xE1 << 120 if x & 1 else 0)
    return product


def gcm(key: bytes, nonce: bytes, plaintext: bytes) -> bytes:
    """AES-GCM without additional data, SP 800-38D section 7.1, for a nonce of 96 bits."""
    blocks = -(-len(plaintext) // 16)
    counters = b"".join(nonce + (2 + i).to_bytes(4, "big") for i in range(blocks))
    body = bytes(a ^ b for a, b in zip(plaintext, aes_blocks(key, counters), strict=False))
    lengths = (8 * len(body)).to_bytes(16, "big")
    tag = ghash(aes_blocks(key, bytes(16)), body.ljust(16 * blocks, b"\0") + lengths)
    return body + bytes(a ^ b for a, b in zip(tag, aes_blocks(key, nonce + b"\0\0\0\1"), strict=True))


def ghash(subkey: bytes, octets: bytes) -> bytes:
    """GHASH of SP 800-38D section 6.4, with a table of products for each byte of a block."""
    h, y = int.from_bytes(subkey, "big"), 0
    table = [[times(byte << 8 * (15 - place), h) for byte in range(256)] for place in range(16)]
    for at in range(0, len(octets), 16):
        mixed = y ^ int.from_bytes(octets[at : at + 16], "big")
        y = 0
        for place, byte in enumerate(mixed.to_bytes(16, "big")):
            y ^= table[place][byte]
    return y.to_bytes(16, "big")


def seal_by_the_book(key: bytes, place: Place, plaintext: bytes, version: int, salt: bytes) -> bytes:
    header = bytes([0x43, 0x48, 1, 0, version >> 8, version & 255])
    context = b"handoff/seal/v1\0" + header
    ids = (place.org.bytes, place.case.bytes, place.thing.bytes)
    for part in (place.kind.encode(), *ids, place.name.encode()):
        context += bytes([len(part) >> 8, len(part) & 255]) + part
    okm = expand(key, b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context, 76)
    sealed = header + salt + okm[44:]
    for index in range(len(plaintext) // 16384 + 1):
        nonce = bytes(a ^ b for a, b in zip(okm[32:44], index.to_bytes(12, "big"), strict=True))
        sealed += gcm(okm[:32], nonce, plaintext[16384 * index : 16384 * (index + 1)])
    return sealed


def plaintext_of(length: int) -> bytes:
    return bytes((7 * i + i // 251) % 256 for i in range(length))


def place_of(vector: dict[str, str]) -> Place:
    ids = [UUID(vector[part]) for part in ("org", "case", "object")]
    return Place(vector["kind"], ids[0], ids[1], ids[2], vector["name"])


def context_of(place: Place) -> Context:
    return Context(Kind(place.kind), place.org, place.case, place.thing, place.name)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["about"])
def test_both_implementations_give_the_frozen_bytes(vector: dict[str, str]) -> None:
    place, plaintext = place_of(vector), plaintext_of(int(vector["length"]))
    key, salt, version = bytes.fromhex(vector["key"]), bytes.fromhex(vector["salt"]), int(vector["version"])
    sealed = seal(key, context_of(place), plaintext, version, salt=salt)
    assert sealed == seal_by_the_book(key, place, plaintext, version, salt)
    assert sealed[:62].hex() == vector["prefix"]
    assert sha256(sealed).hexdigest() == vector["sha256_of_sealed"]
    assert sealed.hex() == vector.get("sealed", sealed.hex())
    assert open_sealed(key, context_of(place), sealed) == plaintext


def test_every_kind_has_a_vector() -> None:
    assert {vector["kind"] for vector in VECTORS} == set(Kind)


@settings(max_examples=25)
@given(
    key=st.binary(min_size=32, max_size=32),
    salt=st.binary(min_size=24, max_size=24),
    version=st.integers(0, 65535),
    place=st.builds(Place, st.sampled_from(Kind), st.uuids(), st.uuids(), st.uuids(), st.text(max_size=40)),
    plaintext=st.binary(max_size=600),
)
def test_both_implementations_agree_on_anything(
    key: bytes, salt: bytes, version: int, place: Place, plaintext: bytes
) -> None:
    sealed = seal(key, context_of(place), plaintext, version, salt=salt)
    assert sealed == seal_by_the_book(key, place, plaintext, version, salt)


@settings(max_examples=25)
@given(
    key=st.binary(min_size=32, max_size=32),
    version=st.integers(0, 65535),
    place=st.builds(Place, st.sampled_from(Kind), st.uuids(), st.uuids(), st.uuids(), st.text(max_size=40)),
    plaintext=st.binary(max_size=600),
)
def test_many_small_seals_are_by_the_book_too(
    key: bytes, version: int, place: Place, plaintext: bytes
) -> None:
    sealer = SmallSealer(key, Kind(place.kind), place.org, version)
    for _ in range(2):
        sealed = sealer.seal(place.case, place.thing, place.name, plaintext)
        assert sealed == seal_by_the_book(key, place, plaintext, version, salt=sealed[6:30])
        assert open_sealed(key, context_of(place), sealed) == plaintext


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_one_and_two_blocks_are_hkdf_expand(key: bytes, info: bytes) -> None:
    assert Expander(key).one(info) == expand(key, info, 64)
    assert Expander(key).two(info) == expand(key, info, 128)
