"""Holds: reasons to leave the customer in peace, who has to resolve them, and when contact may go on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId, CommunicationId, HoldId, OrgId
from handoff_portal.core.refusals import Forbidden, WrongState


class HoldKind(StrEnum):
    """Why contact rests."""

    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    VULNERABILITY = "vulnerability"
    COMPLAINT = "complaint"
    REPRESENTED = "represented"
    CEASE = "cease"
    INSOLVENT = "insolvent"
    DECEASED = "deceased"
    PAID_DIRECTLY = "paid_directly"
    PROMISE = "promise"
    LICENCE = "licence"


class Side(StrEnum):
    """The two sides of a case."""

    BUSINESS = "business"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class HoldRule:
    """What a kind of hold means.

    Attributes:
        words: Its name on pages.
        owner: The side that has to resolve it and may lift it.
        forbids: What must rest meanwhile, as a sentence.
        due_days: Working days for the owner to answer; None if nobody has to.
        lasts_days: Days after which it ends by itself; None if only lifting ends it.
        by_hand: Whether people place it themselves.
        ends: How it ends where nobody may lift it; empty where its owner may.
    """

    words: str
    owner: Side
    forbids: str
    due_days: int | None = None
    lasts_days: int | None = None
    stops_contact: bool = True
    by_hand: bool = True
    ends: str = ""


K = HoldKind
RULES: dict[HoldKind, HoldRule] = {
    K.DISPUTE: HoldRule(
        "Dispute", Side.BUSINESS, "No contact until the business has answered it.", due_days=5
    ),
    K.HARDSHIP: HoldRule(
        "Hardship", Side.AGENCY, "The customer has time to recover. No contact meanwhile.", lasts_days=30
    ),
    K.VULNERABILITY: HoldRule(
        "Vulnerability",
        Side.AGENCY,
        "Only a specialist speaks with this customer.",
        due_days=2,
        lasts_days=30,
    ),
    K.COMPLAINT: HoldRule(
        "Complaint", Side.AGENCY, "No contact about the debt until the complaint is answered.", due_days=5
    ),
    K.REPRESENTED: HoldRule(
        "Represented", Side.AGENCY, "Speak with the adviser or lawyer, not with the customer."
    ),
    K.CEASE: HoldRule(
        "Asked for no contact", Side.BUSINESS, "The customer asked not to be contacted.", due_days=5
    ),
    K.INSOLVENT: HoldRule(
        "Insolvent", Side.BUSINESS, "No contact; the business decides how to go on.", due_days=5
    ),
    K.DECEASED: HoldRule(
        "Deceased",
        Side.BUSINESS,
        "No contact with the family; the business decides how to go on.",
        due_days=5,
    ),
    K.PAID_DIRECTLY: HoldRule(
        "Paid to the business", Side.BUSINESS, "No contact until the payment is in the account.", due_days=2
    ),
    K.PROMISE: HoldRule(
        "Promise to pay", Side.AGENCY, "The customer has until the promised day.", by_hand=False
    ),
    K.LICENCE: HoldRule(
        "No valid licence",
        Side.AGENCY,
        "No contact until a valid licence of the agency is verified.",
        due_days=5,
        by_hand=False,
        ends="It ends by itself once a valid licence is verified.",
    ),
}
"""What each kind means; days are the portal's own, no law names one number for all places."""
AFTER_LIFTING = 2
"""Working days for the agency once nothing stops it any more."""
PORTAL = "The portal"
"""Who places and lifts what nobody does by hand."""
LICENCE_IS_BACK = "The agency has a valid licence again, or does not hold the case any more."


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold on a case.

    Attributes:
        org: Organisation that placed it.
        due_at: When its owner should have answered, UTC.
        until: When it ends by itself, UTC; None if only lifting ends it.
        author: Name of who placed it.
        reason: What was said about it.
        lifted_by: Name of who lifted it; with `lift_reason`.
    """

    id: HoldId
    case: CaseId
    org: OrgId
    kind: HoldKind
    stops_contact: bool
    owner: Side
    due_at: datetime | None
    until: datetime | None
    communication: CommunicationId | None
    placed_at: datetime
    author: str
    reason: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lift_reason: str = ""

    @property
    def rule(self) -> HoldRule:
        """What its kind means."""
        return RULES[self.kind]

    def is_open(self, now: datetime) -> bool:
        """Whether it still counts."""
        return self.lifted_at is None and (self.until is None or self.until > now)

    def held_at(self, at: datetime) -> bool:
        """Whether it counted at some time in the past."""
        ended = min((end for end in (self.until, self.lifted_at) if end is not None), default=None)
        return self.placed_at <= at and (ended is None or at < ended)

    def require_may_lift(self, actor: Actor, case: Case, now: datetime) -> None:
        """Refuse the side that does not own it; without an agency the business owns all.

        Raises:
            WrongState: It has ended, or ends by itself only.
            Forbidden: The other side has to lift it.
        """
        if not self.is_open(now):
            raise WrongState("This hold has ended already.")
        if self.rule.ends:
            raise WrongState(f"Nobody lifts this hold. {self.rule.ends}")
        owner = case.business if self.owner is Side.BUSINESS or case.holder is None else case.holder
        if actor.org != owner:
            raise Forbidden(f"Only the {self.owner.value} can lift this hold, because it has to resolve it.")


@dataclass(frozen=True, slots=True)
class MayContact:
    """The answer to “may I contact now?”.

    Attributes:
        holds: What stops contact; empty if nothing does.
        next_at: When contact is possible again without anybody lifting a hold; None if never.
        doubtful: Channels where the number or address did not work last time.
    """

    allowed: bool
    holds: tuple[Hold, ...] = ()
    next_at: datetime | None = None
    doubtful: frozenset[Channel] = frozenset()


def may_contact(holds: Iterable[Hold], now: datetime, doubtful: Iterable[Channel] = ()) -> MayContact:
    """Whether the customer may be contacted now, as far as holds say."""
    stopping = tuple(hold for hold in holds if hold.stops_contact and hold.is_open(now))
    ends = [hold.until for hold in stopping if hold.until is not None]
    next_at = max(ends) if ends and len(ends) == len(stopping) else None
    return MayContact(not stopping, stopping, next_at, frozenset(doubtful))
