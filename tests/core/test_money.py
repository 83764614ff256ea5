import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.core.money import minor_digits, parse_amount, written


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234.50", "SGD", 123_450),
        ("1,234.50", "SGD", 123_450),
        ("1 234.50", "EUR", 123_450),
        ("1,00,000", "INR", 10_000_000),
        ("1,234,567", "JPY", 1_234_567),
        ("0.5", "USD", 50),
        (" 7 ", "GBP", 700),
        ("-3.20", "GBP", -320),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    "text", ["12,50", "1,2345", "1.234,50", "12 50", "1,23.4", "", "ten", "1e99", "NaN", "0.001"]
)
def test_what_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write it like"):
        parse_amount(text, "SGD")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["SGD", "JPY", "KWD"]))
def test_what_a_form_shows_is_what_it_reads_back(minor: int, currency: str) -> None:
    assert parse_amount(written(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("AFN", 2), ("IQD", 3), ("LBP", 2), ("RSD", 2), ("JPY", 0), ("CLF", 4)],
)
def test_minor_units_are_those_of_iso_4217_not_those_of_prices(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
