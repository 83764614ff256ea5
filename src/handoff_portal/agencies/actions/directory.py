"""The directory: finding agencies, reading about one, and describing one's own."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.model.assurance import Assurance
from handoff_portal.agencies.model.licence import Licence
from handoff_portal.agencies.model.profile import (
    AgencyCard,
    AgencyProfileChanged,
    DirectoryFilters,
    Profile,
)
from handoff_portal.agencies.store import assurances, directory, licences
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound

PAGE = 30
"""Agencies on one page of the directory."""


def list_agencies(work: Work, filters: DirectoryFilters) -> list[AgencyCard]:
    """Agencies by name with their licences and reports; one more than a page if there are more."""
    work.actor.require(Permission.DIRECTORY_READ)
    today = work.now.astimezone(UTC).date()
    return _completed(work, directory.list_agencies(work, filters, today, PAGE + 1))


def show_agency(work: Work, wanted: OrgId) -> AgencyCard:
    """One agency with its licences and reports. Raises NotFound."""
    work.actor.require(Permission.DIRECTORY_READ)
    return _completed(work, [directory.load_agency(work, wanted)])[0]


def own_profile(work: Work, agency: OrgId) -> AgencyCard:
    """The actor's own agency, to describe it. Raises NotFound for another one's."""
    work.actor.require(Permission.LICENCE_EDIT)
    if agency != work.actor.org:
        raise NotFound
    return directory.load_agency(work, agency)


def edit_profile(work: Work, profile: Profile, *, attests: bool) -> None:
    """Describe the actor's own agency.

    Args:
        work: The unit of work.
        profile: The new words; the date of the promise in it is ignored.
        attests: Whether the agency promises to keep the conduct rules; a promise keeps its first date.

    Raises:
        NotFound: It is another agency's profile.
    """
    before = own_profile(work, profile.agency).profile.conduct_attested_at
    promised = (before or work.now) if attests else None
    event = AgencyProfileChanged(sectors=profile.sectors, attested=attests)
    directory.save_profile(work, replace(profile, conduct_attested_at=promised), event)


def _completed(work: Work, cards: list[AgencyCard]) -> list[AgencyCard]:
    agencies = [card.id for card in cards]
    held: dict[OrgId, list[Licence]] = defaultdict(list)
    for licence in licences.list_of(work, agencies):
        held[licence.agency].append(licence)
    reports: dict[OrgId, list[Assurance]] = defaultdict(list)
    for report in assurances.list_of(work, agencies):
        reports[report.agency].append(report)
    return [replace(card, licences=held[card.id], reports=reports[card.id]) for card in cards]
