"""Cases with known answers: the vectors that come with the portal, and the edges of every hours rule."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from handoff_portal.guard.book import VECTORS, shipped_book, shipped_vectors
from handoff_portal.guard.model.deciding import Book, decide, prepare
from handoff_portal.guard.model.situation import Proposed, Situation
from handoff_portal.guard.model.terms import Channel, DebtType, Fact, Outlook, Where
from handoff_portal.guard.model.vectors import Vector

HOURS = Path(__file__).parent / "hours.csv"


@dataclass(frozen=True, slots=True)
class Case:
    """A contact and what must be said about it.

    Attributes:
        about: Rules it is about: those that must speak, and the one whose other side of a boundary it is.
        speaks: Rules that must speak; None if only those of `about` are looked at.
        silent: Rules that must not speak.
    """

    name: str
    about: frozenset[str]
    situation: Situation
    proposed: Proposed
    speaks: frozenset[str]
    silent: frozenset[str] = frozenset()
    outlook: Outlook | None = None

    def holds(self, book: Book) -> bool:
        """Whether the rules in this book say it."""
        decision = decide(prepare(book, self.situation), self.proposed)
        found = set(decision.rule_ids)
        if self.outlook is None:
            return self.speaks <= found and not self.silent & found
        return decision.outlook is self.outlook and found == self.speaks


def from_vector(vector: Vector) -> Case:
    """A vector as a case; its id or its rule says which rule it is about."""
    allowed = vector.expected is Outlook.ALLOWED
    named = vector.id.rpartition("-")[0] if "-" in vector.id else vector.rules[0]
    return Case(
        name=vector.id,
        about=frozenset({*vector.rules, named}),
        situation=vector.situation,
        proposed=vector.proposed,
        speaks=frozenset() if allowed else frozenset(vector.rules),
        outlook=vector.expected,
    )


@lru_cache(maxsize=1)
def all_cases() -> tuple[Case, ...]:
    """Every vector that comes with the portal, and every edge of every window."""
    return (*vector_cases(), *hour_cases())


@lru_cache(maxsize=1)
def vector_cases() -> tuple[Case, ...]:
    """Every vector that comes with the portal."""
    return tuple(from_vector(vector) for name in VECTORS for vector in shipped_vectors(name))


@lru_cache(maxsize=1)
def hour_cases() -> tuple[Case, ...]:
    """Four moments a day: a second before and at opening, a second before and at closing."""
    with HOURS.open(encoding="utf-8") as file:
        return tuple(case for row in csv.DictReader(file) for case in _edges(row))


def _edges(row: dict[str, str]) -> list[Case]:
    if not row["opens"]:
        return [_edge(row, f"{hour:02}:00", 0, speaks=True) for hour in (9, 12, 14)]
    return [
        _edge(row, row["opens"], -1, speaks=True),
        _edge(row, row["opens"], 0, speaks=False),
        _edge(row, row["closes"], -1, speaks=False),
        _edge(row, row["closes"], 0, speaks=True),
    ]


def _edge(row: dict[str, str], clock: str, seconds: int, *, speaks: bool) -> Case:
    zone, rule = ZoneInfo(row["zone"]), frozenset({row["rule"]})
    local = datetime.fromisoformat(f"{row['day']}T{clock}").replace(tzinfo=zone)
    state = dict(word.split("=") for word in row["state"].split())
    situation = Situation(
        jurisdiction=row["jurisdiction"],
        zones=(zone,),
        debt_type=DebtType(row["debts"]),
        facts=frozenset({Fact.REGULATED_LENDER} if "rbi_lender" in state else ()),
        debt_tag=state.get("debt_tag", ""),
    )
    proposed = Proposed(
        at=local.astimezone(UTC) + timedelta(seconds=seconds),
        channel=Channel(row["channel"]),
        where=Where(row["place"]) if row["place"] else None,
    )
    name = f"{row['rule']} {row['day']} {clock} {seconds:+}s"
    silent = frozenset() if speaks else rule
    return Case(name, rule, situation, proposed, rule if speaks else frozenset(), silent)


def book() -> Book:
    """The rules that come with the portal."""
    return shipped_book()
