"""What came of a contact: one readable table of all codes, and what each makes happen."""

from dataclasses import dataclass, field
from enum import StrEnum

from handoff_portal.cases.model.case import Turn
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.holds import HoldKind


class Disposition(StrEnum):
    """The codes, as agencies know them from their own systems."""

    NA = "NA"
    LB = "LB"
    NI = "NI"
    LV = "LV"
    LM = "LM"
    WN = "WN"
    TD = "TD"
    TPC = "TPC"
    RPC = "RPC"
    ICV = "ICV"
    ICF = "ICF"
    PTP = "PTP"
    KPT = "KPT"
    BPT = "BPT"
    PPO = "PPO"
    PPA = "PPA"
    PPD = "PPD"
    SOF = "SOF"
    CPD = "CPD"
    DSP = "DSP"
    HSP = "HSP"
    VUL = "VUL"
    CND = "CND"
    REP = "REP"
    BKR = "BKR"
    DEC = "DEC"
    CMP = "CMP"
    REF = "REF"
    LTR = "LTR"
    EML = "EML"
    SMS = "SMS"
    VIS = "VIS"
    RTN = "RTN"
    LGR = "LGR"


class Reached(StrEnum):
    """How far a contact got."""

    ATTEMPT = "attempt"
    REACH = "reach"
    CONTACT = "contact"
    FAIL = "fail"
    INTERNAL = "internal"
    SYSTEM = "system"


class Stops(StrEnum):
    """What may not be used any more afterwards."""

    NOTHING = "nothing"
    CONTACT = "contact"
    NUMBER = "number"
    ADDRESS = "address"


C = Channel
_ANY = frozenset(Channel)
_SPOKEN = frozenset({C.CALL, C.VISIT, C.MEETING})
_WRITTEN = frozenset({C.EMAIL, C.SMS, C.LETTER, C.PORTAL, C.MESSAGING})


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means.

    Attributes:
        words: The code in plain words.
        reached: How far the contact got.
        channels: Where it can happen.
        right_party: Whether the customer in person was reached; None where it cannot be known.
        stops: What it stops.
        hold: The hold that it places.
        asks_promise: Whether amount and date must be given.
        asks_note: Whether the text must be filled in.
        turn: Whose turn it becomes; None leaves it.
        turn_days: Working days for whoever's turn it becomes.
    """

    words: str
    reached: Reached
    channels: frozenset[Channel] = _ANY
    right_party: bool | None = None
    stops: Stops = Stops.NOTHING
    hold: HoldKind | None = None
    asks_promise: bool = False
    asks_note: bool = False
    turn: Turn | None = Turn.AGENCY
    turn_days: int = 5

    @property
    def outbound_only(self) -> bool:
        """Whether it can only come of contacting the customer, not of being contacted."""
        return self.reached in {Reached.ATTEMPT, Reached.REACH, Reached.FAIL}

    @property
    def by_hand(self) -> bool:
        """Whether people choose it; the portal itself notes the others."""
        return self.reached is not Reached.SYSTEM


def _attempt(words: str, *channels: Channel) -> Rule:
    return Rule(words, Reached.ATTEMPT, frozenset(channels))


def _contact(words: str, **more: object) -> Rule:
    return Rule(words, Reached.CONTACT, **{"right_party": True, **more})  # type: ignore[arg-type]


def _stop(words: str, hold: HoldKind, turn: Turn, days: int = 5) -> Rule:
    return _contact(words, stops=Stops.CONTACT, hold=hold, asks_note=True, turn=turn, turn_days=days)


D = Disposition
H = HoldKind
DISPOSITIONS: dict[Disposition, Rule] = {
    D.RPC: _contact("Spoke with the customer, no outcome yet"),
    D.PTP: Rule(
        "Promised to pay",
        Reached.CONTACT,
        right_party=True,
        stops=Stops.CONTACT,
        hold=H.PROMISE,
        asks_promise=True,
    ),
    D.PPO: _contact("Offered a payment plan", asks_note=True),
    D.PPA: _contact("Agreed a payment plan in writing", asks_note=True),
    D.PPD: _contact("Declined a payment plan", asks_note=True),
    D.SOF: _contact("Offers to settle for a part", asks_note=True, turn=Turn.BUSINESS),
    D.CPD: _stop("Says it is paid", H.PAID_DIRECTLY, Turn.BUSINESS, 2),
    D.DSP: _stop("Disputes the claim", H.DISPUTE, Turn.BUSINESS),
    D.HSP: _stop("Tells of hardship", H.HARDSHIP, Turn.AGENCY),
    D.VUL: _stop("May be vulnerable", H.VULNERABILITY, Turn.AGENCY, 2),
    D.CND: _stop("Asks for no more contact", H.CEASE, Turn.BUSINESS),
    D.REP: _stop("Is represented by an adviser or lawyer", H.REPRESENTED, Turn.AGENCY),
    D.BKR: _stop("Is insolvent", H.INSOLVENT, Turn.BUSINESS),
    D.DEC: Rule(
        "Has died",
        Reached.CONTACT,
        right_party=False,
        stops=Stops.CONTACT,
        hold=H.DECEASED,
        asks_note=True,
        turn=Turn.BUSINESS,
    ),
    D.CMP: _stop("Complains", H.COMPLAINT, Turn.AGENCY),
    D.REF: _contact("Will not pay", asks_note=True),
    D.ICV: _contact("Identity confirmed, no outcome yet"),
    D.ICF: Rule("Identity not confirmed", Reached.CONTACT, right_party=False),
    D.NA: _attempt("No answer", C.CALL, C.VISIT, C.MEETING),
    D.LB: _attempt("Line busy", C.CALL),
    D.NI: _attempt("Not in", C.CALL, C.VISIT),
    D.LV: _attempt("Left a voicemail, nothing disclosed", C.CALL),
    D.LM: _attempt("Left a message with someone, nothing disclosed", C.CALL, C.VISIT),
    D.TPC: Rule("Reached someone else, nothing disclosed", Reached.REACH, _ANY, right_party=False),
    D.WN: Rule(
        "Wrong number",
        Reached.FAIL,
        frozenset({C.CALL, C.SMS, C.MESSAGING}),
        right_party=False,
        stops=Stops.NUMBER,
    ),
    D.TD: Rule(
        "Number disconnected", Reached.FAIL, frozenset({C.CALL, C.SMS, C.MESSAGING}), stops=Stops.NUMBER
    ),
    D.RTN: Rule(
        "Came back, address does not work",
        Reached.FAIL,
        frozenset({C.LETTER, C.EMAIL, C.VISIT}),
        stops=Stops.ADDRESS,
    ),
    D.LTR: _attempt("Letter sent", C.LETTER),
    D.EML: _attempt("E-mail sent", C.EMAIL),
    D.SMS: _attempt("Message sent", C.SMS, C.MESSAGING, C.PORTAL),
    D.VIS: _attempt("Visited", C.VISIT, C.MEETING),
    D.LGR: Rule(
        "Legal review recommended", Reached.INTERNAL, _ANY, asks_note=True, turn=Turn.BUSINESS, turn_days=5
    ),
    D.KPT: Rule("Promise kept", Reached.SYSTEM),
    D.BPT: Rule("Promise not kept", Reached.SYSTEM),
}
"""Every code; the order is that of the form."""


class ReceivedAs(StrEnum):
    """How the customer took the contact."""

    KINDLY = "kindly"
    NEUTRAL = "neutral"
    UPSET = "upset"
    ANGRY = "angry"
    DISTRESSED = "distressed"
    NOT_REACHED = "not_reached"


RECEIVED_WORDS: dict[ReceivedAs, str] = {
    ReceivedAs.KINDLY: "Kindly",
    ReceivedAs.NEUTRAL: "Matter-of-fact",
    ReceivedAs.UPSET: "Upset",
    ReceivedAs.ANGRY: "Angry",
    ReceivedAs.DISTRESSED: "Distressed",
    ReceivedAs.NOT_REACHED: "Not reached, so not known",
}


class NonPaymentReason(StrEnum):
    """Why the customer has not paid, as far as the customer told."""

    LOST_INCOME = "lost_income"
    ILLNESS = "illness"
    BEREAVEMENT = "bereavement"
    SEPARATION = "separation"
    TOO_MANY_DEBTS = "too_many_debts"
    LITTLE_TRADE = "little_trade"
    OWN_CUSTOMERS_LATE = "own_customers_late"
    BILL_NOT_RECEIVED = "bill_not_received"
    BILL_WRONG = "bill_wrong"
    GOODS_OR_SERVICE = "goods_or_service"
    WAITS_FOR_CREDIT_NOTE = "waits_for_credit_note"
    APPROVAL_MISSING = "approval_missing"
    FORGOTTEN = "forgotten"
    ALREADY_PAID = "already_paid"
    UNWILLING = "unwilling"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for not paying.

    Attributes:
        hardship: Whether it asks for time and care: contact rests for the days of a hardship hold.
    """

    words: str
    hardship: bool = field(default=False)


N = NonPaymentReason
REASONS: dict[NonPaymentReason, Reason] = {
    N.LOST_INCOME: Reason("Lost work or income", hardship=True),
    N.ILLNESS: Reason("Illness or accident", hardship=True),
    N.BEREAVEMENT: Reason("A death in the family", hardship=True),
    N.SEPARATION: Reason("Separation or family trouble", hardship=True),
    N.TOO_MANY_DEBTS: Reason("Cannot meet several debts", hardship=True),
    N.LITTLE_TRADE: Reason("Business is slow"),
    N.OWN_CUSTOMERS_LATE: Reason("Waits for money of its own customers"),
    N.BILL_NOT_RECEIVED: Reason("Did not get the invoice"),
    N.BILL_WRONG: Reason("The invoice is wrong"),
    N.GOODS_OR_SERVICE: Reason("Not content with goods or service"),
    N.WAITS_FOR_CREDIT_NOTE: Reason("Waits for a credit note"),
    N.APPROVAL_MISSING: Reason("Payment is not approved yet"),
    N.FORGOTTEN: Reason("Overlooked it"),
    N.ALREADY_PAID: Reason("Says it is paid"),
    N.UNWILLING: Reason("Does not want to pay"),
    N.NOT_TOLD: Reason("Did not say"),
}


class NextStep(StrEnum):
    """What the side that logged the contact will do next."""

    CALL_AGAIN = "call_again"
    WRITE = "write"
    WAIT_FOR_ANSWER = "wait_for_answer"
    WAIT_FOR_PAYMENT = "wait_for_payment"
    PROPOSE_PLAN = "propose_plan"
    FIND_CONTACT = "find_contact"
    ASK_BUSINESS = "ask_business"
    CLOSE = "close"


STEP_WORDS: dict[NextStep, str] = {
    NextStep.CALL_AGAIN: "Call again",
    NextStep.WRITE: "Write",
    NextStep.WAIT_FOR_ANSWER: "Wait for an answer",
    NextStep.WAIT_FOR_PAYMENT: "Wait for the payment",
    NextStep.PROPOSE_PLAN: "Propose a payment plan",
    NextStep.FIND_CONTACT: "Find a working number or address",
    NextStep.ASK_BUSINESS: "Ask the business",
    NextStep.CLOSE: "Propose to close the case",
}

SPOKEN = _SPOKEN
"""Channels where people speak with each other."""
