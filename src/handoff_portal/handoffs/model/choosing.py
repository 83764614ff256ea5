"""Which agencies suit the cases that are to be offered, said to the business."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handoff_portal.agencies.model.assurance import Assurance, AssuranceState
from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.agencies.model.profile import AgencyCard
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import OrgId
from handoff_portal.core.jurisdictions import covers, local_day, place_name, place_of
from handoff_portal.core.sectors import Sector

PRESELECTED = 3
"""So many of the agencies that suit best are ticked when the form begins."""


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Cases that ask for the same licence: customers of the same kind in the same place."""

    country: str
    region: str
    debtor_type: str
    references: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where the customers are, in words."""
        return place_name(place_of(self.country, self.region))


@dataclass(frozen=True, slots=True)
class GroupFit:
    """Whether one agency may collect one group today.

    Attributes:
        waits: Whether a licence for the place waits for verification.
    """

    group: CaseGroup
    fitting: Fitting
    waits: bool

    @property
    def say(self) -> str:
        """The answer in one line: which licence counts, or what is missing."""
        asked = self.fitting.requirement
        if asked.region_missing:
            return "Each state decides there, and the address of the customer names none."
        if self.fitting.licence is not None:
            return f"{asked.what[:1].upper()}{asked.what[1:]} {self.fitting.licence.terms.number}"
        if self.fitting.fits:
            return "No licence is needed for this"
        waits = "; one waits for verification" if self.waits else ""
        return f"No valid {asked.what} for {place_name(asked.jurisdiction)}{waits}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agency of the directory, held against the chosen cases.

    Attributes:
        knows_sector: Whether it names the sector of the business among its own.
        offered: References of chosen cases that it has been offered already.
        reports: Verified assurance reports whose successor is not overdue.
    """

    card: AgencyCard
    fits: tuple[GroupFit, ...]
    knows_sector: bool
    offered: tuple[str, ...]
    reports: tuple[Assurance, ...]

    @property
    def suits(self) -> bool:
        """Whether it could accept every chosen case today."""
        return not self.offered and all(fit.fitting.fits for fit in self.fits)


def group_cases(cases: Iterable[Case]) -> list[CaseGroup]:
    """The chosen cases by what they ask of an agency, in the order of their places."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for case in cases:
        key = (case.country or "", case.region, case.debtor_type or "")
        found.setdefault(key, []).append(case.reference)
    groups = [CaseGroup(*key, tuple(references)) for key, references in found.items()]
    return sorted(groups, key=lambda group: (group.place, group.debtor_type))


def held_against(
    card: AgencyCard, groups: Sequence[CaseGroup], sector: str, offered: Iterable[str], now: datetime
) -> Candidate:
    """One agency with the answers for every group, each on the calendar of the customers' place."""
    today = local_day(now, card.country)
    good = (r for r in card.reports if r.state is AssuranceState.VERIFIED and not r.is_overdue_on(today))
    return Candidate(
        card=card,
        fits=tuple(_fit(card, group, now) for group in groups),
        knows_sector=sector in set(Sector) and Sector(sector) in card.profile.sectors,
        offered=tuple(sorted(offered)),
        reports=tuple(good),
    )


def by_suitability(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Best first: those that can accept everything, know the sector and have been audited."""
    return sorted(
        candidates,
        key=lambda one: (
            not one.suits,
            sum(not fit.fitting.fits for fit in one.fits),
            not one.knows_sector,
            -len(one.reports),
            one.card.name,
        ),
    )


def preselected(candidates: Iterable[Candidate]) -> list[OrgId]:
    """The agencies that are ticked when the form begins: the best that can accept everything."""
    return [one.card.id for one in candidates if one.suits][:PRESELECTED]


def _fit(card: AgencyCard, group: CaseGroup, now: datetime) -> GroupFit:
    day = local_day(now, place_of(group.country, group.region))
    fitting = fitting_licence(card.licences, group.country, group.region, group.debtor_type, day)
    waits = any(
        held.state is LicenceState.SUBMITTED and covers(held.terms.jurisdiction, group.country, group.region)
        for held in card.licences
    )
    return GroupFit(group, fitting, waits)
