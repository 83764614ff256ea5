"""Promises to pay and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from handoff_portal.core.ids import CaseId, CommunicationId, OrgId, PromiseId


class PromiseState(StrEnum):
    """Where a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer's promise to pay.

    Attributes:
        minor: Promised amount in minor units.
        paid: What has come in towards it.
        due_on: Day in the customer's zone.
    """

    id: PromiseId
    case: CaseId
    org: OrgId
    communication: CommunicationId
    minor: int
    currency: str
    due_on: date
    state: PromiseState
    made_at: datetime
    paid: int = 0


def settle(promises: Iterable[Promise], paid_on: date, minor: int) -> list[Promise]:
    """Count a payment towards the open promises, earliest first.

    Args:
        paid_on: The day the customer paid.
        minor: What was paid.

    Returns:
        The promises that changed: kept once the whole amount came in, in time or not.
    """
    changed = []
    for promise in sorted(promises, key=lambda one: (one.due_on, one.made_at)):
        if promise.state is not PromiseState.OPEN or minor <= 0:
            continue
        counted = min(minor, promise.minor - promise.paid)
        minor -= counted
        paid = promise.paid + counted
        in_time = paid_on <= promise.due_on
        full = PromiseState.KEPT if in_time else PromiseState.BROKEN
        changed.append(replace(promise, paid=paid, state=full if paid >= promise.minor else promise.state))
    return changed
