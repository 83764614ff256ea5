"""Equal values meet, inside one organisation and one column and nowhere else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.adapters.vault.blind import BlindIndex, Rule, normalise

ORG, OTHER = UUID(int=1), UUID(int=2)
BLIND = BlindIndex(bytes(range(32)))


def test_an_index_is_frozen() -> None:
    found = BLIND.of(ORG, "cases.reference", "INV-2024/17", Rule.IDENTIFIER)
    assert found.hex() == "67ebb206b67081eb8903c0d71b8deb98"


@pytest.mark.parametrize(
    ("rule", "spellings"),
    [
        (Rule.TEXT, ["Straße  7", " STRASSE 7", "strasse\u00a07"]),
        (Rule.PHONE, ["+49 (170) 1234-567", "491701234567", "٤٩١٧٠١٢٣٤٥٦٧"]),
        (Rule.IDENTIFIER, ["INV-2024 17", "inv202417", "ＩＮＶ－２０２４１７", "inv–2024—17"]),  # noqa: RUF001
    ],
)
def test_spellings_of_the_same_value_meet(rule: Rule, spellings: list[str]) -> None:
    assert len({BLIND.of(ORG, "t.c", spelling, rule) for spelling in spellings}) == 1


def test_nothing_meets_across_organisations_columns_versions_or_roots() -> None:
    found = {
        BLIND.of(ORG, "t.c", "x", Rule.TEXT),
        BLIND.of(OTHER, "t.c", "x", Rule.TEXT),
        BLIND.of(ORG, "t.d", "x", Rule.TEXT),
        BLIND.of(ORG, "t.c", "y", Rule.TEXT),
        BLIND.of(ORG, "t.c", "x", Rule.TEXT, version=2),
        BlindIndex(bytes(32)).of(ORG, "t.c", "x", Rule.TEXT),
    }
    assert len(found) == 6
    assert {len(index) for index in found} == {16}


def test_a_short_index_is_the_beginning_of_the_long_one() -> None:
    long = BLIND.of(ORG, "t.c", "x", Rule.TEXT)
    assert BLIND.of(ORG, "t.c", "x", Rule.TEXT, bits=16) == long[:2]


@pytest.mark.parametrize(("value", "bits"), [("", 128), (" - ", 128), ("1", 12), ("1", 0), ("1", 136)])
def test_an_empty_value_or_an_odd_length_has_no_index(value: str, bits: int) -> None:
    with pytest.raises(ValueError, match="blind index"):
        BLIND.of(ORG, "t.c", value, Rule.IDENTIFIER, bits=bits)


@given(value=st.text(max_size=30), rule=st.sampled_from(Rule))
def test_normalising_twice_changes_nothing(value: str, rule: Rule) -> None:
    once = normalise(value, rule)
    assert normalise(once, rule) == once
