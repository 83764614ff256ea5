"""The account of a case: every change of the balance is an entry, and the balance is their sum."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from handoff_portal.cases.model.case import Balance
from handoff_portal.core.ids import EntryId


class EntryKind(StrEnum):
    """Why the balance changed."""

    CLAIM = "claim"
    CREDIT_NOTE = "credit_note"
    PAID_BEFORE = "paid_before"
    PAYMENT = "payment"
    DIRECT_PAYMENT = "direct_payment"
    REVERSAL = "reversal"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"


class Entry(Struct, frozen=True, gc=False):
    """One line of the account.

    Attributes:
        change: Minor units per bucket; negative makes the balance smaller.
        effective_on: The day it counts from.
        source: The claim or payment it comes from.
    """

    id: EntryId
    kind: EntryKind
    change: Balance
    effective_on: date
    recorded_at: datetime
    source: UUID | None = None


class Bucket(StrEnum):
    """The parts of a balance; agreements say in which order a payment fills them."""

    COSTS = "costs"
    INTEREST = "interest"
    FEES = "fees"
    PRINCIPAL = "principal"


USUAL_ORDER = (Bucket.COSTS, Bucket.INTEREST, Bucket.FEES, Bucket.PRINCIPAL)
"""Costs, then interest and fees, then principal (for example § 367 BGB); an agreement may say otherwise."""


def allocate(amount: int, balance: Balance, order: tuple[Bucket, ...] = USUAL_ORDER) -> Balance:
    """Share a payment out over the open buckets in this order.

    Args:
        amount: Minor units, at least 0 and at most what is open.

    Returns:
        How much each bucket takes; the parts add up to the amount.

    Raises:
        ValueError: The amount does not fit into what is open.
    """
    open_now = {bucket: max(getattr(balance, bucket.value), 0) for bucket in Bucket}
    if not 0 <= amount <= sum(open_now.values()) or set(order) != set(Bucket):
        raise ValueError(
            "the amount must fit into the open balance and the order must name every bucket once"
        )
    taken: dict[str, int] = {}
    for bucket in order:
        taken[bucket.value] = min(amount, open_now[bucket])
        amount -= taken[bucket.value]
    return Balance(**taken)
