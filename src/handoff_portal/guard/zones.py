"""Where on the clock a customer may be: every zone that address, telephone and their own word leave open."""

from collections.abc import Iterable
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import timezone as phone_zones

from handoff_portal.adapters.zones import country_zones
from handoff_portal.core.regions import ZONES

_UNKNOWN = "Etc/Unknown"
_SPLIT = """
US-AK America/Anchorage America/Adak
US-AZ America/Phoenix America/Denver
US-FL America/New_York America/Chicago
US-ID America/Boise America/Los_Angeles
US-IN America/Indiana/Indianapolis America/Chicago
US-KS America/Chicago America/Denver
US-KY America/New_York America/Chicago
US-MI America/Detroit America/Chicago
US-ND America/Chicago America/Denver
US-NE America/Chicago America/Denver
US-NV America/Los_Angeles America/Denver
US-OR America/Los_Angeles America/Boise
US-SD America/Chicago America/Denver
US-TN America/Chicago America/New_York
US-TX America/Chicago America/Denver
AU-NSW Australia/Sydney Australia/Broken_Hill Australia/Lord_Howe
AU-WA Australia/Perth Australia/Eucla
CA-BC America/Vancouver America/Edmonton America/Creston America/Dawson_Creek America/Fort_Nelson
CA-NL America/St_Johns America/Goose_Bay
CA-NU America/Iqaluit America/Rankin_Inlet America/Cambridge_Bay America/Atikokan
CA-ON America/Toronto America/Winnipeg America/Atikokan
CA-QC America/Toronto America/Blanc-Sablon America/Halifax
CA-SK America/Regina America/Edmonton
"""
REGIONS_WITH_SEVERAL: Final[dict[str, tuple[str, ...]]] = {
    region: tuple(zones) for region, *zones in (line.split() for line in _SPLIT.strip().splitlines())
}
"""Regions with more than one clock (IANA 2026f, zone.tab), the Navajo Nation in Arizona among them."""


def candidate_zones(
    country: str, region: str = "", *, phones: Iterable[str] = (), stated: str = ""
) -> tuple[ZoneInfo, ...]:
    """Every zone the customer may be in; a contact must suit all of them.

    The address gives the zones of its region, or of its country. What the customer said narrows them to one
    of them, or adds another. A telephone whose prefix belongs elsewhere adds the zones of its prefix: people
    keep their number when they move.

    Args:
        country: ISO 3166-1 alpha-2 code; empty if not known.
        region: ISO 3166-2 code; empty if not known.
        phones: Numbers as they were written.
        stated: IANA name the customer or the business gave.

    Returns:
        Zones in a stable order; empty if nothing is known, and then no hour can be judged.
    """
    found = list(_of_address(country, region))
    if stated in _zone_names():
        found = [stated] if stated in found or not found else [*found, stated]
    for phone in phones:
        zones = _of_phone(phone, country)
        if zones and not set(zones) & set(found):
            found += zones
    return tuple(ZoneInfo(name) for name in dict.fromkeys(found))


@cache
def _zone_names() -> frozenset[str]:
    """Every name in the time zone data, which a process reads once."""
    return frozenset(available_timezones())


def _of_address(country: str, region: str) -> tuple[str, ...]:
    if region in REGIONS_WITH_SEVERAL:
        return REGIONS_WITH_SEVERAL[region]
    if region in ZONES and region != country:
        return (ZONES[region],)
    if region.startswith("US-"):
        return ("America/New_York",)
    return country_zones().get(country, ())


def _of_phone(phone: str, country: str) -> list[str]:
    try:
        number = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return []
    return [name for name in phone_zones.time_zones_for_number(number) if name != _UNKNOWN]
