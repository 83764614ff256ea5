"""What a queue of cases can be asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.content import Heading


class Sort(StrEnum):
    """Orders of the queue."""

    RECENT = "recent"
    DEADLINE = "deadline"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters, order and place of one page of the queue.

    Attributes:
        search: A reference of the portal, or the business's own; empty for all.
        after: Sort value and id of the last case of the page before.
    """

    state: CaseState | None = None
    my_turn: bool = False
    on_hold: bool = False
    country: str = ""
    search: str = ""
    sort: Sort = Sort.RECENT
    after: tuple[datetime | int | None, UUID] | None = None
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
    """

    lines: tuple[Line, ...]
    following: tuple[datetime | int | None, UUID] | None
