"""One pass over a large portfolio shared among processes: heaps go out, chunks are staged, reports come back.

The worker reads; whoever is free understands a heap, judges its accounts and stages them. A helper that ends
takes the whole pass with it, as a worker does: another begins anew when the lease is over.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from queue import SimpleQueue
from uuid import UUID

import msgspec

from handoff_portal.adapters.database import Database
from handoff_portal.core.ids import PortfolioId
from handoff_portal.intake.model.policy import Policy
from handoff_portal.portfolios.actions.acting import acting_for, entered, without_collecting
from handoff_portal.portfolios.actions.chunking import Desk, Lost
from handoff_portal.portfolios.actions.understanding import Understanding
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.heaps import Counts, Heap, Orphans, Plan
from handoff_portal.portfolios.model.portfolio import Figures, Findings
from handoff_portal.portfolios.store import portfolios

Exchange = Callable[[bytes], bytes]
"""Gives a helper a heap, waits for its report."""

Crew = Callable[[bytes, int], AbstractContextManager[Sequence[Exchange]]]
"""Starts helpers with an errand, for so many rows; they are ended with the block."""

_AHEAD = 2
"""Heaps for each helper: one that it works on, one that waits."""


def nobody(_errand: bytes, _rows: int) -> AbstractContextManager[Sequence[Exchange]]:
    """No helping process."""
    return nullcontext(())


class HelperEnded(Exception):
    """A helping process is gone, and with it what it was doing."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a helper has to know of a pass.

    Attributes:
        finding: Number of the findings of heap 0.
    """

    portfolio: UUID
    lease: UUID
    policy: Policy
    plan: Plan
    finding: int

    def encode(self) -> bytes:
        """For a helper: MessagePack."""
        return msgspec.msgpack.encode(self, enc_hook=dict)  # mappings that cannot be changed


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one heap.

    Attributes:
        row: The last row that was read.
        lost: The pass is over, nothing was staged.
    """

    figures: Figures = field(default_factory=Figures)
    counts: Counts = field(default_factory=Counts)
    orphans: tuple[Orphans, ...] = ()
    problems: int = 0
    row: int = 0
    lost: bool = False


_REPORT = msgspec.msgpack.Decoder(Report)
_NUMBERED = msgspec.msgpack.Decoder(tuple[int, bytes])


class Hand:
    """Does what a heap asks for."""

    def __init__(self, desk: Desk, plan: Plan, finding: int) -> None:
        self._desk, self._finding = desk, finding
        self._understanding = Understanding(plan)

    def work(self, number: int, heap: Heap) -> Report:
        """Understand a heap and stage it as the chunk of this number.

        Raises:
            Lost: The pass is over.
        """
        with without_collecting():
            return self._done(number, heap)

    def _done(self, number: int, heap: Heap) -> Report:
        understood = self._understanding.of(heap)
        batch, figures = understood.batch, Figures()
        if batch.accounts:
            self._desk.stage(figures, number, 0, batch.accounts)
        self._desk.keep(self._finding + number, Findings(batch.problems, batch.bad))
        last = max((line.number for group in heap.groups for line in group.lines), default=0)
        return Report(figures, understood.counts, understood.orphans, len(batch.problems), last)


def helping_hand(database: Database, errand: bytes) -> Exchange:
    """The other end: what a helper does with each heap that comes."""
    said = msgspec.msgpack.decode(errand, type=Errand)
    portfolio = PortfolioId(said.portfolio)
    with database.worker() as work:
        found = portfolios.load(work, portfolio)
        actor = acting_for(work, found.made_by, found.business)
    with entered(database, portfolio, actor) as work:
        key = open_portfolio_key(work, portfolio)
    hand = Hand(Desk(database, portfolio, said.lease, actor, key, said.policy), said.plan, said.finding)

    def answer(octets: bytes) -> bytes:
        number, heap = _NUMBERED.decode(octets)
        try:
            report = hand.work(number, Heap.decode(heap))
        except Lost:
            report = Report(lost=True)
        return msgspec.msgpack.encode(report)

    return answer


class Team:
    """Heaps are given to it one after the other; it does one itself while all helpers are busy."""

    def __init__(self, hand: Hand, exchanges: Sequence[Exchange], told: Callable[[Report], None]) -> None:
        self._hand, self._told, self._number = hand, told, 0
        self._most = _AHEAD * len(exchanges)
        self._free: SimpleQueue[Exchange] = SimpleQueue()
        for exchange in exchanges:
            self._free.put(exchange)
        self._threads = ThreadPoolExecutor(max(len(exchanges), 1))
        self._out: deque[Future[Report]] = deque()

    @property
    def heaps(self) -> int:
        """How many it was given."""
        return self._number

    def give(self, heap: Heap) -> None:
        """Have a heap done, now or soon.

        Raises:
            Lost: The pass is over.
        """
        while self._out and self._out[0].done():
            self._told(self._out.popleft().result())
        number, self._number = self._number, self._number + 1
        if len(self._out) < self._most:
            asked = msgspec.msgpack.encode((number, heap.encode()))
            self._out.append(self._threads.submit(self._ask, asked))
        else:
            self._told(self._hand.work(number, heap))

    def wait(self) -> None:
        """Have every heap done. Raises Lost."""
        while self._out:
            self._told(self._out.popleft().result())
        self._threads.shutdown()

    def _ask(self, asked: bytes) -> Report:
        exchange = self._free.get()
        try:
            report = _REPORT.decode(exchange(asked))
        finally:
            self._free.put(exchange)
        if report.lost:
            raise Lost
        return report
