"""The stand-alone Ed25519 against `cryptography`, on random and on awkward input."""

from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.audit.standalone.proofs import BASE_POINT, L, P, ed25519_holds, encoded, times

seeds = st.binary(min_size=32, max_size=32)


def by_openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@settings(max_examples=40)
@given(seeds, st.binary(max_size=300))
def test_true_signatures_hold(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert ed25519_holds(key.public_key().public_bytes_raw(), message, key.sign(message))


@settings(max_examples=80)
@given(seeds, st.binary(max_size=50), st.integers(0, 96 * 8 - 1), st.integers(0, 255))
def test_one_changed_bit_in_key_or_signature_is_refused_by_both(
    seed: bytes, message: bytes, bit: int, more: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    both = bytearray(key.public_key().public_bytes_raw() + key.sign(message))
    both[bit // 8] ^= 1 << bit % 8
    public, signature = bytes(both[:32]), bytes(both[32:])
    assert not ed25519_holds(public, message, signature)
    assert not by_openssl(public, message, signature)
    assert not ed25519_holds(public, message + bytes([more]), key.sign(message))


# RFC 8032 section 7.1, tests 1 to 3: secret, message.
@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                "d25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                "387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
)
def test_the_vectors_of_rfc_8032_hold(seed: str, public: str, message: str, signature: str) -> None:
    parts = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).sign(parts[1]) == parts[2]
    assert ed25519_holds(*parts)
    assert by_openssl(*parts)


KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC, SIGNED = KEY.public_key().public_bytes_raw(), KEY.sign(b"m")
R, S = SIGNED[:32], int.from_bytes(SIGNED[32:], "little")


def raw(number: int) -> bytes:
    return number.to_bytes(32, "little")


NEUTRAL = raw(1)
AWKWARD: list[Callable[[], tuple[bytes, bytes]]] = [
    lambda: (PUBLIC, R + raw(S + L)),
    lambda: (PUBLIC, R + raw(S + 2 * L)),
    lambda: (PUBLIC, R + raw(2**256 - 1)),
    lambda: (PUBLIC, R + raw(0)),
    lambda: (PUBLIC, raw(0) * 2),
    lambda: (PUBLIC, SIGNED[:-1]),
    lambda: (PUBLIC, SIGNED + b"\0"),
    lambda: (PUBLIC, b""),
    lambda: (PUBLIC, NEUTRAL + SIGNED[32:]),
    lambda: (PUBLIC, raw(P + 1) + raw(0)),
    lambda: (raw(2), SIGNED),
    lambda: (raw(P - 1), SIGNED),
    lambda: (raw(2**255 - 1), SIGNED),
    lambda: (NEUTRAL, raw(P + 1) + raw(0)),
    lambda: (NEUTRAL, raw(1 | 1 << 255) + raw(0)),
    lambda: (b"", SIGNED),
    lambda: (PUBLIC[:-1], SIGNED),
]


@pytest.mark.parametrize("case", range(len(AWKWARD)))
def test_awkward_keys_and_signatures_are_refused_by_both(case: int) -> None:
    public, signature = AWKWARD[case]()
    assert not ed25519_holds(public, b"m", signature)
    assert not by_openssl(public, b"m", signature)


@pytest.mark.parametrize("public", [raw(P + 1), raw(1 | 1 << 255), raw(P), raw(P + 1 | 1 << 255)])
def test_a_key_in_another_than_its_one_spelling_is_refused(public: bytes) -> None:
    """RFC 8032 section 5.1.3 demands it; OpenSSL is more lenient here, so only our own answer is fixed."""
    assert not ed25519_holds(public, b"m", encoded(times(5, BASE_POINT)) + raw(5))


def test_a_key_of_small_order_gives_the_same_answer_in_both() -> None:
    """Such a key lets anyone sign; both accept it, so trust in a key must come from elsewhere."""
    signature = encoded(times(5, BASE_POINT)) + raw(5)
    assert ed25519_holds(NEUTRAL, b"m", signature) == by_openssl(NEUTRAL, b"m", signature)
