"""Licences, reports and agencies the way templates show them: with what they are worth today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from handoff_portal.agencies.model.assurance import Assurance
from handoff_portal.agencies.model.licence import SOON_DAYS, Licence, Standing
from handoff_portal.agencies.model.profile import AgencyCard
from handoff_portal.core.jurisdictions import country_names, local_day
from handoff_portal.core.sectors import SECTOR_NAMES

CLASSES = {"both": "Consumer and commercial", "consumer": "Consumer", "commercial": "Commercial"}
"""Scopes in words."""


@dataclass(frozen=True, slots=True)
class ShownLicence:
    """A licence and what it is worth on the day of its own place.

    Attributes:
        left: Days until its last day, negative after it; None without an end.
        term: Days from its first to its last day, at least 1.
    """

    licence: Licence
    standing: Standing
    left: int | None
    term: int
    covers: str
    agency_name: str = ""

    @property
    def ends(self) -> date | None:
        """Its last day."""
        return self.licence.terms.expires_on


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report and whether its successor is due."""

    report: Assurance
    overdue: bool
    due_soon: bool


@dataclass(frozen=True, slots=True)
class ShownAgency:
    """An agency of the directory."""

    card: AgencyCard
    country: str
    countries: Sequence[str]
    sectors: Sequence[str]
    licences: Sequence[ShownLicence]
    reports: Sequence[ShownReport]

    @property
    def valid(self) -> list[ShownLicence]:
        """Licences that count today."""
        return [shown for shown in self.licences if shown.standing in {Standing.VALID, Standing.ENDING}]


def shown_licence(licence: Licence, now: datetime, agency_name: str = "") -> ShownLicence:
    """A licence with what it is worth on the present day of its place."""
    day = local_day(now, licence.terms.jurisdiction)
    ends = licence.terms.expires_on
    return ShownLicence(
        licence=licence,
        standing=licence.standing(day),
        left=licence.days_left(day),
        term=max((ends - licence.terms.issued_on).days, 1) if ends else 1,
        covers=CLASSES[licence.terms.scope.value],
        agency_name=agency_name,
    )


def shown_report(report: Assurance, now: datetime, place: str) -> ShownReport:
    """A report with whether the next one is due on the present day of the agency's country."""
    left = (report.terms.next_due - local_day(now, place)).days
    return ShownReport(report, overdue=left < 0, due_soon=0 <= left <= SOON_DAYS)


def shown_agency(card: AgencyCard, now: datetime) -> ShownAgency:
    """An agency with everything in words."""
    names = country_names()
    return ShownAgency(
        card=card,
        country=names.get(card.country, card.country),
        countries=[names.get(code, code) for code in card.profile.countries],
        sectors=[SECTOR_NAMES[sector] for sector in card.profile.sectors],
        licences=[shown_licence(licence, now) for licence in card.licences],
        reports=[shown_report(report, now, card.country) for report in card.reports],
    )
