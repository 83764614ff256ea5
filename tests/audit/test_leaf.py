"""The bytes of one event."""

import hmac
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.adapters.database import leaf

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
EID = UUID(int=5)


def test_a_leaf_is_sorted_json_without_spaces_and_without_absent_parts() -> None:
    octets = leaf.encode(act="case.accepted", at=AT, eid=EID, out="ok", cseq=17, d={"b": [1, True], "a": "é"})
    assert octets.decode() == (
        '{"act":"case.accepted","at":"2026-01-02T03:04:05.678901Z","cseq":17,"d":{"a":"é","b":[1,true]},'
        '"eid":"00000000-0000-0000-0000-000000000005","out":"ok","v":1}'
    )
    assert leaf.decode(octets)["cseq"] == 17


def test_times_are_written_in_utc_and_need_a_zone() -> None:
    assert leaf.moment(AT.astimezone(timezone(timedelta(hours=8)))) == leaf.moment(AT)
    with pytest.raises(leaf.LeafError):
        leaf.moment(AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    "bad", [1.5, None, b"x", 2**53, {1: "a"}, "\ud800", {"a": {"b": 0.0}}, {1}, "x" * 65_536]
)
def test_other_types_are_refused(bad: object) -> None:
    with pytest.raises(leaf.LeafError):
        leaf.encode(act="a.b", at=AT, eid=EID, out="ok", d={"x": bad})


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{}",
        b"[]",
        b'{"v":2}',
        b'{"v": 1}',
        b'{"v":1,"v":1}',
        b'{"v":1,"a":1}',
        b'{"a":1.0,"v":1}',
        b"\xff",
        b'{"a":"\\u0041","v":1}',
        b'{"a":NaN,"v":1}',
        b'{"a":null,"v":1}',
        b"[" * 9000,
        b'{"v":1}\n',
    ],
)
def test_anything_but_the_one_spelling_is_refused(octets: bytes) -> None:
    with pytest.raises(leaf.LeafError):
        leaf.decode(octets)


plain = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), plain, min_size=1, max_size=3))
def test_what_is_written_reads_back(details: dict[str, object]) -> None:
    try:
        octets = leaf.encode(act="a.b", at=AT, eid=EID, out="ok", d=details)
    except leaf.LeafError:
        return
    assert leaf.decode(octets)["d"] == details


def test_the_mac_is_hmac_sha256_with_its_purpose_in_front() -> None:
    assert leaf.mac(b"k" * 32, b"{}") == hmac.new(b"k" * 32, b"handoff/audit/v1\x00{}", "sha256").digest()
