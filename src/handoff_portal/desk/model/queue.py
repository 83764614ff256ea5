"""The queue as an address: every filter, order and place can be bookmarked, and links change one thing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.listing import Key, Sort, Wanted
from handoff_portal.contacts.model.calling import Call
from handoff_portal.handoffs.model.asking import read_id

E = TypeVar("E", bound=StrEnum)

_LONGEST_SEARCH = 80
_COUNTRY = 2


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that can be switched on or off."""

    label: str
    href: str
    active: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the queue in words.

    Attributes:
        name: The customer, masked for an agency; empty in a draft without a name.
        own_reference: The reference of the business.
        mine: Whether it is the reader's turn.
        waits: Whether it is anybody's turn.
        other: What the other side is called.
        overdue: Days since the oldest due date.
        on_hold: Whether a hold stops contact now.
        call: Whether the customer may be called; None where the reader does not call.
    """

    case: Case
    name: str
    own_reference: str
    state: str
    mine: bool
    waits: bool
    other: str
    overdue: int | None
    on_hold: bool
    call: Call | None = None


def read_wanted(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what makes no sense in it is left out."""
    country = query.get("country", "").upper()
    return Wanted(
        state=_one_of(CaseState, query.get("state", "")),
        my_turn=query.get("turn") == "mine",
        on_hold=query.get("hold") == "yes",
        call_now=query.get("call") == "now",
        country=country if len(country) == _COUNTRY and country.isascii() and country.isalpha() else "",
        portfolio=read_id(query.get("portfolio", "")),
        search=query.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH],
        sort=_one_of(Sort, query.get("sort", "")) or Sort.RECENT,
        after=read_key(query.get("after", "")),
        before=None if query.get("after") else read_key(query.get("before", "")),
    )


def address(wanted: Wanted) -> str:
    """The address of a page of the queue."""
    parts = {
        "q": wanted.search,
        "state": wanted.state.value if wanted.state else "",
        "turn": "mine" if wanted.my_turn else "",
        "hold": "yes" if wanted.on_hold else "",
        "call": "now" if wanted.call_now else "",
        "country": wanted.country,
        "portfolio": str(wanted.portfolio or ""),
        "sort": wanted.sort.value if wanted.sort is not Sort.RECENT else "",
        "after": write_key(wanted.after),
        "before": write_key(wanted.before),
    }
    said = urlencode({name: value for name, value in parts.items() if value})
    return f"/cases?{said}" if said else "/cases"


def start(wanted: Wanted) -> Wanted:
    """The same filters and order from the first page on."""
    return replace(wanted, after=None, before=None, call_basis="")


def is_filtered(wanted: Wanted) -> bool:
    """Whether anything but order and place was asked for."""
    return start(replace(wanted, sort=Sort.RECENT)) != Wanted(size=wanted.size)


def write_key(key: Key | None) -> str:
    """A key for an address: the value, a tilde, the id."""
    if key is None:
        return ""
    value, last = key
    said = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"{said}~{last}"


def read_key(text: str) -> Key | None:
    """The reverse of `write_key`; None for anything else."""
    said, tilde, last = text.partition("~")
    try:
        key = UUID(last)
        if said.lstrip("-").isdigit():
            return int(said), key
        value = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    if not tilde or (value is not None and value.tzinfo is None):
        return None
    return value, key


def _one_of(kind: type[E], word: str) -> E | None:
    return kind(word) if word in set(kind) else None
