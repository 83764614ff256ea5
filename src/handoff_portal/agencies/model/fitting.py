"""Does an agency have the licence that a customer's place asks for today? If not: why, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handoff_portal.agencies.model.licence import Licence, LicenceState
from handoff_portal.core.jurisdictions import (
    DebtScope,
    Requirement,
    country_of,
    covers,
    place_name,
    place_of,
    requirement,
    scope_of,
)
from handoff_portal.core.refusals import WrongState


class NoValidLicence(WrongState):
    """The agency may not take this case today."""

    title = "A valid licence is needed"


@dataclass(frozen=True, slots=True)
class Fitting:
    """The answer for one customer on one day.

    Attributes:
        requirement: What the law of the place asks.
        licence: The licence that counts; None if none is needed or none fits.
        why_not: What is missing and what to do; empty if the agency may collect.
        place: The customer's place.
        day: The local day the answer is for.
    """

    requirement: Requirement
    licence: Licence | None
    why_not: str
    place: str
    scope: DebtScope
    day: date

    @property
    def fits(self) -> bool:
        """Whether the agency may take the case."""
        return not self.why_not

    def require(self) -> "Fitting":
        """Refuse unless the agency may take the case.

        Raises:
            NoValidLicence: Says which licence is missing and what to do.
        """
        if self.why_not:
            raise NoValidLicence(self.why_not)
        return self

    def freeze(self) -> dict[str, object]:
        """What the hand-off record keeps for good: the licence as it is now, or why none is needed (JSON)."""
        basis: dict[str, object] = {
            "needed": self.requirement.needed,
            "place": self.place,
            "scope": self.scope.value,
            "checked_for": self.day.isoformat(),
            "citation": self.requirement.citation,
        }
        return {**basis, "licence": freeze(self.licence) if self.licence else None}


def freeze(licence: Licence) -> dict[str, object]:
    """A licence as JSON values, the way it stands at this moment: ids and dates as text, dates ISO 8601."""
    terms = licence.terms
    return {
        "id": str(licence.id),
        "agency": str(licence.agency),
        "jurisdiction": terms.jurisdiction,
        "regulator": terms.regulator,
        "number": terms.number,
        "class": terms.licence_class,
        "scope": terms.scope.value,
        "issued_on": terms.issued_on.isoformat(),
        "expires_on": terms.expires_on.isoformat() if terms.expires_on else None,
        "source_url": licence.source_url,
        "verified_at": licence.decided_at.isoformat() if licence.decided_at else None,
        "verified_by": str(licence.decided_by) if licence.decided_by else None,
    }


def fitting_licence(
    licences: Iterable[Licence], country: str, region: str | None, debtor_type: str, day: date
) -> Fitting:
    """Find the licence of one agency that covers a customer, or say why the agency may not collect there.

    Args:
        licences: All licences of the agency.
        country: ISO 3166-1 alpha-2 of the customer.
        region: ISO 3166-2 code of the customer, its last part, or empty.
        debtor_type: "company" or "private".
        day: The local date where the customer lives.
    """
    scope = scope_of(debtor_type)
    asked = requirement(country, region, scope)
    place = place_of(country, region)
    near = [held for held in licences if covers(held.terms.jurisdiction, country, region)]
    valid = [held for held in near if held.terms.scope.includes(scope) and held.is_valid_on(day)]
    best = max(valid, key=_lasts_longest, default=None)
    why_not = ""
    if asked.region_missing:
        why_not = _ask_for_region(country)
        best = None
    elif asked.needed and best is None:
        why_not = _why_not(asked, near, scope, day)
    return Fitting(asked, best, why_not, place, scope, day)


def _lasts_longest(licence: Licence) -> tuple[date, str]:
    return (licence.terms.expires_on or date.max, licence.terms.number)


def _ask_for_region(country: str) -> str:
    return (
        f"In {place_name(country_of(country.upper()))} each state decides which licence is needed, and the "
        "state of this customer is not known. Ask the business to add it to the address."
    )


def _why_not(asked: Requirement, near: list[Licence], scope: DebtScope, day: date) -> str:
    named = asked.named
    wanted = f"{named[0].upper()}{named[1:]} for {place_name(asked.jurisdiction)} is needed"
    law = f" ({asked.citation})" if asked.citation else ""
    if not near:
        return (
            f"{wanted}{law}, and your agency has recorded none. Record it under Licences; we check it then."
        )
    fitting = [held for held in near if held.terms.scope.includes(scope)]
    if not fitting:
        held = near[0]
        return (
            f"{wanted}{law}. Your licence {held.terms.number} covers {held.terms.scope.value} debts, this "
            f"is a {scope.value} debt. Record a licence for {scope.value} debts under Licences."
        )
    closest = min(fitting, key=lambda held: _distance(held, day))
    return f"{wanted}{law}. {_what_is_wrong(closest, day)}"


_CLOSENESS = (LicenceState.VERIFIED, LicenceState.SUBMITTED, LicenceState.SUSPENDED, LicenceState.REJECTED)


def _distance(licence: Licence, day: date) -> tuple[bool, int, int]:
    """How close a licence is to being usable: one that waits today before one that has expired."""
    ends = licence.terms.expires_on or date.max
    return (not licence.is_within(day), _CLOSENESS.index(licence.state), -ends.toordinal())


def _what_is_wrong(licence: Licence, day: date) -> str:
    named = f"Your licence {licence.terms.number}"
    if licence.terms.expires_on and licence.terms.expires_on < day:
        return f"{named} ended on {_words(licence.terms.expires_on)}. Record the renewed one under Licences."
    if day < licence.terms.issued_on and licence.state is LicenceState.VERIFIED:
        return f"{named} begins on {_words(licence.terms.issued_on)}. Accept from that day on."
    return {
        LicenceState.SUBMITTED: f"{named} waits for our compliance officer. Accept once it is verified.",
        LicenceState.SUSPENDED: f"{named} is suspended. Open it under Licences to read why and what to do.",
        LicenceState.REJECTED: f"{named} could not be verified. Correct it under Licences.",
        LicenceState.VERIFIED: f"{named} does not count today.",
    }[licence.state]


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
