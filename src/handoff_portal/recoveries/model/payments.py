"""Payments: how one is shared out, what the agency earns with it, and how it is taken back."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from handoff_portal.cases.model.account import USUAL_ORDER, Bucket, Entry, EntryKind, allocate
from handoff_portal.cases.model.case import Balance, Case, CaseState
from handoff_portal.core.ids import CaseId, EntryId, OrgId, PaymentId, PersonId
from handoff_portal.core.money import share, written
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState

LONG_BEFORE = timedelta(days=366)
"""A day so long before the submission is a slip of the pen."""


class Method(StrEnum):
    """How the customer paid."""

    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    DIRECT_DEBIT = "direct_debit"
    WALLET = "wallet"
    OTHER = "other"


METHOD_WORDS: dict[Method, str] = {
    Method.BANK_TRANSFER: "Bank transfer",
    Method.CARD: "Card",
    Method.CHEQUE: "Cheque",
    Method.CASH: "Cash",
    Method.DIRECT_DEBIT: "Direct debit",
    Method.WALLET: "Mobile wallet",
    Method.OTHER: "Another way",
}
"""How a method is called on pages."""


class ReceivedBy(StrEnum):
    """Who has the money."""

    AGENCY = "agency"
    BUSINESS = "business"


class ReversalReason(StrEnum):
    """Why a payment is taken back."""

    BOUNCED = "bounced"
    REFUNDED = "refunded"
    REPORTED_TWICE = "reported_twice"
    WRONG_CASE = "wrong_case"
    WRONG_FIGURES = "wrong_figures"


REVERSAL_WORDS: dict[ReversalReason, str] = {
    ReversalReason.BOUNCED: "The bank took it back (bounced, charged back)",
    ReversalReason.REFUNDED: "It was paid back to the customer",
    ReversalReason.REPORTED_TWICE: "It was reported twice",
    ReversalReason.WRONG_CASE: "It belongs to another case",
    ReversalReason.WRONG_FIGURES: "Amount or day was wrong",
}
"""How a reason is called on pages."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says came in.

    Attributes:
        id: Drawn when the form was shown, so that a form sent twice counts once.
        amount: Minor units of the case's currency.
        received_on: Day on which the money arrived.
        reference: Words of the bank statement or receipt; sealed.
    """

    id: PaymentId
    amount: int
    received_on: date
    method: Method
    received_by: ReceivedBy
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What business and agency agreed for this case.

    Attributes:
        agency: The agency that holds the case; None if none does.
        commission_bp: Its share in basis points.
        order: In which order a payment fills the buckets.
        since: When it took the case, UTC.
    """

    agency: OrgId | None = None
    commission_bp: int = 0
    order: tuple[Bucket, ...] = USUAL_ORDER
    since: datetime | None = None

    def covers(self, day: date, zone: str) -> bool:
        """Whether the agency held the case on this day of a calendar."""
        return self.since is not None and day >= local_day(self.since, zone)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports, when, and on whose calendar the days are.

    Attributes:
        zone: IANA zone of the person.
    """

    org: OrgId
    person: PersonId
    at: datetime
    zone: str

    @property
    def today(self) -> date:
        """The person's day."""
        return local_day(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, or its reversal with every figure negated.

    Attributes:
        org: Organisation that reported it.
        agency: The agency that earns the commission; None without one.
        amount: Minor units, negative in a reversal.
        parts: What each bucket took; they add up to the amount.
        commission: Minor units for the agency.
        reverses: The payment that this one takes back.
        reason: Why, in a reversal.
    """

    id: PaymentId
    case: CaseId
    org: OrgId
    agency: OrgId | None
    received_by: ReceivedBy
    method: Method
    currency: str
    amount: int
    received_on: date
    parts: Balance
    commission_bp: int
    commission: int
    reported_at: datetime
    reported_by: PersonId
    reference: str = ""
    reverses: PaymentId | None = None
    reason: ReversalReason | None = None

    @property
    def for_business(self) -> int:
        """What is left of it for the business: gross is always the sum of both shares."""
        return self.amount - self.commission

    @property
    def kind(self) -> EntryKind:
        """How the account calls it."""
        if self.reverses is not None:
            return EntryKind.REVERSAL
        return EntryKind.PAYMENT if self.received_by is ReceivedBy.AGENCY else EntryKind.DIRECT_PAYMENT

    def entry(self, entry: EntryId) -> Entry:
        """Its line of the account: what was paid makes the balance smaller."""
        return Entry(entry, self.kind, -self.parts, self.received_on, self.reported_at, self.id)


def receive(case: Case, agreement: Agreement, report: Report, by: Reporter) -> Payment:
    """A payment, shared out by the agreement over what is open.

    The fee is due on everything that arrives from the day of the hand-over on, whoever receives it.
    What arrived before carries none.

    Raises:
        Invalid: At the fields `paid_amount`, `paid_on`, `paid_to`.
    """
    mistakes = _mistakes(case, agreement, report, by)
    if mistakes:
        raise Invalid(mistakes)
    bp = agreement.commission_bp if agreement.covers(report.received_on, by.zone) else 0
    return Payment(
        id=report.id,
        case=case.id,
        org=by.org,
        agency=agreement.agency,
        received_by=report.received_by,
        method=report.method,
        currency=case.currency or "",
        amount=report.amount,
        received_on=report.received_on,
        parts=allocate(report.amount, case.balance, agreement.order),
        commission_bp=bp,
        commission=share(report.amount, bp),
        reported_at=by.at,
        reported_by=by.person,
        reference=report.reference,
    )


def mirror(payment: Payment, reversal: PaymentId, reason: ReversalReason, by: Reporter) -> Payment:
    """The payment that takes another one back, figure by figure, on the day it is noticed."""
    return replace(
        payment,
        id=reversal,
        org=by.org,
        amount=-payment.amount,
        parts=-payment.parts,
        commission=-payment.commission,
        received_on=by.today,
        reported_at=by.at,
        reported_by=by.person,
        reverses=payment.id,
        reason=reason,
    )


def require_reversible(payment: Payment, known: Collection[Payment], case: Case, org: OrgId) -> None:
    """Refuse to take a payment back twice, or by the side that did not report it.

    What an earlier agency reported is the business's to correct.

    Raises:
        WrongState: The case is closed, or this is a reversal or has one.
        Forbidden: The other side reported it.
    """
    if case.state is CaseState.CLOSED:
        raise WrongState("This case is closed and its account with it. Submit the rest as a new case.")
    if payment.reverses is not None:
        raise WrongState("This is itself a reversal. If the money came in after all, report it again.")
    if any(one.reverses == payment.id for one in known):
        raise WrongState("This payment has been reversed already. It can be reported again as a new one.")
    reporter = payment.org if payment.org == case.holder else case.business
    if org != reporter:
        side = "agency" if reporter == case.holder else "business"
        raise Forbidden(f"The {side} reported this payment and can reverse it. Send them a note.")


def said(minor: int, currency: str) -> str:
    """An amount inside a sentence: `SGD 1,170.00`."""
    return f"{currency} {Decimal(written(minor, currency)):,}"


def local_day(at: datetime, zone: str) -> date:
    """The day of an instant on the calendar of an IANA zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def open_minor(balance: Balance) -> int:
    """What a payment can be counted against: a bucket below zero takes none."""
    return sum(max(getattr(balance, bucket.value), 0) for bucket in Bucket)


def _mistakes(case: Case, agreement: Agreement, report: Report, by: Reporter) -> dict[str, str]:
    found = {"paid_amount": _amount(case, report.amount), "paid_on": _day(case, agreement, report, by)}
    if by.org == case.business and report.received_by is not ReceivedBy.BUSINESS:
        found["paid_to"] = "What the agency received, the agency reports."
    return {name: say for name, say in found.items() if say}


def _amount(case: Case, amount: int) -> str:
    still = open_minor(case.balance)
    if amount <= 0:
        return "Write an amount above zero."
    if amount <= still:
        return ""
    if still == 0:
        return "Nothing is open any more. If more came in, it belongs to the customer: send it back."
    currency = case.currency or ""
    return (
        f"Only {said(still, currency)} is open. Report that much; "
        f"the other {said(amount - still, currency)} belongs to the customer and goes back."
    )


def _day(case: Case, agreement: Agreement, report: Report, by: Reporter) -> str:
    if report.received_on > by.today:
        return f"{report.received_on} has not come yet. Report a payment when the money has arrived."
    if case.submitted_at and report.received_on < local_day(case.submitted_at, by.zone) - LONG_BEFORE:
        return "This is more than a year before the case was submitted. Check the year."
    if by.org == agreement.agency and not agreement.covers(report.received_on, by.zone):
        return (
            "This is before the case was handed to you. Ask the business to report it with "
            "“The customer paid us”; it carries no fee."
        )
    return ""
