"""Deadlines in working days: Monday to Friday of somebody's calendar, without its public holidays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5
_END_OF_DAY = time(18)


def working_days_later(
    start: datetime, days: int, zone: str, is_holiday: Callable[[date], bool] = lambda _day: False
) -> datetime:
    """The end (18:00) of the working day so many working days after `start`, on the calendar of an IANA zone.

    Args:
        start: An aware instant; a start on a day of rest counts from the next working day after it.
        days: At least 1.
        is_holiday: Whether nobody works on a weekday; nobody rests unless told.

    Returns:
        An instant in UTC.
    """
    day = start.astimezone(ZoneInfo(zone)).date()
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= _SATURDAY or is_holiday(day):
            day += timedelta(days=1)
    return end_of_day(day, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """18:00 of a day in an IANA zone, as an instant in UTC."""
    return datetime.combine(day, _END_OF_DAY, ZoneInfo(zone)).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """Midnight at the beginning of a day in an IANA zone, as an instant in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
