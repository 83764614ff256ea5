"""The case as everybody concerned may see it: states, turns, and the rules of who may touch it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.refusals import Forbidden, WrongState


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    READY = "ready"
    OFFERED = "offered"
    HELD = "held"
    CLOSED = "closed"


class Turn(StrEnum):
    """Who has to do the next thing."""

    BUSINESS = "business"
    AGENCY = "agency"
    NOBODY = "nobody"


class DebtorType(StrEnum):
    """Whether the customer is a company or a private person; decides which licence and rules apply."""

    COMPANY = "company"
    PRIVATE = "private"


class ClaimType(StrEnum):
    """What the debt comes from."""

    UNPAID_INVOICE = "unpaid_invoice"
    LOAN = "loan"
    CONTRACT = "contract"
    DAMAGE = "damage"
    OTHER = "other"


class Balance(Struct, frozen=True, gc=False):
    """What is open, in four buckets of minor units of one currency.

    Attributes:
        costs: Court, tracing and other outlays.
        interest: Interest until today.
        fees: Contractual fees.
        principal: What the goods or services cost.
    """

    costs: int = 0
    interest: int = 0
    fees: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        """Everything open."""
        return self.costs + self.interest + self.fees + self.principal

    def __add__(self, other: "Balance") -> "Balance":
        return Balance(
            self.costs + other.costs,
            self.interest + other.interest,
            self.fees + other.fees,
            self.principal + other.principal,
        )

    def __neg__(self) -> "Balance":
        return Balance(-self.costs, -self.interest, -self.fees, -self.principal)


@dataclass(frozen=True, slots=True)
class Case:
    """What both sides and the lists know of a case; nothing in it names the customer.

    Attributes:
        reference: Portal reference, `HP-XXXXX-XXXXX`.
        holder: The agency that works it now.
        turn_until: Deadline of whoever's turn it is, UTC.
        country: ISO 3166-1 alpha-2 of the customer; None in an early draft.
        region: ISO 3166-2 of the customer where it matters for licences, else empty.
        time_zone: IANA zone of the customer.
    """

    id: CaseId
    business: OrgId
    reference: str
    state: CaseState
    holder: OrgId | None
    turn: Turn
    turn_until: datetime | None
    debtor_type: DebtorType | None
    claim_type: ClaimType | None
    country: str | None
    region: str
    currency: str | None
    time_zone: str | None
    oldest_due_on: date | None
    balance: Balance
    key_version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    close_code: str | None

    def require_owner(self, actor: Actor) -> None:
        """Refuse everybody but the business that submitted the case. Raises Forbidden."""
        if actor.org != self.business:
            raise Forbidden("Only the business that submitted this case can do that.")

    def require_holder(self, actor: Actor) -> None:
        """Refuse everybody but the agency that works the case now. Raises Forbidden."""
        if actor.org != self.holder:
            raise Forbidden("Only the agency that holds this case can do that.")

    def require_party(self, actor: Actor) -> None:
        """Refuse everybody but the two sides of the case. Raises Forbidden."""
        if actor.org not in {self.business, self.holder}:
            raise Forbidden("Only the two sides of this case can do that.")

    def require_state(self, *states: CaseState) -> None:
        """Refuse in any other state.

        Raises:
            WrongState: Says where the case stands.
        """
        if self.state not in states:
            wanted = " or ".join(STATE_WORDS[state] for state in states)
            raise WrongState(
                f"This case is {STATE_WORDS[self.state]}; this is possible while it is {wanted}."
            )


STATE_WORDS: dict[CaseState, str] = {
    CaseState.DRAFT: "a draft",
    CaseState.READY: "ready to offer",
    CaseState.OFFERED: "offered",
    CaseState.HELD: "with an agency",
    CaseState.CLOSED: "closed",
}
"""How a state is called on pages."""
