"""Jurisdictions: which licence a customer's place asks for, what a licence covers, and what time it is there.

A place is an ISO 3166-1 alpha-2 code ("SG") or, where law is made by region, an ISO 3166-2 code ("US-CA").
The facts and their sources stand in `core.licence_rules`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

from handoff_portal.core.licence_rules import BY_REGION, RULES, Needs, Rule, Source
from handoff_portal.core.regions import REGIONS, ZONES


class DebtScope(StrEnum):
    """Whose debt it is, as licences see it."""

    CONSUMER = "consumer"
    COMMERCIAL = "commercial"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the law of one place asks of an agency that collects one kind of debt there.

    Attributes:
        needed: Whether a licence (or registration, permission, bond) is needed.
        jurisdiction: The place whose licence counts.
        authority: Who gives it; may be empty where none is needed.
        citation: The law that says so.
        what: How it is called there, in lower case.
        note: What else to know.
        reviewed: False where nobody has looked the place up yet; then a licence is asked for to be safe.
        region_missing: True where the region decides and is not known; nobody can say what is needed.
    """

    needed: bool
    jurisdiction: str
    authority: str
    citation: str
    what: str = "collection licence"
    note: str = ""
    reviewed: bool = True
    region_missing: bool = False

    @property
    def named(self) -> str:
        """What is asked for, with its article: "a debt collector licence"."""
        return f"{'an' if self.what[:1] in 'aeiou' else 'a'} {self.what}"


def scope_of(debtor_type: str) -> DebtScope:
    """The scope of a debt: a company's is commercial, a private person's consumer.

    Raises:
        ValueError: Another word than "company" or "private".
    """
    return {"company": DebtScope.COMMERCIAL, "private": DebtScope.CONSUMER}[_known_type(debtor_type)]


def place_of(country: str, region: str | None = "") -> str:
    """The most exact known place: "US" with "CA" or "US-CA" gives "US-CA", with anything else "US"."""
    country = country.strip().upper()
    code = (region or "").strip().upper()
    code = code if code.startswith(f"{country}-") else f"{country}-{code}"
    return code if code in REGIONS.get(country, {}) else country


def country_of(place: str) -> str:
    """The country of a place: "US-CA" gives "US"."""
    return place.partition("-")[0]


def requirement(country: str, region: str | None, scope: DebtScope) -> Requirement:
    """What an agency needs to collect a debt of this scope from a customer in this place.

    Args:
        country: ISO 3166-1 alpha-2 of the customer's address.
        region: ISO 3166-2 code, its last part, or empty.
        scope: Whose debt it is.
    """
    place = place_of(country, region)
    if country_of(place) not in BY_REGION:
        place = country_of(place)
    rule = RULES.get(place)
    if rule is None:
        missing = place in BY_REGION
        return Requirement(
            needed=True,
            jurisdiction=place,
            authority="",
            citation="",
            note="The region decides here." if missing else "Nobody has reviewed the law of this place yet.",
            reviewed=False,
            region_missing=missing,
        )
    return Requirement(
        needed=_needed(rule, scope),
        jurisdiction=place,
        authority=rule.authority,
        citation=rule.citation,
        what=rule.what,
        note=rule.note,
        reviewed=rule.source is not Source.KNOWN,
    )


def covers(licence_jurisdiction: str, customer_country: str, customer_region: str | None = "") -> bool:
    """Whether a licence of one place reaches a customer in another.

    A region's licence reaches that region only. A country's licence reaches all its regions, except those
    that ask for a licence of their own.
    """
    wanted = place_of(customer_country, customer_region)
    held = licence_jurisdiction.strip().upper()
    if held == wanted:
        return True
    if held != country_of(wanted):
        return False
    rule = RULES.get(wanted)
    return held not in BY_REGION or (rule is not None and rule.needs is Needs.NONE)


def zone_of(country: str, region: str | None = "") -> str:
    """The IANA time zone where most people of the place live (see `core.regions`); "Etc/UTC" if unknown."""
    place = place_of(country, region)
    return ZONES.get(place) or ZONES.get(country_of(place), "Etc/UTC")


def local_day(now: datetime, place: str) -> date:
    """The calendar day in a place at this moment; licences begin and end with local days."""
    return now.astimezone(ZoneInfo(zone_of(country_of(place), place))).date()


def is_place(code: str) -> bool:
    """Whether this is a country or region that the portal knows."""
    return code in country_names() or any(code in regions for regions in REGIONS.values())


def place_name(place: str) -> str:
    """A place in words: "US-CA" gives "California, United States"; an unknown code is given back."""
    country = country_names().get(country_of(place), country_of(place))
    region = REGIONS.get(country_of(place), {}).get(place)
    return f"{region}, {country}" if region else country


def region_choices(country: str) -> list[tuple[str, str]]:
    """The regions of a country for a form: ISO 3166-2 code and name, by name. Empty where there are none."""
    return sorted(REGIONS.get(country, {}).items(), key=lambda pair: pair[1])


def country_choices() -> list[tuple[str, str]]:
    """All countries for a form: ISO 3166-1 alpha-2 code and name (Unicode CLDR), by name."""
    return sorted(country_names().items(), key=lambda pair: pair[1])


def licence_place_choices() -> list[tuple[str, str]]:
    """Every place that a licence can be for, by name: regions where regions decide, else countries."""
    places = [place for country in BY_REGION for place in REGIONS[country]]
    whole = [code for code in country_names() if code not in BY_REGION]
    return sorted(((place, place_name(place)) for place in [*places, *whole]), key=lambda pair: pair[1])


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """ISO 3166-1 alpha-2 to English name, of every country that has a time zone of its own."""
    territories = Locale("en", "GB").territories
    return {code: str(territories[code]) for code in ZONES if "-" not in code and code in territories}


def _needed(rule: Rule, scope: DebtScope) -> bool:
    return rule.needs is Needs.BOTH or (rule.needs is Needs.CONSUMER and scope is DebtScope.CONSUMER)


def _known_type(debtor_type: str) -> str:
    if debtor_type not in {"company", "private"}:
        raise ValueError(f"a debtor is a company or private, not {debtor_type!r}")
    return debtor_type
