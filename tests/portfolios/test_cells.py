"""Cells as people write them: days, amounts, numbers, places; never guessed, never a crash."""

import contextlib
from datetime import date

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.core.money import minor_digits
from handoff_portal.portfolios.model.amounts import Decimals, decimals_of, read_amount
from handoff_portal.portfolios.model.cells import reader_of
from handoff_portal.portfolios.model.columns import COLUMNS, Sort
from handoff_portal.portfolios.model.dates import DateOrder, order_of, read_day
from handoff_portal.portfolios.model.exports import guarded
from handoff_portal.portfolios.model.names import country_of, currency_of, language_of, region_of
from handoff_portal.portfolios.model.phones import read_phone
from handoff_portal.portfolios.model.style import Style
from handoff_portal.portfolios.model.wrong import Wrong

NEW_YEAR = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1'234.56", 123456),
        ("1\u2019234.56", 123456),
        ("1 234,56", 123456),
        ("1\u202f234,56", 123456),
        ("1,00,000.00", 10_000_000),
        ("(123.45)", -12345),
        ("12-", -1200),
        ("-12", -1200),
        ("\u221212.5", -1250),
        ("S$ 1,234.50", 123450),
        ("1.234,50 €", 123450),
        ("Rs. 5,00,000.50", 50_000_050),
        ("12.50 CR", -1250),
        ("12,-", 1200),
        (".50", 50),
        (1234.5, 123450),
        (0.1 + 0.2, 30),
        (12, 1200),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str | float, minor: int) -> None:
    _, proved = decimals_of(text)
    assert read_amount(text, "EUR", 2, proved) == minor


@pytest.mark.parametrize("text", ["1,234", "1.234", "(12.345)", "€ 999,000"])
def test_an_amount_that_can_be_two_is_never_guessed(text: str) -> None:
    assert decimals_of(text) == (True, None)
    with pytest.raises(Wrong, match="two different amounts"):
        read_amount(text, "EUR", 2, None)


@pytest.mark.parametrize(
    "text",
    ["1e5", "12 34", "Rs.500", "invoice 12", "1,2,3", "1.2.3", "--", "abc", "0,123.4.5", "1.005", "nan"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    for decimals in Decimals:
        with pytest.raises(Wrong):
            read_amount(text, "EUR", 2, decimals if text != "1.005" else Decimals.POINT)


@given(
    minor=st.integers(-(10**12), 10**12),
    currency=st.sampled_from(["SGD", "JPY", "KWD"]),
    style=st.sampled_from(
        [(",", ".", Decimals.POINT), (".", ",", Decimals.COMMA), ("'", ".", Decimals.POINT)]
    ),
)
def test_every_amount_in_every_style_reads_back(
    minor: int, currency: str, style: tuple[str, str, Decimals]
) -> None:
    group, mark, decimals = style
    digits = minor_digits(currency)
    whole, fraction = divmod(abs(minor), 10**digits)
    text = f"{whole:,}".replace(",", group) + (f"{mark}{fraction:0{digits}d}" if digits else "")
    assert read_amount(f"-{text}" if minor < 0 else text, currency, digits, decimals) == minor


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("31/12/2025", None),
        ("12/31/2025", None),
        ("31.12.2025", None),
        ("31.12.25", None),
        ("2025-12-31", None),
        ("20251231", None),
        ("31 Dec 2025", None),
        ("Dec 31, 2025", None),
        ("31. Dezember 2025", None),
        ("31 déc. 2025", None),
        ("31 de diciembre de 2025", None),
        ("31-Dec-25", None),
        ("2025-12-31T23:59:59Z", None),
        ("31/12/2025 10:30", DateOrder.DMY),
        ("46022", None),
        (46022, None),
        (46022.75, None),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str | float, order: DateOrder | None) -> None:
    assert read_day(text, order) == NEW_YEAR


def test_a_day_that_can_be_two_is_never_guessed() -> None:
    assert order_of("03/04/2026") == (True, None)
    with pytest.raises(Wrong, match="two different days"):
        read_day("03/04/2026", None)
    assert read_day("03/04/2026", DateOrder.DMY) == date(2026, 4, 3)
    assert read_day("03/04/2026", DateOrder.MDY) == date(2026, 3, 4)


def test_a_day_the_other_way_round_than_its_file_is_refused() -> None:
    with pytest.raises(Wrong, match="other way round"):
        read_day("12/31/2025", DateOrder.DMY)


@given(
    day=st.dates(date(1990, 1, 1), date(2069, 12, 31)),
    order=st.sampled_from(DateOrder),
    mark=st.sampled_from("/- "),
)
def test_every_day_in_either_order_reads_back(day: date, order: DateOrder, mark: str) -> None:
    first, second = (day.day, day.month) if order is DateOrder.DMY else (day.month, day.day)
    for year in (f"{day.year}", f"{day.year % 100:02d}"):
        assert read_day(f"{first:02d}{mark}{second:02d}{mark}{year}", order) == day


@pytest.mark.parametrize(
    "text", ["30.02.2025", "00/00/2025", "x", "2025", "31/31/2025", "1800-01-01", "99999", -5, float("nan")]
)
def test_what_is_no_day_is_refused(text: str | float) -> None:
    with pytest.raises(Wrong):
        read_day(text, DateOrder.DMY)


@settings(max_examples=400)
@given(
    country=st.sampled_from(
        ["SG", "DE", "GB", "US", "AU", "FR", "IT", "MX", "BR", "AR", "JP", "IN", "HU", "CI"]
    ),
    start=st.sampled_from(["", "0", "+", "00", "1", "8", "+65", "+49 ", "+44 0", "+39 0", "65"]),
    rest=st.text("0123456789", min_size=3, max_size=13),
)
def test_quick_telephone_numbers_are_those_of_the_library(country: str, start: str, rest: str) -> None:
    text = start + rest
    try:
        number = phonenumbers.parse(text, country)
        possible = phonenumbers.is_possible_number(number)
        wanted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None
    except phonenumbers.NumberParseException:
        wanted = None
    try:
        found: str | None = read_phone(text, country)
    except Wrong:
        found = None
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "code"),
    [("SG", "SG"), ("sgp", "SG"), ("Deutschland", "DE"), ("Alemania", "DE"), ("UK", "GB"), ("usa", "US")],
)
def test_countries_are_known_by_code_and_name(text: str, code: str) -> None:
    assert country_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("sgd", "SGD"), ("€", "EUR"), ("S$", "SGD"), ("Schweizer Franken", "CHF"), ("RM", "MYR")],
)
def test_currencies_are_known_by_code_symbol_and_name(text: str, code: str) -> None:
    assert currency_of(text) == code


@pytest.mark.parametrize("text", ["$", "¥", "kr", "dollars"])
def test_a_symbol_of_several_currencies_is_never_guessed(text: str) -> None:
    with pytest.raises(Wrong, match="several"):
        currency_of(text)


def test_regions_and_languages_are_known_by_name() -> None:
    assert region_of("US", "California") == region_of("US", "us-ca") == region_of("US", "CA") == "US-CA"
    assert region_of("SG", "whatever") == ""
    assert language_of("Deutsch") == language_of("de-AT") == "de"
    with pytest.raises(Wrong):
        region_of("US", "Bavaria")


@given(text=st.text(max_size=20))
def test_no_export_begins_like_a_formula(text: str) -> None:
    cell = str(guarded(text))
    risky = cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    assert not risky or cell.lstrip("+-").replace(".", "", 1).replace(",", "", 1).isdigit()


@settings(max_examples=300)
@given(
    cell=st.text(max_size=40) | st.integers() | st.floats(),
    sort=st.sampled_from(Sort),
    country=st.sampled_from(["", "SG", "US"]),
)
def test_no_cell_of_any_column_raises_anything_but_what_is_wrong(
    cell: str | float, sort: Sort, country: str
) -> None:
    for column in COLUMNS[sort].values():
        for cents in (True, False):
            with contextlib.suppress(Wrong):
                reader_of(column, Style(), cents=cents)(cell, "SGD", country)
