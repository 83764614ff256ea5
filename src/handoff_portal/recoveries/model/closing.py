"""How a case can end: codes, who may use them, and what the figures must say."""

from dataclasses import dataclass
from enum import StrEnum

from handoff_portal.core.permissions import OrgKind
from handoff_portal.recoveries.model.payments import said
from handoff_portal.recoveries.model.summary import Summary


class CloseCode(StrEnum):
    """Why a case is over."""

    PAID = "paid"
    PARTIALLY_PAID = "partially_paid"
    NO_PAYMENT = "no_payment"
    NEVER_STARTED = "never_started"
    INVALID_DATA = "invalid_data"
    INSOLVENT = "insolvent"
    DECEASED = "deceased"
    UNTRACEABLE = "untraceable"
    TIME_BARRED = "time_barred"
    UNECONOMICAL = "uneconomical"
    DISPUTED = "disputed"
    SETTLEMENT_REFUSED = "settlement_refused"
    UNRESPONSIVE_BUSINESS = "unresponsive_business"
    WITHDRAWN = "withdrawn"
    NO_AGENCY = "no_agency"
    OTHER = "other"


class Relationship(StrEnum):
    """What became of the relationship with the customer."""

    TRADING = "trading"
    OPEN = "open"
    ENDED = "ended"
    UNKNOWN = "unknown"


RELATIONSHIP_WORDS: dict[Relationship, tuple[str, str]] = {
    Relationship.TRADING: ("Yes, they still trade", "The customer buys again or never stopped."),
    Relationship.OPEN: ("The door is open", "Nobody has broken with the other."),
    Relationship.ENDED: ("No, it ended", "One of them does not want to go on."),
    Relationship.UNKNOWN: ("Not known", "Nobody has asked yet."),
}
"""Answer and what it means."""


class Arithmetic(StrEnum):
    """What must be true of the figures."""

    NOTHING_OPEN = "nothing_open"
    PART_PAID = "part_paid"
    NOTHING_PAID = "nothing_paid"
    SOMETHING_OPEN = "something_open"


BOTH = frozenset({OrgKind.BUSINESS, OrgKind.AGENCY})
BUSINESS = frozenset({OrgKind.BUSINESS})
AGENCY = frozenset({OrgKind.AGENCY})


@dataclass(frozen=True, slots=True)
class CloseRule:
    """One code.

    Attributes:
        words: Its name on pages.
        means: One sentence.
        sides: Which side may use it.
        figures: What must be true.
        held: Whether an agency must hold the case (True), must not (False), or either (None).
        explain: Whether words to the other side are required.
    """

    words: str
    means: str
    sides: frozenset[OrgKind]
    figures: Arithmetic
    held: bool | None = None
    explain: bool = False


C, A = CloseCode, Arithmetic
RULES: dict[CloseCode, CloseRule] = {
    C.PAID: CloseRule("Paid in full", "Everything that was owed came in.", BOTH, A.NOTHING_OPEN),
    C.PARTIALLY_PAID: CloseRule(
        "Paid in part", "Some of it came in; both sides leave the rest.", BOTH, A.PART_PAID
    ),
    C.NO_PAYMENT: CloseRule(
        "Everything tried, nothing paid",
        "The agency did what it could outside a court.",
        AGENCY,
        A.NOTHING_PAID,
    ),
    C.NEVER_STARTED: CloseRule(
        "Work never began", "Nobody spoke with the customer about it.", BOTH, A.NOTHING_PAID
    ),
    C.INVALID_DATA: CloseRule(
        "Submitted in error", "The debt or the customer's data was wrong.", BOTH, A.NOTHING_PAID
    ),
    C.INSOLVENT: CloseRule(
        "Customer is insolvent", "A court or administrator decides now.", BOTH, A.SOMETHING_OPEN
    ),
    C.DECEASED: CloseRule("Customer has died", "The family is left in peace.", BOTH, A.SOMETHING_OPEN),
    C.UNTRACEABLE: CloseRule(
        "Customer could not be found", "No address or number leads to them.", AGENCY, A.SOMETHING_OPEN
    ),
    C.TIME_BARRED: CloseRule(
        "Too old to be claimed", "The limitation period has passed.", BOTH, A.SOMETHING_OPEN
    ),
    C.UNECONOMICAL: CloseRule(
        "Costs more than it brings", "Going on would cost more than is open.", BOTH, A.SOMETHING_OPEN
    ),
    C.DISPUTED: CloseRule(
        "Disputed, no legal action",
        "The customer disputes it and the business does not go to court.",
        BUSINESS,
        A.SOMETHING_OPEN,
    ),
    C.SETTLEMENT_REFUSED: CloseRule(
        "Settlement not wanted",
        "The customer offered a settlement that the business did not take.",
        AGENCY,
        A.SOMETHING_OPEN,
    ),
    C.UNRESPONSIVE_BUSINESS: CloseRule(
        "No answer from the business",
        "Questions stayed open, so the work could not go on.",
        AGENCY,
        A.SOMETHING_OPEN,
        explain=True,
    ),
    C.WITHDRAWN: CloseRule(
        "Withdrawn by the business", "The business does not pursue it any more.", BUSINESS, A.SOMETHING_OPEN
    ),
    C.NO_AGENCY: CloseRule(
        "No agency took it", "Offers were declined or ran out.", BUSINESS, A.SOMETHING_OPEN, held=False
    ),
    C.OTHER: CloseRule(
        "Another reason", "Say it in words below.", BOTH, A.SOMETHING_OPEN, held=True, explain=True
    ),
}
"""Every code; what is open at the end is written off, so that the account explains itself."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What somebody decides when closing.

    Attributes:
        words: Said to the other side; a note of the case.
    """

    code: CloseCode
    relationship: Relationship
    words: str = ""

    def mistakes(self, summary: Summary, side: OrgKind, *, held: bool) -> dict[str, str]:
        """Field to sentence; empty if the case can close like this."""
        found = {}
        hindrance = hindered(self.code, summary, side, held=held)
        if hindrance:
            found["close_code"] = hindrance
        if RULES[self.code].explain and not self.words.strip():
            found["close_words"] = "Please say in a sentence why; the other side reads it."
        return found


def offered_codes(side: OrgKind, *, held: bool) -> list[CloseCode]:
    """The codes that this side can choose from in this situation, in order."""
    return [code for code, rule in RULES.items() if side in rule.sides and rule.held in {None, held}]


def hindered(code: CloseCode, summary: Summary, side: OrgKind, *, held: bool) -> str:
    """Why this code does not fit now and what would; empty if it fits."""
    rule = RULES[code]
    if code not in offered_codes(side, held=held):
        return f"“{rule.words}” is not yours to choose here. Choose another reason."
    still = said(summary.open, summary.currency)
    paid = said(summary.recovered, summary.currency)
    if rule.figures is A.NOTHING_OPEN:
        return (
            f"{still} is still open. Report what came in first, or choose another reason."
            if summary.open
            else ""
        )
    if summary.open == 0:
        return "Nothing is open any more, so this case was paid in full."
    if rule.figures is A.PART_PAID and summary.recovered <= 0:
        return "Nothing has been paid yet. Report the payment first, or choose another reason."
    if rule.figures is A.NOTHING_PAID and summary.recovered > 0:
        return f"{paid} came in. Choose “Paid in part”, or reverse what was reported wrongly."
    return ""


def words_of(code: str | None) -> str:
    """A stored code in plain words."""
    return RULES[CloseCode(code)].words if code in set(CloseCode) else "Closed"
