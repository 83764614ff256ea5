"""How fast the contact guard decides, with 200 contacts of history."""

import time
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

from bench.figures import Aim, Figure, in_turn
from bench.scale import Scale
from handoff_portal.guard.book import shipped_book
from handoff_portal.guard.model.ahead import next_allowed
from handoff_portal.guard.model.deciding import Book, Prepared, decide, prepare
from handoff_portal.guard.model.situation import Contact, Proposed, Situation
from handoff_portal.guard.model.terms import Channel, DebtType, Outcome

_CONTACTS = 200
_NOW = datetime(2026, 9, 10, 15, tzinfo=UTC)
_MADE = (
    (Channel.CALL, Outcome.NO_ANSWER),
    (Channel.SMS, Outcome.SENT),
    (Channel.EMAIL, Outcome.SENT),
    (Channel.CALL, Outcome.VOICEMAIL),
)
_ASKED = (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER)
_PLACES = (
    ("US-TX", "", ("America/Chicago", "America/Denver")),
    ("US-NY", "NYC", ("America/New_York",)),
    ("US-WA", "", ("America/Los_Angeles",)),
    ("AU-NSW", "", ("Australia/Sydney",)),
)


def measure(scale: Scale) -> dict[str, Figure]:
    """Decisions/s on one core: a case's history is indexed once, then asked; and indexed anew each time."""
    book = shipped_book()
    situations = [_situation(*place) for place in _PLACES]
    prepared = [prepare(book, one) for one in situations]
    number = int(scale.load_seconds * 10_000)
    found = in_turn(
        scale.rounds,
        {"warm": lambda: _warm(prepared, number), "cold": lambda: _cold(book, situations, number // 50)},
    )
    return {
        "guard": Figure(
            unit="decisions/s",
            values=found["warm"],
            what=f"the place's rules against {_CONTACTS} contacts, indexed once for a case, one thread",
            against=found["cold"],
            against_what="the same with the history indexed anew for each decision",
            aim=Aim("value", at_least=20_000),
            more={"contacts": _CONTACTS, "next_allowed_ms": _next_ms(prepared)},
        )
    }


def _situation(jurisdiction: str, locality: str, zones: tuple[str, ...]) -> Situation:
    history = tuple(
        Contact(at=_NOW - timedelta(hours=7 * number + 1), channel=channel, outcome=outcome)
        for number, (channel, outcome) in enumerate(islice(cycle(_MADE), _CONTACTS))
    )
    return Situation(
        jurisdiction=jurisdiction,
        locality=locality,
        zones=tuple(ZoneInfo(name) for name in zones),
        debt_type=DebtType.CONSUMER,
        history=history,
    )


def _proposals(number: int) -> list[Proposed]:
    """Contacts of every kind over twelve hours."""
    return [
        Proposed(at=_NOW + timedelta(minutes=minute % 720), channel=channel)
        for minute, channel in enumerate(islice(cycle(_ASKED), number))
    ]


def _warm(prepared: list[Prepared], number: int) -> float:
    proposals = _proposals(number)
    started = time.perf_counter()
    for one, proposed in zip(cycle(prepared), proposals, strict=False):
        decide(one, proposed)
    return number / (time.perf_counter() - started)


def _cold(book: Book, situations: list[Situation], number: int) -> float:
    proposals = _proposals(number)
    started = time.perf_counter()
    for one, proposed in zip(cycle(situations), proposals, strict=False):
        decide(prepare(book, one), proposed)
    return number / (time.perf_counter() - started)


def _next_ms(prepared: list[Prepared]) -> float:
    """Milliseconds to find the next allowed moment of each kind of contact, on average."""
    started = time.perf_counter()
    for one in prepared:
        for channel in _ASKED:
            next_allowed(one, Proposed(at=_NOW, channel=channel))
    return round((time.perf_counter() - started) * 1000 / (len(prepared) * len(_ASKED)), 3)
