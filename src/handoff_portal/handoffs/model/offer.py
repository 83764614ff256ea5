"""Offers: who may do what with them and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from handoff_portal.cases.model.account import Bucket
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Action, Code, Event, Outcome
from handoff_portal.core.ids import CaseId, HandoffId, LicenceId, OfferId, OrgId, PersonId
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState
from handoff_portal.handoffs.model.preview import Preview

SHORTEST_OFFER = timedelta(hours=1)
LONGEST_OFFER = timedelta(days=60)
MOST_COMMISSION_BP = 5_000
ANSWER_WITHIN_DAYS = 2
FIRST_CONTACT_WITHIN_DAYS = 5


class OfferState(StrEnum):
    """What has become of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    LOST = "lost"


OFFER_WORDS: dict[OfferState, str] = {
    OfferState.OPEN: "Waiting for an answer",
    OfferState.ACCEPTED: "Accepted",
    OfferState.DECLINED: "Declined",
    OfferState.WITHDRAWN: "Withdrawn by the business",
    OfferState.LAPSED: "Ended without an answer",
    OfferState.LOST: "Accepted by another agency",
}
"""How a state is called on pages."""


class DeclineReason(StrEnum):
    """Why an agency does not take a case."""

    CAPACITY = "capacity"
    NO_LICENCE = "no_licence"
    OUTSIDE_SECTOR = "outside_sector"
    COMMISSION = "commission"
    TOO_OLD = "too_old"
    CONFLICT = "conflict_of_interest"
    OTHER = "other"


DECLINE_WORDS: dict[DeclineReason, str] = {
    DeclineReason.CAPACITY: "No capacity at the moment",
    DeclineReason.NO_LICENCE: "The licence that is needed is missing",
    DeclineReason.OUTSIDE_SECTOR: "Outside our sector",
    DeclineReason.COMMISSION: "The commission does not cover the work",
    DeclineReason.TOO_OLD: "The debt is too old",
    DeclineReason.CONFLICT: "A conflict of interest",
    DeclineReason.OTHER: "Another reason",
}
"""How a reason is called on pages."""


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What the business offers.

    Attributes:
        commission_bp: Share of every recovery for the agency, in basis points.
        allocation: In which order a payment fills the buckets.
        expires_at: Until when it can be accepted, UTC.
    """

    commission_bp: int
    allocation: tuple[Bucket, ...]
    expires_at: datetime

    def require_sound(self, now: datetime) -> None:
        """Refuse terms that cannot be meant.

        Raises:
            Invalid: At the fields `commission`, `allocation`, `expires_at`.
        """
        errors: dict[str, str] = {}
        if not 0 <= self.commission_bp <= MOST_COMMISSION_BP:
            errors["commission"] = "The commission is between 0 and 50 percent."
        if sorted(self.allocation) != sorted(Bucket):
            errors["allocation"] = "Put each of costs, interest, fees and principal in the order once."
        if not SHORTEST_OFFER <= self.expires_at - now <= LONGEST_OFFER:
            errors["expires_at"] = "An offer lasts between one hour and 60 days."
        if errors:
            raise Invalid(errors)


@dataclass(frozen=True, slots=True)
class Offer:
    """One case offered to one agency.

    Attributes:
        answer_due: Until when the business answers the agency's question; None while none waits.
    """

    id: OfferId
    case: CaseId
    business: OrgId
    agency: OrgId
    state: OfferState
    preview: Preview
    terms: OfferTerms
    made_at: datetime
    made_by: PersonId
    seen_at: datetime | None = None
    answer_due: datetime | None = None
    answered_at: datetime | None = None
    decline_reason: DeclineReason | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered at this moment."""
        return self.state is OfferState.OPEN and now < self.terms.expires_at

    def words_for(self, now: datetime) -> str:
        """What has become of it; an offer whose time is over has ended before the portal notes it."""
        ended = self.state is OfferState.OPEN and not self.is_open(now)
        return OFFER_WORDS[OfferState.LAPSED if ended else self.state]

    def require_open(self, now: datetime) -> None:
        """Refuse when it was answered, taken back or has ended.

        Raises:
            WrongState: Says what became of it.
        """
        if self.state is not OfferState.OPEN:
            raise WrongState(f"{OFFER_WORDS[self.state]}. Nothing more can be done with this offer.")
        if self.terms.expires_at <= now:
            raise WrongState("This offer has ended. Ask the business to offer the case again.")

    def require_agency(self, actor: Actor) -> None:
        """Refuse everybody but the agency it was made to. Raises Forbidden."""
        if actor.org != self.agency:
            raise Forbidden("Only the agency that received this offer can do that.")

    def require_business(self, actor: Actor) -> None:
        """Refuse everybody but the business that made it. Raises Forbidden."""
        if actor.org != self.business:
            raise Forbidden("Only the business that made this offer can do that.")


@dataclass(frozen=True, slots=True)
class OfferMessage:
    """A question or answer about an offer."""

    org: OrgId
    person: PersonId
    author: str
    text: str
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class OfferEvent(Event):
    """Something happened to an offer."""

    offer: OfferId
    agency: OrgId


@dataclass(frozen=True, kw_only=True)
class CaseOffered(OfferEvent):
    """A case was offered to an agency."""

    action: ClassVar[Action] = Action.CASE_OFFERED
    commission_bp: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class OfferSeen(OfferEvent):
    """The agency looked at the offer for the first time."""

    action: ClassVar[Action] = Action.OFFER_SEEN


@dataclass(frozen=True, kw_only=True)
class OfferAsked(OfferEvent):
    """The agency asked a question."""

    action: ClassVar[Action] = Action.OFFER_ASKED


@dataclass(frozen=True, kw_only=True)
class OfferAnswered(OfferEvent):
    """The business answered."""

    action: ClassVar[Action] = Action.OFFER_ANSWERED


@dataclass(frozen=True, kw_only=True)
class OfferDeclined(OfferEvent):
    """The agency does not take the case."""

    action: ClassVar[Action] = Action.OFFER_DECLINED
    reason: DeclineReason


@dataclass(frozen=True, kw_only=True)
class OfferWithdrawn(OfferEvent):
    """The business took the offer back."""

    action: ClassVar[Action] = Action.OFFER_WITHDRAWN


@dataclass(frozen=True, kw_only=True)
class OfferLapsed(OfferEvent):
    """The offer ended without an answer."""

    action: ClassVar[Action] = Action.OFFER_LAPSED


@dataclass(frozen=True, kw_only=True)
class AcceptanceRefused(OfferEvent):
    """An acceptance did not go through."""

    action: ClassVar[Action] = Action.ACCEPTANCE_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    reason: Code


@dataclass(frozen=True, kw_only=True)
class CaseAccepted(OfferEvent):
    """The agency holds the case now."""

    action: ClassVar[Action] = Action.CASE_ACCEPTED
    handoff: HandoffId
    licence: LicenceId | None
