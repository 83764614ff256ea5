"""Public holidays out of the holidays library, one set of days per calendar and year."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from holidays import country_holidays

MOST_YEARS = 400
"""Calendar years kept in memory."""


class Place(NamedTuple):
    """Whose holidays: ISO 3166 codes, and the library's names of the kinds that count."""

    country: str
    subdivision: str
    categories: tuple[str, ...]


def public_holidays(places: Mapping[str, Place]) -> Callable[[str, date], bool]:
    """A function that tells whether a day is a public holiday in the calendar of that name.

    Raises:
        ValueError: The library does not know a place or a kind of holiday.
    """
    for name, place in places.items():
        try:
            _of_year(place, 2026)
        except (NotImplementedError, ValueError) as error:
            raise ValueError(f"calendar {name}: {error}") from error

    def is_holiday(calendar: str, day: date) -> bool:
        return day in _of_year(places[calendar], day.year)

    return is_holiday


@lru_cache(maxsize=MOST_YEARS)
def _of_year(place: Place, year: int) -> frozenset[date]:
    found = country_holidays(
        place.country, subdiv=place.subdivision or None, years=year, categories=place.categories
    )
    return frozenset(day for day in found if day.year == year)
