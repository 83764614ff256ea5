"""Deadlines in working days that know the public holidays of the country whose clock they run on."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from handoff_portal.adapters.public_holidays import Place, public_holidays
from handoff_portal.adapters.zones import country_zones
from handoff_portal.core import deadlines


def working_days_later(start: datetime, days: int, zone: str) -> datetime:
    """As `core.deadlines`, without the national holidays of the country that the IANA zone belongs to.

    Holidays of single states are working days here, and so is every weekday where no country is known.
    """
    return deadlines.working_days_later(start, days, zone, _holidays_of(_countries().get(zone, "")))


@cache
def _countries() -> dict[str, str]:
    return {zone: country for country, zones in country_zones().items() for zone in zones}


@cache
def _holidays_of(country: str) -> Callable[[date], bool]:
    if not country:
        return lambda _day: False
    is_holiday = public_holidays({country: Place(country, "", ("public",))})
    return lambda day: is_holiday(country, day)
