"""Choosing agencies: the directory held against the cases that are to be offered."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.directory import PAGE, list_agencies, show_agency
from handoff_portal.agencies.model.profile import AgencyCard, DirectoryFilters, LicenceFilter
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import STATE_WORDS, Case, CaseState
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.handoffs.actions.making import MOST_CASES_AT_ONCE
from handoff_portal.handoffs.model.choosing import Candidate, by_suitability, group_cases, held_against
from handoff_portal.handoffs.store import offers
from handoff_portal.identity.actions.organisations import show_organisation


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases somebody wants to offer.

    Attributes:
        ready: Those that can be offered now.
        left_out: Reference and state, in words, of those that cannot.
    """

    ready: tuple[Case, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form shows.

    Attributes:
        candidates: The best first.
        more: Whether the directory has agencies that are not shown; a search by name finds them.
    """

    candidates: tuple[Candidate, ...]
    more: bool


def choose_cases(work: Work, wanted: Sequence[CaseId]) -> Chosen:
    """Look at the cases somebody wants to offer.

    Raises:
        Invalid: None, or too many.
        NotFound: One of them is not known to this organisation.
    """
    work.actor.require(Permission.OFFER_MAKE)
    if not wanted:
        raise Invalid({"case": "Choose at least one case under Cases, then offer it."})
    if len(wanted) > MOST_CASES_AT_ONCE:
        raise Invalid({"case": f"Choose at most {MOST_CASES_AT_ONCE} cases at once."})
    found = [cases.load_case(work, case) for case in dict.fromkeys(wanted)]
    for case in found:
        case.require_owner(work.actor)
    ready = tuple(case for case in found if case.state in {CaseState.READY, CaseState.OFFERED})
    out = tuple((case.reference, STATE_WORDS[case.state]) for case in found if case not in ready)
    return Chosen(ready, out)


def candidates(work: Work, chosen: Sequence[Case], words: str = "", keep: Collection[OrgId] = ()) -> Choice:
    """Agencies for these cases: licensed ones of the customers' countries first, or those found by name.

    Args:
        words: Part of a name; empty for the agencies that are likely to suit.
        keep: Agencies that are shown in any case, because they were chosen before.
    """
    work.actor.require(Permission.OFFER_MAKE)
    found, more = _directory(work, {case.country or "" for case in chosen}, words, keep)
    groups = group_cases(chosen)
    sector = show_organisation(work, work.actor.org).sector
    offered = _offered(work, chosen)
    held = (held_against(card, groups, sector, offered[card.id], work.now) for card in found)
    return Choice(tuple(by_suitability(held)), more)


def _directory(
    work: Work, countries: Collection[str], words: str, keep: Collection[OrgId]
) -> tuple[list[AgencyCard], bool]:
    likely = [DirectoryFilters(country=here, licence=LicenceFilter.VALID) for here in sorted(countries)]
    pages = [DirectoryFilters(words=words)] if words else [*likely, DirectoryFilters()]
    found: dict[OrgId, AgencyCard] = {}
    more = False
    for filters in pages:
        page = list_agencies(work, filters)
        more = more or len(page) > PAGE
        found.update((card.id, card) for card in page[:PAGE])
    found.update((agency, show_agency(work, agency)) for agency in keep if agency not in found)
    return list(found.values()), more


def _offered(work: Work, chosen: Sequence[Case]) -> dict[OrgId, list[str]]:
    references = {case.id: case.reference for case in chosen}
    found: dict[OrgId, list[str]] = defaultdict(list)
    for case, agency in offers.list_open_of_cases(work, list(references)):
        found[agency].append(references[case])
    return found
