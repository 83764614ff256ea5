"""HMAC with its paddings hashed once is HMAC."""

import hmac
from hashlib import sha256, sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.adapters.vault.macs import Mac


@given(st.binary(max_size=64), st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_every_message_has_the_code_of_the_standard_library(key: bytes, messages: list[bytes]) -> None:
    short, long = Mac(key), Mac(key, sha512)
    assert [short.of(one) for one in messages] == [hmac.digest(key, one, "sha256") for one in messages]
    assert [long.of(one) for one in messages] == [hmac.digest(key, one, "sha512") for one in messages]


@pytest.mark.parametrize(("digest", "most"), [(sha256, 64), (sha512, 128)])
def test_a_key_longer_than_a_block_is_refused(digest: type, most: int) -> None:
    Mac(bytes(most), digest)
    with pytest.raises(ValueError, match=f"at most {most} bytes"):
        Mac(bytes(most + 1), digest)
