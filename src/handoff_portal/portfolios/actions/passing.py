"""One pass over a portfolio that is being checked: what the reader says is staged, counted and shared out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from handoff_portal.portfolios.actions.acting import without_collecting
from handoff_portal.portfolios.actions.chunking import Desk
from handoff_portal.portfolios.actions.sharing import Errand, Exchange, Hand, Report, Team
from handoff_portal.portfolios.actions.sorting import Room, Sorting, sort_papers
from handoff_portal.portfolios.actions.understanding import Understanding
from handoff_portal.portfolios.model.account import Account, Batch, Summary
from handoff_portal.portfolios.model.counting import add
from handoff_portal.portfolios.model.heaps import Counts, Heap, Orphans, Plan
from handoff_portal.portfolios.model.portfolio import Figures, Findings
from handoff_portal.portfolios.model.reader import Settles
from handoff_portal.portfolios.store import papers, staging

CHUNK = 500
"""Accounts that are staged and committed together."""

_SIGN_OF_LIFE = timedelta(seconds=1)
"""How often the page hears how far a pass is that is shared out."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Pass:
    """One pass over one portfolio.

    Attributes:
        team: Who understands heaps beside this process; None where nobody does.
    """

    desk: Desk
    sorting: Sorting
    figures: Figures = field(default_factory=Figures)
    waiting: list[Account] = field(default_factory=list)
    team: Team | None = None
    alone: Understanding | None = None
    counts: Counts = field(default_factory=Counts)
    orphans: list[Orphans] = field(default_factory=list)
    chunks: int = 0
    findings: int = 0
    accounts: int = 0
    problems: int = 0
    rows: int = 0
    papers: int = 0
    next_sign: datetime = _LONG_AGO

    @property
    def progress(self) -> dict[str, int]:
        """How far it is, as the page shows it."""
        return {"rows_read": self.rows, "accounts": self.accounts, "problems": self.problems}

    def take(self, batch: Batch) -> None:
        """Stage what a batch brings, as soon as a chunk is full."""
        self.waiting.extend(batch.accounts)
        rows = [*(row for one in batch.accounts for row in one.rows), *(bad.row for bad in batch.bad)]
        self.rows = max([self.rows, *rows])
        self.desk.keep(self.findings, Findings(batch.problems, batch.bad))
        self.findings += 1
        self.problems += len(batch.problems)
        while len(self.waiting) >= CHUNK:
            self._stage(self.waiting[:CHUNK])
            del self.waiting[:CHUNK]

    def expect(self, rows: int) -> None:
        """Say how many rows there are."""
        with self.desk.work() as work:
            self.desk.note(work, **self.progress, expected=rows)

    def gather(self, plan: Plan, crew: Callable[[bytes], Sequence[Exchange]]) -> None:
        """Make ready for heaps: with helpers each becomes a chunk, alone they are batches like others.

        Files of archives are matched with accounts as they come, in their order, so nobody helps with those.
        """
        self.alone, desk = Understanding(plan), self.desk
        if self.sorting.opened:
            return
        errand = Errand(desk.portfolio, desk.lease, desk.policy, plan, self.findings)
        exchanges = crew(errand.encode())
        if exchanges:
            self.team = Team(Hand(desk, plan, self.findings), exchanges, self._told)

    def hear(self, part: Heap | Settles | Batch | Summary) -> None:
        """Take what the reader says next."""
        match part:
            case Heap():
                self._give(part)
            case Settles():
                self._settle(part)
            case Batch():
                self.take(part)
            case Summary():
                self.figures.summary = part

    def _give(self, heap: Heap) -> None:
        if self.team is not None:
            self.team.give(heap)
        elif self.alone is not None:
            with without_collecting():
                understood = self.alone.of(heap)
            self.counts.add(understood.counts)
            self.orphans.extend(understood.orphans)
            self.take(understood.batch)

    def _settle(self, asked: Settles) -> None:
        """Wait for what was given to others, and say what all of it came to."""
        if self.team is not None:
            self.team.wait()
            self.chunks, self.findings = self.team.heaps, self.findings + self.team.heaps
            with self.desk.work() as work:
                staging.number_accounts(work, self.desk.portfolio)
                self.desk.note(work, **self.progress)
        asked.tell(self.counts, self.orphans)

    def finish(self) -> None:
        """Stage the rest, and sort what is in the archives."""
        if self.waiting:
            self._stage(self.waiting)
            self.waiting = []
        desk = self.desk
        room = Room(desk.portfolio, desk.actor, desk.policy, self.figures, desk.work, self._say_alive)
        self.papers, lost = sort_papers(self.sorting, room)
        if lost:
            self.take(Batch((), tuple(lost)))

    def forget_papers(self) -> None:
        """Drop what an earlier look found in the archives: nothing becomes of it."""
        with self.desk.work() as work:
            papers.clear(work, self.desk.portfolio)

    def _told(self, report: Report) -> None:
        self.counts.add(report.counts)
        self.orphans.extend(report.orphans)
        add(self.figures, report.figures)
        self.accounts += report.counts.accounts
        self.problems += report.problems
        self.rows = max(self.rows, report.row)
        now = self.desk.database.clock()
        if now >= self.next_sign:
            self._say_alive()
            self.next_sign = now + _SIGN_OF_LIFE

    def _say_alive(self) -> None:
        with self.desk.work() as work:
            self.desk.note(work, **self.progress)

    def _stage(self, accounts: list[Account]) -> None:
        first, number = self.accounts + 1, self.chunks
        self.chunks, self.accounts = number + 1, self.accounts + len(accounts)
        with without_collecting():
            self.sorting.enter(first, self.desk.stage(self.figures, number, first, accounts, **self.progress))
