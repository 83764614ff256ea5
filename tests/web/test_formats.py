"""How amounts, times and counts are written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.core.money import minor_digits, parse_amount
from handoff_portal.web import formats

MORNING = datetime(2026, 3, 14, 1, 30, tzinfo=UTC)
SINGAPORE = "Asia/Singapore"


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (123450, "SGD", "SGD\u00a01,234.50"),
        (0, "EUR", "EUR\u00a00.00"),
        (-5, "USD", "USD\u00a0\u22120.05"),
        (5000, "JPY", "JPY\u00a05,000"),
        (1234567, "KWD", "KWD\u00a01,234.567"),
        (10**15, "SGD", "SGD\u00a010,000,000,000,000.00"),
    ],
)
def test_an_amount_is_written_with_its_code_and_the_digits_of_its_currency(
    minor: int, currency: str, written: str
) -> None:
    assert formats.money(minor, currency) == written


def test_the_reader_s_locale_decides_about_separators() -> None:
    assert formats.amount(123450, "EUR", "de_DE") == "1.234,50"


@given(minor=st.integers(0, 10**15), currency=st.sampled_from(["SGD", "JPY", "KWD", "EUR"]))
def test_a_written_amount_reads_back_as_the_same_amount(minor: int, currency: str) -> None:
    assert parse_amount(formats.amount(minor, currency), currency) == minor
    assert len(formats.amount(minor, currency).partition(".")[2]) == minor_digits(currency)


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        (SINGAPORE, "14 Mar 2026, 09:30 SGT"),
        ("UTC", "14 Mar 2026, 01:30 UTC"),
        ("Europe/Berlin", "14 Mar 2026, 02:30 CET"),
        ("America/New_York", "13 Mar 2026, 21:30 EDT"),
        ("Asia/Kathmandu", "14 Mar 2026, 07:15 UTC+5:45"),
        ("Asia/Dhaka", "14 Mar 2026, 07:30 UTC+6"),
        ("America/Caracas", "13 Mar 2026, 21:30 UTC-4"),
        ("Nowhere/At_All", "14 Mar 2026, 01:30 UTC"),
        ("../etc/passwd", "14 Mar 2026, 01:30 UTC"),
    ],
)
def test_an_instant_is_written_in_the_zone_of_the_reader_and_names_it(zone: str, written: str) -> None:
    assert formats.write_datetime(MORNING, zone) == written


def test_an_instant_belongs_to_the_day_of_the_zone_but_a_date_stays_as_it_is() -> None:
    late = datetime(2026, 3, 13, 23, 0, tzinfo=UTC)
    assert formats.write_date(late, SINGAPORE) == "14 Mar 2026"
    assert formats.write_date(date(2026, 3, 13), SINGAPORE) == "13 Mar 2026"
    assert formats.write_clock(late, SINGAPORE) == "07:00"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=20), "in less than a minute"),
        (timedelta(minutes=40), "in 40 minutes"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(hours=23, minutes=59), "in 23 hours"),
        (timedelta(hours=24), "tomorrow"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(seconds=-20), "just overdue"),
        (timedelta(minutes=-1), "1 minute overdue"),
        (timedelta(hours=-5), "5 hours overdue"),
        (timedelta(days=-2), "2 days overdue"),
    ],
)
def test_a_deadline_says_how_far_it_is(away: timedelta, words: str) -> None:
    assert formats.deadline(MORNING + away, MORNING) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 14), "today"),
        (date(2026, 3, 15), "tomorrow"),
        (date(2026, 3, 13), "1 day overdue"),
        (date(2026, 3, 24), "in 10 days"),
    ],
)
def test_a_deadline_that_is_a_day_lasts_the_whole_day_of_its_zone(day: date, words: str) -> None:
    last_minute = datetime(2026, 3, 14, 15, 59, tzinfo=UTC)
    assert formats.deadline(day, last_minute, SINGAPORE) == words


@given(minutes=st.integers(-(10**6), 10**6))
def test_only_what_lies_behind_is_overdue(minutes: int) -> None:
    words = formats.deadline(MORNING + timedelta(minutes=minutes), MORNING, SINGAPORE)
    assert words.endswith("overdue") == (minutes < 0)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=30), "yesterday"),
        (timedelta(days=9), "5 Mar 2026"),
    ],
)
def test_what_happened_says_how_long_ago(past: timedelta, words: str) -> None:
    assert formats.ago(MORNING - past, MORNING, SINGAPORE) == words


@pytest.mark.parametrize(
    ("octets", "written"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1234, "1.2 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (48_000_000, "48 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_a_file_size_is_short(octets: int, written: str) -> None:
    assert formats.filesize(octets) == written


@pytest.mark.parametrize(("points", "written"), [(1250, "12.5%"), (500, "5%"), (10000, "100%"), (1, "0.01%")])
def test_basis_points_are_written_as_percent(points: int, written: str) -> None:
    assert formats.percent(points) == written


def test_a_noun_follows_its_count() -> None:
    assert formats.plural(1, "case") == "1 case"
    assert formats.plural(1200, "case") == "1,200 cases"
    assert formats.plural(0, "reply", "replies") == "0 replies"


def test_every_filter_has_the_name_that_templates_use() -> None:
    assert {"amount", "date", "datetime", "deadline", "filesize", "money", "percent", "plural"} <= set(
        formats.FILTERS
    )
