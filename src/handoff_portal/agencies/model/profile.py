"""What an agency says of itself, and what the directory shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.agencies.model.assurance import Assurance
from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.agencies.model.licence import Licence, LicenceState
from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import AgencyDocumentId, OrgId
from handoff_portal.core.jurisdictions import country_of, local_day, place_name
from handoff_portal.core.sectors import Sector


@dataclass(frozen=True, slots=True)
class Profile:
    """An agency in its own words.

    Attributes:
        countries: Where it works, ISO 3166-1 alpha-2.
        values_statement: How it wants customers to be treated.
        conduct_attested_at: When it last promised to keep the conduct rules of the portal.
    """

    agency: OrgId
    about: str = ""
    sectors: tuple[Sector, ...] = ()
    countries: tuple[str, ...] = ()
    values_statement: str = ""
    website: str = ""
    conduct_attested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgencyCard:
    """An agency as the directory shows it."""

    id: OrgId
    name: str
    country: str
    profile: Profile
    licences: Sequence[Licence] = ()
    reports: Sequence[Assurance] = ()


class LicenceFilter(StrEnum):
    """Narrowing the directory by licence."""

    VALID = "valid"
    WAITING = "waiting"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DirectoryFilters:
    """What somebody looks for in the directory.

    Attributes:
        country: Licensed or working there, ISO 3166-1 alpha-2.
        licence: Agencies with a licence valid today, with one waiting, or with no valid one.
        words: Part of the name.
        after: Name and id of the last agency of the page before.
    """

    country: str = ""
    sector: Sector | None = None
    licence: LicenceFilter | None = None
    words: str = ""
    after: tuple[str, OrgId] | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an agency may collect in one place today."""

    place: str
    consumer: Fitting
    commercial: Fitting

    @property
    def name(self) -> str:
        """The place in words."""
        return place_name(self.place)


def coverage(card: AgencyCard, now: datetime) -> list[Coverage]:
    """What the agency may collect where: every place of a licence, and every country it says it works in."""
    held = {licence.terms.jurisdiction for licence in card.licences if licence.state is LicenceState.VERIFIED}
    licensed_countries = {country_of(place) for place in held}
    places = held | {country for country in card.profile.countries if country not in licensed_countries}
    return [_coverage(card, place, local_day(now, place)) for place in sorted(places, key=place_name)]


def _coverage(card: AgencyCard, place: str, day: date) -> Coverage:
    country = country_of(place)
    consumer = fitting_licence(card.licences, country, place, "private", day)
    return Coverage(place, consumer, fitting_licence(card.licences, country, place, "company", day))


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A file of an agency, sealed in the object store.

    Attributes:
        wrapped_key: Its key, sealed under the portal's licence key.
        sealed_name: Its file name, sealed under its own key.
        sha256: Of the plaintext.
    """

    id: AgencyDocumentId
    agency: OrgId
    object_key: str
    wrapped_key: bytes
    sealed_name: bytes
    media_type: str
    size: int
    sha256: bytes


@dataclass(frozen=True, kw_only=True)
class AgencyProfileChanged(Event):
    """An agency described itself anew."""

    action: ClassVar[Action] = Action.AGENCY_PROFILE_CHANGED
    sectors: tuple[Sector, ...]
    attested: bool


@dataclass(frozen=True, kw_only=True)
class LicenceDocumentStored(Event):
    """A file for a licence or report was stored."""

    action: ClassVar[Action] = Action.LICENCE_DOCUMENT_STORED
    document: AgencyDocumentId
    size: int
    sha256: bytes


@dataclass(frozen=True, kw_only=True)
class LicenceDocumentRead(Event):
    """Somebody opened the file of a licence or report."""

    action: ClassVar[Action] = Action.LICENCE_DOCUMENT_READ
    document: AgencyDocumentId
    agency: OrgId
