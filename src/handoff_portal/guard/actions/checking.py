"""Trying uploaded rule files, for the worker: vectors first, then last month's contacts in batches."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from handoff_portal.adapters.database import Database, Work
from handoff_portal.core.events import Code
from handoff_portal.core.refusals import NotFound
from handoff_portal.guard.actions.rules import book_of, shipped_version
from handoff_portal.guard.book import SHIPPED, VECTORS, shipped_vectors
from handoff_portal.guard.model.deciding import Book
from handoff_portal.guard.model.replay import PastCase, Replayed, begun, try_case, try_vectors
from handoff_portal.guard.model.vectors import Vector, vectors_of
from handoff_portal.guard.model.versions import RulesReplayed
from handoff_portal.guard.store import replays, versions
from handoff_portal.guard.store.replays import Replay

CASES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Past:
    """Where past contacts come from; given by `contacts`, so that the guard need not know it.

    Attributes:
        count: Contacts that agencies made between two moments.
        cases: The next cases with such contacts, after one of them, at most so many.
    """

    count: Callable[[Work, datetime, datetime], int]
    cases: Callable[[Work, datetime, datetime, UUID | None, int], list[PastCase]]


def check_next(database: Database, past: Past) -> bool:
    """Do the next part of the oldest check; True if there was one.

    Each part is one transaction: after a crash the next round goes on behind the last part that was kept.
    """
    with database.worker() as work:
        replay = replays.take_next(work)
        if replay is None:
            return False
        books = _books(work, replay)
        if not replay.begun:
            found = Replayed(expected=past.count(work, replay.since, replay.until))
            for vectors, own in _vectors(work, replay):
                try_vectors(found, vectors, *books, own=own)
            replays.keep(work, replay, found, None)
        else:
            _judge_batch(work, replay, past, books)
    return True


def _judge_batch(work: Work, replay: Replay, past: Past, books: tuple[Book, Book]) -> None:
    before, after = books
    as_if = replace(after, rules=begun(after.rules, replay.since.date()))
    cases = past.cases(work, replay.since, replay.until, replay.after_case, CASES_AT_ONCE)
    for case in cases:
        try_case(replay.found, case, replay.since, (before, as_if))
    if len(cases) == CASES_AT_ONCE:
        replays.keep(work, replay, replay.found, cases[-1].id)
        return
    replays.finish(work, replay, replay.found, _event(replay))


def _event(replay: Replay) -> RulesReplayed:
    found = replay.found
    return RulesReplayed(
        rules=replay.rules,
        against=Code(replay.against),
        changed=len(found.changed),
        failing=len(found.failing),
        contacts=found.contacts,
        blocked=found.blocked,
        newly_blocked=found.newly_blocked,
    )


def _books(work: Work, replay: Replay) -> tuple[Book, Book]:
    """The rules it is compared with, and its own."""
    against = shipped_version() if replay.against == SHIPPED else versions.find(work, replay.against)
    own = versions.find_by_id(work, replay.rules)
    if against is None or own is None:
        raise NotFound
    return book_of(work, against), book_of(work, own)


def _vectors(work: Work, replay: Replay) -> Iterator[tuple[tuple[Vector, ...], bool]]:
    """Those that come with the portal, then those that came with the file."""
    for name in VECTORS:
        yield shipped_vectors(name), False
    sent = versions.open_part(work, replay.rules, "vectors")
    if sent is not None:
        yield vectors_of(json.loads(sent)).read, True
