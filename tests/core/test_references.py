"""References of cases: what is read aloud and typed again names the same case."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.adapters.clock import new_id
from handoff_portal.core.references import read_reference, reference_of, tails_of

OCTETS = st.binary(min_size=10, max_size=10)


def an_id(milliseconds: int, octets: bytes) -> UUID:
    drawn = int.from_bytes(octets, "big") & ~(0xF << 76 | 0x3 << 62)
    return UUID(int=milliseconds << 80 | drawn | 0x7 << 76 | 0x2 << 62)


@given(OCTETS, st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_a_reference_tells_nothing_of_the_time(octets: bytes, one: int, other: int) -> None:
    assert reference_of(an_id(one, octets)) == reference_of(an_id(other, octets))


@given(OCTETS, OCTETS)
def test_ids_of_a_reference_end_within_its_bounds_and_no_others_do(one: bytes, other: bytes) -> None:
    reference = reference_of(an_id(0, one))
    low, high = tails_of(reference)
    assert low <= an_id(0, one).bytes[8:] <= high
    assert (low <= an_id(0, other).bytes[8:] <= high) == (reference_of(an_id(0, other)) == reference)
    assert {reference_of(UUID(bytes=bytes(6) + b"\x70\0" + end)) for end in (low, high)} == {reference}


@pytest.mark.parametrize(
    "typed",
    ["{0}", " {0} ", "{1}", "{2}", "{3}"],
    ids=["as shown", "with blanks", "in small letters", "without HP", "without dashes"],
)
def test_what_people_type_is_the_reference(typed: str) -> None:
    reference = reference_of(new_id())
    variants = reference, reference.lower(), reference.removeprefix("HP-"), reference.replace("-", "")
    assert read_reference(typed.format(*variants)) == reference


@pytest.mark.parametrize("typed", ["", "HP-7F3K2", "HP-7F3K2-Q9D4M-1", "HP-7F3K2-Q9D4*"])
def test_anything_else_is_none(typed: str) -> None:
    assert read_reference(typed) is None
