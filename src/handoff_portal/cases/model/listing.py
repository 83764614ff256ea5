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


Key: TypeAlias = tuple[datetime | int | None, UUID]
"""Where a page begins or ends: the value it is sorted by, and the id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters, order and place of one page of the queue.

    Attributes:
        search: A reference of the portal, or the business's own; empty for all.
        after: Key of the last case of the page before.
        before: Key of the first case of the page after, for going back; not together with `after`.
    """

    state: CaseState | None = None
    my_turn: bool = False
    on_hold: bool = False
    country: str = ""
    search: str = ""
    sort: Sort = Sort.RECENT
    after: Key | None = None
    before: Key | None = None
    size: int = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the queue.

    Attributes:
        heading: Name and own reference; None in a draft that has no name yet.
        on_hold: Whether a hold stops contact now.
    """

    case: Case
    heading: Heading | None
    on_hold: bool


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
