"""What recoveries write into the log."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handoff_portal.cases.model.account import EntryKind
from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import EntryId, OrgId, PaymentId
from handoff_portal.recoveries.model.closing import CloseCode, Relationship
from handoff_portal.recoveries.model.payments import Method, ReceivedBy, ReversalReason


@dataclass(frozen=True, kw_only=True)
class PaymentReported(Event):
    """Money came in, as the agency says."""

    action: ClassVar[Action] = Action.PAYMENT_REPORTED
    payment: PaymentId
    amount: int
    currency: Code
    commission: int
    received_on: date
    received_by: ReceivedBy
    method: Method


@dataclass(frozen=True, kw_only=True)
class DirectPaymentReported(PaymentReported):
    """The customer paid the business, as the business says."""

    action: ClassVar[Action] = Action.DIRECT_PAYMENT_REPORTED


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(Event):
    """A payment was taken back."""

    action: ClassVar[Action] = Action.PAYMENT_REVERSED
    payment: PaymentId
    reversal: PaymentId
    amount: int
    reason: ReversalReason


@dataclass(frozen=True, kw_only=True)
class BalanceChanged(Event):
    """The account has a new line.

    Attributes:
        change: Minor units; negative makes the balance smaller.
        open: Minor units open afterwards.
    """

    action: ClassVar[Action] = Action.BALANCE_CHANGED
    entry: EntryId
    kind: EntryKind
    change: int
    open: int


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Event):
    """A case ended.

    Attributes:
        agency: The agency that held it; None if none did.
        recovered: Minor units that came in.
        written_off: Minor units that are not pursued.
    """

    action: ClassVar[Action] = Action.CASE_CLOSED
    code: CloseCode
    relationship: Relationship
    agency: OrgId | None
    recovered: int
    written_off: int
