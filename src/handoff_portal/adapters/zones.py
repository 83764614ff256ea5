"""Time zone data: the tzdata package's version, a self-test against new clocks, zones of countries."""

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from zoneinfo import ZoneInfo

import tzdata

_LATEST = {
    "America/Vancouver": -7,
    "America/Edmonton": -6,
    "America/Winnipeg": -5,
    "America/Inuvik": -6,
    "America/Havana": -4,
    "Africa/Casablanca": 0,
}
"""Hours from UTC on 20 November 2026, for places whose clocks stopped changing that month (IANA 2026f)."""
_AFTER = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
_EUROPE_WINTER = datetime(2026, 10, 26, 20, 30, tzinfo=UTC)


class StaleZones(RuntimeError):
    """The time zone data would give wrong hours to people whose clocks changed lately."""


def zones_version() -> str:
    """The version of the data in use: IANA's name, which is recorded with each decision."""
    return str(tzdata.IANA_VERSION)


def require_fresh_zones() -> None:
    """Check known clocks.

    Raises:
        StaleZones: The data is too old, or the system's data goes before it.
    """
    if zoneinfo.TZPATH:
        raise StaleZones("Time zones come from this system's files; they must come from the tzdata package.")
    wrong = [name for name, hours in _LATEST.items() if _hours(name, _AFTER) != hours]
    wrong += ["Europe/London"] if _hours("Europe/London", _EUROPE_WINTER) else []
    if wrong:
        raise StaleZones(
            f"Time zone data {zones_version()} is wrong for {', '.join(wrong)}. Update the tzdata package."
        )


def _hours(name: str, at: datetime) -> float:
    offset = at.astimezone(ZoneInfo(name)).utcoffset()
    return offset.total_seconds() / 3600 if offset else 0.0


@lru_cache(maxsize=1)
def country_zones() -> Mapping[str, tuple[str, ...]]:
    """Every zone of every country (ISO 3166-1 alpha-2), as zone.tab of the tzdata package lists them."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), name)
    return MappingProxyType(found)
