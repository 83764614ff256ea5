"""Contact rests where an agency has no valid licence any more: for which cases, and why in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.agencies.model.licence import Licence, LicenceState
from handoff_portal.core.ids import CaseId, HoldId, OrgId
from handoff_portal.core.jurisdictions import covers, local_day, place_name, place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Licensed:
    """What of a case decides on the licence that its agency needs.

    Attributes:
        zone: Of the customer; empty if not known.
        held: Whether the agency holds it now.
        hold: The hold for want of a licence, if one is open.
    """

    case: CaseId
    business: OrgId
    country: str
    region: str
    debtor_type: str
    zone: str
    held: bool
    hold: HoldId | None = None


def lapse_of(one: Licensed, licences: list[Licence], now: datetime) -> str:
    """Why the agency may not go on in a case that it holds; empty if it may, or does not hold it."""
    if not one.held or not one.country or not one.debtor_type:
        return ""
    day = local_day(now, place_of(one.country, one.region))
    fitting = fitting_licence(licences, one.country, one.region, one.debtor_type, day)
    if fitting.fits:
        return ""
    near = [held for held in licences if covers(held.terms.jurisdiction, one.country, one.region)]
    return f"The agency has no valid licence for {place_name(fitting.place)}: {_what(near, fitting, day)}."


def _what(near: Iterable[Licence], fitting: Fitting, day: date) -> str:
    decided = [one for one in near if one.state in {LicenceState.VERIFIED, LicenceState.SUSPENDED}]
    fitting_ones = [one for one in decided if one.terms.scope.includes(fitting.scope)]
    if not fitting_ones:
        return f"none for {fitting.scope.value} debts is verified"
    last = max(fitting_ones, key=lambda one: (one.terms.expires_on or date.max, one.recorded_at))
    number, ends = last.terms.number, last.terms.expires_on
    if last.state is LicenceState.SUSPENDED:
        return f"{number} is suspended"
    if ends is not None and ends < day:
        return f"{number} ended on {ends.day} {ends:%B %Y}"
    return f"{number} does not count today"
