"""What a queue of cases can be asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.cases.model.content import Heading


class Sort(StrEnum):
    """Orders of the queue."""

    RECENT = "recent"
    DEADLINE = "deadline"
    AMOUNT = "amount"


CallTime: TypeAlias = tuple[datetime, datetime]
"""From when until when a call is allowed."""
Key: TypeAlias = tuple[datetime | int | None, UUID]
"""Where a page begins or ends: the value it is sorted by, and the id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters, order and place of one page of the queue.

    Attributes:
        call_now: Only cases whose customer may be called now, and those of which that is not known.
        call_basis: Rules and time zone data in force; what was worked out with others does not count.
        portfolio: The upload that cases came with; None for all.
        search: A reference of the portal, or the business's own; empty for all.
        after: Key of the last case of the page before.
        before: Key of the first case of the page after, for going back; not together with `after`.
    """

    state: CaseState | None = None
    my_turn: bool = False
    on_hold: bool = False
    call_now: bool = False
    call_basis: str = ""
    country: str = ""
    portfolio: UUID | None = None
    search: str = ""
    sort: Sort = Sort.RECENT
    after: Key | None = None
    before: Key | None = None
    size: int = 25


@dataclass(frozen=True, slots=True)
class CallTimes:
    """When a call is allowed.

    Attributes:
        now: Whether it is at this moment.
        next_at: The next moment at which it is, UTC; None if there is none until `known_until`.
        known_until: How far ahead was looked.
        basis: The rules and the time zone data it was worked out with.
    """

    now: bool
    next_at: datetime | None
    known_until: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the queue.

    Attributes:
        heading: Name and own reference; None in a draft that has no name yet.
        on_hold: Whether a hold stops contact now.
        calls: When a call is allowed, as it was worked out last; None where it never was.
    """

    case: Case
    heading: Heading | None
    on_hold: bool
    calls: CallTimes | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue.

    Attributes:
        following: Key of the next page, None on the last.
        preceding: Key of the page before, None on the first.
    """

    lines: tuple[Line, ...]
    following: Key | None
    preceding: Key | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases share a state, turn, currency and age, and what is open in them together.

    Attributes:
        days: Lower end of the age in days overdue: 0, 31, 61, 91 or 181.
        late: How many of them are past their deadline.
    """

    state: CaseState
    turn: Turn
    resting: bool
    currency: str
    days: int
    count: int
    minor: int
    late: int
