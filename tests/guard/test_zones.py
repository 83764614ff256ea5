"""Clocks: fresh data, and every zone a customer may be in."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzdata

from guard.cases import book
from handoff_portal.adapters.zones import StaleZones, country_zones, require_fresh_zones, zones_version
from handoff_portal.core.regions import REGIONS
from handoff_portal.guard.model.deciding import decide, prepare
from handoff_portal.guard.model.situation import Proposed, Situation
from handoff_portal.guard.model.terms import Channel, DebtType
from handoff_portal.guard.zones import REGIONS_WITH_SEVERAL, candidate_zones

_LOOKED_AT = ("America/Vancouver", "America/Edmonton")
"""What the check of the zones opens; zones that other tests hold stay the same objects."""


def _names(*given: str, **more: object) -> set[str]:
    return {zone.key for zone in candidate_zones(*given, **more)}  # type: ignore[arg-type]


@pytest.fixture
def system_zones() -> Iterator[None]:
    """Zone files of the system before those of the package, as Python has it by default."""
    zoneinfo.reset_tzpath(("/usr/share/zoneinfo",))
    yield
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache(only_keys=_LOOKED_AT)


def test_zones_come_from_the_package_and_know_the_clocks_of_november_2026() -> None:
    require_fresh_zones()
    assert zoneinfo.TZPATH == ()
    assert zones_version() == tzdata.IANA_VERSION
    at = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    assert at.astimezone(ZoneInfo("America/Vancouver")).hour == 7
    assert datetime(2026, 11, 21, 4, 30, tzinfo=UTC).astimezone(ZoneInfo("America/Edmonton")).hour == 22


@pytest.mark.usefixtures("system_zones")
def test_zones_of_the_system_are_refused() -> None:
    with pytest.raises(StaleZones, match="tzdata package"):
        require_fresh_zones()


def test_old_data_is_refused_with_the_places_it_is_wrong_for(tmp_path: Path) -> None:
    old = tmp_path / "America"
    old.mkdir()
    utc = Path(tzdata.__file__).parent / "zoneinfo" / "UTC"
    (old / "Vancouver").write_bytes(utc.read_bytes())
    ZoneInfo.clear_cache(only_keys=["America/Vancouver"])
    zoneinfo.reset_tzpath((str(tmp_path),))
    ZoneInfo("America/Vancouver")
    zoneinfo.reset_tzpath(())
    try:
        with pytest.raises(StaleZones, match="America/Vancouver"):
            require_fresh_zones()
    finally:
        ZoneInfo.clear_cache(only_keys=_LOOKED_AT)


def test_each_decision_says_with_which_rules_and_zones_it_was_made() -> None:
    situation = Situation(jurisdiction="SG", zones=(ZoneInfo("Asia/Singapore"),), debt_type=DebtType.CONSUMER)
    decision = decide(
        prepare(book(), situation), Proposed(at=datetime(2026, 6, 9, 2, tzinfo=UTC), channel=Channel.CALL)
    )
    assert (decision.rules, decision.tzdata) == ("2026.11.1", zones_version())


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("US", "US-TX", {"America/Chicago", "America/Denver"}),
        ("US", "US-AZ", {"America/Phoenix", "America/Denver"}),
        ("US", "US-PA", {"America/New_York"}),
        ("US", "US-CA", {"America/Los_Angeles"}),
        ("CA", "CA-ON", {"America/Toronto", "America/Winnipeg", "America/Atikokan"}),
        ("SG", "", {"Asia/Singapore"}),
        ("GB", "GB-ENG", {"Europe/London"}),
        ("", "", set()),
        ("XX", "", set()),
    ],
)
def test_an_address_gives_every_zone_of_its_region(country: str, region: str, expected: set[str]) -> None:
    assert _names(country, region) == expected


def test_a_country_without_a_region_gives_all_its_zones() -> None:
    assert _names("ID") == {"Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"}
    assert {"America/New_York", "Pacific/Honolulu"} <= _names("US")


def test_what_the_customer_said_narrows_a_region_and_adds_a_place_that_is_elsewhere() -> None:
    assert _names("US", "US-TX", stated="America/Denver") == {"America/Denver"}
    assert _names("US", "US-PA", stated="Asia/Tokyo") == {"America/New_York", "Asia/Tokyo"}
    assert _names("", stated="Asia/Tokyo") == {"Asia/Tokyo"}
    assert _names("US", "US-PA", stated="Middle/Earth") == {"America/New_York"}


def test_a_telephone_from_elsewhere_adds_its_zone_and_one_from_here_nothing() -> None:
    assert _names("US", "US-NY", phones=["+1 415 555 2671"]) == {"America/New_York", "America/Los_Angeles"}
    assert _names("US", "US-NY", phones=["(212) 555-2671"]) == {"America/New_York"}
    assert _names("SG", phones=["+44 20 7946 0958"]) == {"Asia/Singapore", "Europe/London"}
    assert _names("SG", phones=["no number", "+800 1234 5678"]) == {"Asia/Singapore"}
    assert _names("", phones=["+65 6123 4567"]) == {"Asia/Singapore"}


def test_every_region_has_zones_and_every_zone_exists() -> None:
    for country, regions in REGIONS.items():
        assert all(candidate_zones(country, region) for region in regions)
    assert set(REGIONS_WITH_SEVERAL) <= {region for regions in REGIONS.values() for region in regions}
    assert len(country_zones()) > 240
