"""Deadlines pass over the public holidays of the country whose clock they run on."""

from datetime import UTC, date, datetime

import pytest

from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.adapters.zones import country_zones
from handoff_portal.core import deadlines


@pytest.mark.parametrize(
    ("start", "days", "zone", "ends_on"),
    [
        ("2026-11-20", 2, "Asia/Singapore", "2026-11-24"),
        ("2026-12-24", 1, "Asia/Singapore", "2026-12-28"),
        ("2026-12-24", 1, "Europe/London", "2026-12-29"),
        ("2026-07-02", 1, "America/New_York", "2026-07-06"),
        ("2026-11-25", 1, "America/Chicago", "2026-11-27"),
        ("2026-04-02", 1, "Australia/Sydney", "2026-04-07"),
        ("2026-04-02", 1, "UTC", "2026-04-03"),
        ("2026-04-02", 1, "US/Eastern", "2026-04-03"),
    ],
)
def test_a_holiday_is_no_working_day_where_it_is_one(start: str, days: int, zone: str, ends_on: str) -> None:
    begun = datetime.fromisoformat(start).replace(hour=12, tzinfo=UTC)
    expected = deadlines.end_of_day(date.fromisoformat(ends_on), zone)
    assert working_days_later(begun, days, zone) == expected


def test_every_zone_of_every_country_has_a_calendar() -> None:
    begun = datetime(2026, 12, 24, 12, tzinfo=UTC)
    for zones in country_zones().values():
        assert working_days_later(begun, 1, zones[0]) > begun
