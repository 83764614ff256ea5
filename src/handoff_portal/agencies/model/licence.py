"""Licences: what was recorded, what the compliance officer decided, and on which days it counts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import AgencyDocumentId, LicenceId, OrgId, PersonId
from handoff_portal.core.jurisdictions import DebtScope, place_name
from handoff_portal.core.refusals import WrongState

SOON_DAYS = 60
"""From how many days before its last day a licence is shown as ending soon."""


class LicenceState(StrEnum):
    """What the compliance officer made of it."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class LicenceScope(StrEnum):
    """Whose debts it covers."""

    CONSUMER = "consumer"
    COMMERCIAL = "commercial"
    BOTH = "both"

    def includes(self, scope: DebtScope) -> bool:
        """Whether debts of this scope are covered."""
        return self is LicenceScope.BOTH or self.value == scope.value


class Standing(StrEnum):
    """What a licence is worth on one day, for lists and badges."""

    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What stands on the licence itself.

    Attributes:
        jurisdiction: ISO 3166-1 alpha-2 or ISO 3166-2 code of the place it is for.
        licence_class: How the regulator calls this kind of licence.
        issued_on: First valid day, local to the place.
        expires_on: Last valid day, local to the place; None if the regulator set no end.
    """

    jurisdiction: str
    regulator: str
    number: str
    licence_class: str
    scope: LicenceScope
    issued_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence of an agency.

    Attributes:
        source_url: The regulator's page on which the officer verified it.
        remark: Why it was rejected or suspended.
    """

    id: LicenceId
    agency: OrgId
    terms: LicenceTerms
    state: LicenceState
    recorded_at: datetime
    recorded_by: PersonId
    document: AgencyDocumentId | None = None
    source_url: str = ""
    remark: str = ""
    decided_at: datetime | None = None
    decided_by: PersonId | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether it lets the agency collect on this local day; first and last day count."""
        return self.state is LicenceState.VERIFIED and self.is_within(day)

    def is_within(self, day: date) -> bool:
        """Whether the day lies between first and last day, whatever the officer decided."""
        ends = self.terms.expires_on
        return self.terms.issued_on <= day and (ends is None or day <= ends)

    def days_left(self, day: date) -> int | None:
        """Days from this day to the last one, 0 on the last day, negative after it; None without an end."""
        return None if self.terms.expires_on is None else (self.terms.expires_on - day).days

    def standing(self, day: date) -> Standing:
        """What it is worth on this local day."""
        if self.state is not LicenceState.VERIFIED:
            return Standing(self.state.value)
        if day < self.terms.issued_on:
            return Standing.NOT_YET
        left = self.days_left(day)
        if left is not None and left < 0:
            return Standing.EXPIRED
        return Standing.ENDING if left is not None and left <= SOON_DAYS else Standing.VALID

    @property
    def place(self) -> str:
        """Its jurisdiction in words."""
        return place_name(self.terms.jurisdiction)


@dataclass(frozen=True, slots=True)
class NamedLicence:
    """A licence with the name of its agency, for the officer's queue."""

    licence: Licence
    agency_name: str


def edited(licence: Licence, terms: LicenceTerms, document: AgencyDocumentId | None) -> Licence:
    """The licence after its agency corrected it; it waits for the officer again.

    Raises:
        WrongState: An officer has verified or suspended it; a new one has to be recorded.
    """
    if licence.state not in {LicenceState.SUBMITTED, LicenceState.REJECTED}:
        raise WrongState(
            "This licence has been decided on, so it stays as it is. Record a new one with the new details."
        )
    return replace(
        licence, terms=terms, state=LicenceState.SUBMITTED, document=document or licence.document, remark=""
    )


_BEFORE = {
    LicenceState.VERIFIED: {LicenceState.SUBMITTED, LicenceState.SUSPENDED},
    LicenceState.REJECTED: {LicenceState.SUBMITTED},
    LicenceState.SUSPENDED: {LicenceState.VERIFIED},
}
_TOO_LATE = {
    LicenceState.VERIFIED: "Only a licence that waits for a decision or is suspended can be verified.",
    LicenceState.REJECTED: "Only a licence that waits for a decision can be turned down. Suspend it instead.",
    LicenceState.SUSPENDED: "Only a verified licence can be suspended.",
}


def decided(
    licence: Licence,
    state: LicenceState,
    *,
    by: PersonId,
    at: datetime,
    remark: str = "",
    source_url: str = "",
) -> Licence:
    """The licence after the officer's decision.

    Raises:
        WrongState: Somebody has decided otherwise in the meantime.
    """
    if licence.state not in _BEFORE.get(state, set()):
        raise WrongState(_TOO_LATE.get(state, "A decision cannot be taken back to waiting."))
    return replace(
        licence,
        state=state,
        source_url=source_url or licence.source_url,
        remark=remark,
        decided_at=at,
        decided_by=by,
    )


@dataclass(frozen=True, kw_only=True)
class LicenceRecorded(Event):
    """An agency recorded a licence, or corrected one that waits."""

    action: ClassVar[Action] = Action.LICENCE_RECORDED
    licence: LicenceId
    jurisdiction: Code
    scope: LicenceScope
    expires_on: date | None
    corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class LicenceDecided(Event):
    """What every decision of the officer says."""

    licence: LicenceId
    agency: OrgId
    jurisdiction: Code


@dataclass(frozen=True, kw_only=True)
class LicenceVerified(LicenceDecided):
    """The officer found the licence in the regulator's register."""

    action: ClassVar[Action] = Action.LICENCE_VERIFIED
    expires_on: date | None


@dataclass(frozen=True, kw_only=True)
class LicenceRejected(LicenceDecided):
    """The officer could not verify the licence."""

    action: ClassVar[Action] = Action.LICENCE_REJECTED


@dataclass(frozen=True, kw_only=True)
class LicenceSuspended(LicenceDecided):
    """The officer took a verified licence out of use."""

    action: ClassVar[Action] = Action.LICENCE_SUSPENDED
