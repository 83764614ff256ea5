"""Gathering what the contact guard looks at, for one case or a page of them with the same few questions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.agencies.model.licence import Licence
from handoff_portal.cases.actions.finding import open_cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Customer
from handoff_portal.contacts.model.guarding import HISTORY_DAYS, Known
from handoff_portal.contacts.store import facts, holds
from handoff_portal.core.ids import CaseId
from handoff_portal.core.jurisdictions import local_day, place_of, zone_of
from handoff_portal.core.permissions import OrgKind
from handoff_portal.guard.zones import candidate_zones


def gather(
    work: Work,
    wanted: Sequence[Case],
    at: datetime,
    keys: Mapping[CaseId, CaseKey] | None = None,
    held: Sequence[Licence] | None = None,
) -> dict[CaseId, Known]:
    """What is known of each case at a moment, for an approved person of the side that asks.

    Args:
        keys: Those that are open already.
        held: Licences of the agency, if they were read already.
    """
    agency = work.actor.org_kind is OrgKind.AGENCY
    opened = open_cases(work, wanted, keys)
    own = {case: one.key for case, one in opened.items()}
    said = facts.list_rows(work, list(own), min(at, work.now) - timedelta(days=HISTORY_DAYS))
    stops, wishes = holds.list_of(work, own), facts.list_of(work, own)
    licences = (licences_of(work, work.actor.org) if held is None else held) if agency else ()
    fits = partial(_fitting, licences, at)
    return {
        case.id: Known(
            case=case,
            customer=opened[case.id].customer,
            zones=_zones(work, case, opened[case.id].customer),
            fitting=fits(case) if agency else None,
            approved=True,
            said=said[case.id],
            holds=stops[case.id],
            facts=wishes[case.id],
            handed_over_at=opened[case.id].since if agency else None,
        )
        for case in wanted
        if case.id in opened
    }


def _fitting(held: Sequence[Licence], at: datetime, case: Case) -> Fitting | None:
    """The licence of the agency for this customer as it stands today, for the local day of the contact."""
    if case.country is None or case.debtor_type is None:
        return None
    day = local_day(at, place_of(case.country, case.region))
    return fitting_licence(held, case.country, case.region, case.debtor_type.value, day)


def _zones(work: Work, case: Case, customer: Customer | None) -> tuple[tzinfo, ...]:
    """A zone that only follows from the address says nothing that the address does not."""
    country, phones = case.country or "", customer.phones if customer else ()
    stated = case.time_zone or ""
    if country and stated == zone_of(country, case.region):
        stated = ""
    found = candidate_zones(country, case.region, phones=phones, stated=stated)
    return found or (ZoneInfo(case.time_zone or work.actor.time_zone),)
