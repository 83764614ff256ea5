"""Hand-offs: an agency holds a case from acceptance to return, recall or close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.cases.model.account import Bucket
from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import CaseId, HandoffId, OfferId, OrgId, PersonId


class EndKind(StrEnum):
    """How a hand-off ends."""

    RETURNED = "returned"
    RECALLED = "recalled"
    CLOSED = "closed"


class ReturnReason(StrEnum):
    """Why an agency gives a case back."""

    CAPACITY = "capacity"
    LICENCE_LAPSED = "licence_lapsed"
    INCOMPLETE_FILE = "incomplete_file"
    NO_ANSWER_FROM_BUSINESS = "no_answer_from_business"
    LEGAL_ACTION_NEEDED = "legal_action_needed"
    OTHER = "other"


class RecallReason(StrEnum):
    """Why a business takes a case back."""

    OWN_SOLUTION = "own_solution"
    DISPUTE_BEING_SETTLED = "dispute_being_settled"
    PLACED_IN_ERROR = "placed_in_error"
    CHANGE_OF_AGENCY = "change_of_agency"
    OTHER = "other"


END_WORDS: dict[EndKind, str] = {
    EndKind.RETURNED: "Given back by the agency",
    EndKind.RECALLED: "Taken back by the business",
    EndKind.CLOSED: "Closed",
}
RETURN_WORDS: dict[ReturnReason, str] = {
    ReturnReason.CAPACITY: "We have no capacity for it",
    ReturnReason.LICENCE_LAPSED: "Our licence for this place has ended",
    ReturnReason.INCOMPLETE_FILE: "The file is incomplete",
    ReturnReason.NO_ANSWER_FROM_BUSINESS: "The business does not answer our questions",
    ReturnReason.LEGAL_ACTION_NEEDED: "Only legal action can help now",
    ReturnReason.OTHER: "Another reason",
}
RECALL_WORDS: dict[RecallReason, str] = {
    RecallReason.OWN_SOLUTION: "We have found a solution with the customer",
    RecallReason.DISPUTE_BEING_SETTLED: "We are settling a dispute",
    RecallReason.PLACED_IN_ERROR: "It was handed over by mistake",
    RecallReason.CHANGE_OF_AGENCY: "We want another agency to work it",
    RecallReason.OTHER: "Another reason",
}
"""How ends and their reasons are called on pages."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """A case in an agency's hands.

    Attributes:
        licence: The licence as it stood at acceptance, frozen (see `agencies.model.fitting`).
        commission_bp: Agreed share in basis points.
        allocation: Agreed order of the buckets.
        agency_reference: The agency's own number of the case.
    """

    id: HandoffId
    case: CaseId
    business: OrgId
    agency: OrgId
    offer: OfferId
    licence: Mapping[str, object]
    commission_bp: int
    allocation: tuple[Bucket, ...]
    accepted_at: datetime
    accepted_by: PersonId
    ended_at: datetime | None = None
    end_kind: EndKind | None = None
    end_reason: str | None = None
    agency_reference: str | None = None

    @property
    def licence_ends(self) -> date | None:
        """Last valid day of the licence as it stood at acceptance; None where it had no end."""
        kept = self.licence.get("licence")
        ends = kept.get("expires_on") if isinstance(kept, Mapping) else None
        return date.fromisoformat(ends) if isinstance(ends, str) else None

    @property
    def end_say(self) -> str:
        """How and why it ended, for a reader; empty while it runs."""
        if self.end_kind is None:
            return ""
        pairs = [*RETURN_WORDS.items(), *RECALL_WORDS.items()]
        why = next((said for reason, said in pairs if reason.value == self.end_reason), "")
        return f"{END_WORDS[self.end_kind]}: {why[:1].lower()}{why[1:]}" if why else END_WORDS[self.end_kind]


@dataclass(frozen=True, kw_only=True)
class GrantMade(Event):
    """An organisation can open the case from now on."""

    action: ClassVar[Action] = Action.GRANT_MADE
    organisation: OrgId


@dataclass(frozen=True, kw_only=True)
class GrantEnded(Event):
    """An organisation cannot open the case any more; its wrapped key is deleted."""

    action: ClassVar[Action] = Action.GRANT_ENDED
    organisation: OrgId


@dataclass(frozen=True, kw_only=True)
class CaseReturned(Event):
    """The agency gave the case back."""

    action: ClassVar[Action] = Action.CASE_RETURNED
    agency: OrgId
    reason: ReturnReason


@dataclass(frozen=True, kw_only=True)
class CaseRecalled(Event):
    """The business took the case back."""

    action: ClassVar[Action] = Action.CASE_RECALLED
    agency: OrgId
    reason: RecallReason
