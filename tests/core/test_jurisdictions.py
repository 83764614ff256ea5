from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handoff_portal.core import jurisdictions
from handoff_portal.core.jurisdictions import DebtScope, covers, place_of, requirement, scope_of, zone_of
from handoff_portal.core.licence_rules import RULES, Needs
from handoff_portal.core.regions import REGIONS, ZONES

CONSUMER, COMMERCIAL = DebtScope.CONSUMER, DebtScope.COMMERCIAL


@pytest.mark.parametrize(
    ("country", "region", "place"),
    [
        ("US", "CA", "US-CA"),
        ("us", "us-ca", "US-CA"),
        ("AU", "AU-NSW", "AU-NSW"),
        ("GB", "SCT", "GB-SCT"),
        ("SG", "", "SG"),
        ("SG", None, "SG"),
        ("US", "Narnia", "US"),
        ("GB", "US-CA", "GB"),
    ],
)
def test_a_place_is_as_exact_as_is_known(country: str, region: str | None, place: str) -> None:
    assert place_of(country, region) == place


@pytest.mark.parametrize(
    ("country", "region", "scope", "needed", "jurisdiction"),
    [
        ("SG", "", CONSUMER, True, "SG"),
        ("SG", "", COMMERCIAL, True, "SG"),
        ("GB", "", CONSUMER, True, "GB"),
        ("GB", "SCT", CONSUMER, True, "GB"),
        ("GB", "ENG", COMMERCIAL, False, "GB"),
        ("US", "CA", CONSUMER, True, "US-CA"),
        ("US", "CA", COMMERCIAL, False, "US-CA"),
        ("US", "WA", COMMERCIAL, True, "US-WA"),
        ("US", "TX", CONSUMER, True, "US-TX"),
        ("US", "TX", COMMERCIAL, False, "US-TX"),
        ("US", "NY", CONSUMER, False, "US-NY"),
        ("AU", "NSW", CONSUMER, False, "AU-NSW"),
        ("AU", "QLD", CONSUMER, False, "AU-QLD"),
        ("AU", "WA", COMMERCIAL, True, "AU-WA"),
        ("AU", "SA", CONSUMER, True, "AU-SA"),
        ("HK", "", CONSUMER, False, "HK"),
    ],
)
def test_the_place_and_the_kind_of_debt_decide_what_is_needed(
    country: str, region: str, scope: DebtScope, jurisdiction: str, *, needed: bool
) -> None:
    found = requirement(country, region, scope)
    assert (found.needed, found.jurisdiction) == (needed, jurisdiction)
    assert found.citation


def test_where_the_region_decides_and_is_missing_nobody_can_say() -> None:
    found = requirement("US", "", COMMERCIAL)
    assert found.needed
    assert found.region_missing


def test_an_unreviewed_place_asks_for_a_licence_to_be_safe() -> None:
    for country, region in (("FR", ""), ("US", "UT")):
        found = requirement(country, region, COMMERCIAL)
        assert found.needed
        assert not found.reviewed
        assert not found.region_missing


@pytest.mark.parametrize(
    ("held", "country", "region", "reaches"),
    [
        ("SG", "SG", "", True),
        ("SG", "MY", "", False),
        ("GB", "GB", "", True),
        ("GB", "GB", "GB-WLS", True),
        ("US-CA", "US", "CA", True),
        ("US-CA", "US", "NV", False),
        ("US-CA", "US", "", False),
        ("US", "US", "CA", False),
        ("US", "US", "UT", False),
        ("US", "US", "GA", True),
        ("AU", "AU", "NSW", True),
        ("AU", "AU", "WA", False),
        ("AU-WA", "US", "WA", False),
    ],
)
def test_a_licence_reaches_its_own_place_only(held: str, country: str, region: str, *, reaches: bool) -> None:
    assert covers(held, country, region) is reaches


def test_every_rule_has_its_place_and_its_source() -> None:
    for place, rule in RULES.items():
        assert jurisdictions.is_place(place), place
        assert rule.citation, place
        assert rule.authority or rule.needs is Needs.NONE, place
        assert ";;" not in rule.citation


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("SG", "", "Asia/Singapore"),
        ("GB", "NIR", "Europe/London"),
        ("US", "", "America/New_York"),
        ("US", "GA", "America/New_York"),
        ("US", "CA", "America/Los_Angeles"),
        ("AU", "WA", "Australia/Perth"),
        ("AU", "", "Australia/Sydney"),
        ("XX", "", "Etc/UTC"),
    ],
)
def test_the_main_zone_of_a_place(country: str, region: str, zone: str) -> None:
    assert zone_of(country, region) == zone


def test_every_zone_exists_and_every_region_has_one() -> None:
    for zone in ZONES.values():
        assert ZoneInfo(zone).key == zone
    for country, regions in REGIONS.items():
        for region in regions:
            assert zone_of(country, region) != "Etc/UTC"


def test_the_day_is_the_local_day_of_the_place() -> None:
    late = datetime(2026, 6, 30, 17, 30, tzinfo=UTC)
    assert jurisdictions.local_day(late, "SG") == date(2026, 7, 1)
    assert jurisdictions.local_day(late, "US-CA") == date(2026, 6, 30)
    early = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
    assert jurisdictions.local_day(early, "US-NY") == date(2026, 6, 30)


def test_forms_offer_names_and_no_country_where_regions_decide() -> None:
    places = dict(jurisdictions.licence_place_choices())
    assert places["SG"] == "Singapore"
    assert places["US-CA"] == "California, United States"
    assert "US" not in places
    assert ("GB-SCT", "Scotland") in jurisdictions.region_choices("GB")
    assert jurisdictions.region_choices("SG") == []


def test_a_company_owes_commercially_and_a_person_as_consumer() -> None:
    assert scope_of("company") is COMMERCIAL
    assert scope_of("private") is CONSUMER
    with pytest.raises(ValueError, match="company or private"):
        scope_of("trust")
