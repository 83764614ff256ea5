"""Checking a portfolio in the worker: read it, judge every account, stage what is good, count it.

Reading is one pass; whoever is killed in the middle loses it, and the next worker begins anew once the lease
has run out. Nothing that is read is in clear anywhere but in memory, some hundred accounts at a time.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.vault.blind import Rule
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.cases.actions import bulk
from handoff_portal.cases.actions.cases import REFERENCE_COLUMN
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Code
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.refusals import Unavailable
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.intake.model.policy import Policy
from handoff_portal.portfolios.actions.acting import acting_for, entered, without_collecting
from handoff_portal.portfolios.actions.judging import completed, judge_account
from handoff_portal.portfolios.actions.sorting import Room, Sorting, sort_papers
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.account import Account, Batch, Summary
from handoff_portal.portfolios.model.counting import count, standing_of
from handoff_portal.portfolios.model.events import PortfolioChecked
from handoff_portal.portfolios.model.portfolio import Figures, Findings, Staged, State, UploadedFile
from handoff_portal.portfolios.model.reader import Asks, Begins, Reader, Refuses, Source
from handoff_portal.portfolios.store import files, papers, portfolios, staging

_log = logging.getLogger(__name__)
CHUNK = 500
"""Accounts that are staged and committed together."""

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5


class _Lost(Exception):
    """Somebody cancelled the portfolio, or another worker has it."""


@dataclass(slots=True)
class _Checking:
    """One pass over one portfolio."""

    database: Database
    portfolio: PortfolioId
    lease: UUID
    actor: Actor
    key: PortfolioKey
    policy: Policy
    sorting: Sorting
    figures: Figures = field(default_factory=Figures)
    waiting: list[Account] = field(default_factory=list)
    chunks: int = 0
    findings: int = 0
    accounts: int = 0
    problems: int = 0
    rows: int = 0
    papers: int = 0

    def take(self, batch: Batch) -> None:
        """Stage what a batch brings, as soon as a chunk is full."""
        self.waiting.extend(batch.accounts)
        found = Findings(batch.problems, batch.bad)
        rows = [*(row for one in batch.accounts for row in one.rows), *(bad.row for bad in batch.bad)]
        self.rows = max([self.rows, *rows])
        if found.problems or found.bad:
            with self._work() as work:
                staging.add_findings(work, self.portfolio, self.key, self.findings, found)
            self.findings += 1
            self.problems += len(found.problems)
        while len(self.waiting) >= CHUNK:
            self._stage(self.waiting[:CHUNK])
            del self.waiting[:CHUNK]

    def expect(self, rows: int) -> None:
        """Say how many rows there are."""
        with self._work() as work:
            self._note(work, expected=rows)

    def finish(self) -> None:
        """Stage the rest, and sort what is in the archives."""
        if self.waiting:
            self._stage(self.waiting)
            self.waiting = []
        room = Room(self.portfolio, self.actor, self.policy, self.figures, self._work, self._say_alive)
        self.papers, lost = sort_papers(self.sorting, room)
        if lost:
            self.take(Batch((), tuple(lost)))

    def forget_papers(self) -> None:
        """Drop what an earlier look found in the archives: nothing becomes of it."""
        with self._work() as work:
            papers.clear(work, self.portfolio)

    def _say_alive(self) -> None:
        with self._work() as work:
            self._note(work)

    def _stage(self, accounts: list[Account]) -> None:
        with without_collecting(), self._work() as work:
            column = work.vault.blind_index().column(self.key.owner, REFERENCE_COLUMN, Rule.IDENTIFIER)
            staged = [
                self._staged(account, column(account.content.creditor_reference), work)
                for account in accounts
            ]
            known = bulk.find_known(work, [one.index for one in staged])
            staged = [replace(one, change=standing_of(one, known.get(one.index))) for one in staged]
            for one in staged:
                count(self.figures, one, one.change)
            chunk = staging.Chunk(self.chunks, self.accounts + 1, staged, frozenset())
            staging.add_chunk(work, self.portfolio, self.key, chunk)
            self.sorting.enter(self.accounts + 1, staged)
            self.chunks += 1
            self.accounts += len(staged)
            self._note(work)

    def _staged(self, account: Account, index: bytes, work: Work) -> Staged:
        whole = completed(account)
        judged = judge_account(whole, self.policy, work.now)
        return Staged(whole, index, judged.failing, judged.barred, judged.lines, judged.facts)

    def _note(self, work: Work, **more: int) -> None:
        counts = {"rows_read": self.rows, "accounts": self.accounts, "problems": self.problems, **more}
        until = work.now + LEASE
        if not portfolios.note_progress(work, self.portfolio, self.lease, until, **counts):
            raise _Lost

    def _work(self) -> Any:  # noqa: ANN401 - a context manager
        return entered(self.database, self.portfolio, self.actor, step=True)


def check_next(database: Database, objects: ObjectStore, reader: Reader) -> bool:
    """Check the portfolio that waits longest; False if none waits."""
    lease = new_id()
    with database.worker() as work:
        portfolio = portfolios.take_to_check(work, lease, LEASE)
    if portfolio is None:
        return False
    with database.worker() as work:
        found = portfolios.load(work, portfolio)
        actor = acting_for(work, found.made_by, found.business)
    if found.attempts > MOST_ATTEMPTS:
        _end(database, actor, portfolio, State.FAILED, "too_often")
        return True
    try:
        _check(database, objects, reader, portfolio, lease, actor)
    except _Lost:
        _log.info("portfolio %s is no longer ours to check", portfolio)
    except Unavailable:
        raise
    except Tampered:
        _end(database, actor, portfolio, State.FAILED, "tampered")
        raise
    return True


def _check(
    database: Database,
    objects: ObjectStore,
    reader: Reader,
    portfolio: PortfolioId,
    lease: UUID,
    actor: Actor,
) -> None:
    with entered(database, portfolio, actor) as work:
        key = open_portfolio_key(work, portfolio)
        sent = files.list_files(work, portfolio, key)
        sealed = portfolios.load_sealed(work, portfolio, "sealed_answers")
        digests = [file.sha256 for file in sent if file.sha256]
        same = files.find_same_file(work, portfolio, digests)
        policy = current_policy(work)
        staging.clear(work, portfolio)
    sorting = Sorting.open(objects, key, sent)
    checking = _Checking(database, portfolio, lease, actor, key, policy, sorting)
    checking.figures.policy = policy.version
    checking.figures.same_file_as = same
    sources = [_source(objects, key, file) for file in sent if file.stored]
    sources += sorting.histories(sources)
    if sorting.problems:
        checking.take(Batch((), tuple(sorting.problems)))
    for part in reader(sources, key.open("answers", 0, sealed) if sealed else None):
        match part:
            case Begins():
                checking.expect(part.rows)
            case Batch():
                checking.take(part)
            case Summary():
                checking.figures.summary = part
            case Asks():
                _end(database, actor, portfolio, State.ASKING, "asks", key.seal("summary", 0, part.questions))
                return
            case Refuses():
                checking.take(Batch((), part.problems))
                checking.forget_papers()
                checking.figures.summary = part.summary
                sealed = key.seal("summary", 0, msgspec.msgpack.encode(checking.figures))
                _end(database, actor, portfolio, State.REFUSED, part.code, sealed)
                return
    checking.finish()
    _show(checking)


def _show(checking: _Checking) -> None:
    """Say that the preview can be looked at."""
    anything = checking.accounts or checking.papers
    state = State.WAITING if anything else State.REFUSED
    sealed = checking.key.seal("summary", 0, msgspec.msgpack.encode(checking.figures))
    event = PortfolioChecked(
        portfolio=checking.portfolio,
        state=Code(state.value),
        rows=checking.rows,
        accounts=checking.accounts,
        problems=checking.problems,
    )
    values = {
        "rows_read": checking.rows,
        "accounts": checking.accounts,
        "problems": checking.problems,
    }
    with entered(checking.database, checking.portfolio, checking.actor) as work:
        until = work.now
        if not portfolios.note_progress(work, checking.portfolio, checking.lease, until, **values):
            raise _Lost
        portfolios.save(
            work,
            checking.portfolio,
            event,
            state=state.value,
            sealed_summary=sealed,
            lease=None,
            leased_until=None,
            attempts=0,
            reason=None if anything else "no_accounts",
        )


def _end(
    database: Database,
    actor: Actor,
    portfolio: PortfolioId,
    state: State,
    reason: str,
    summary: bytes | None = None,
) -> None:
    with database.worker(actor) as work:
        found = portfolios.load(work, portfolio, lock=True)
        if found.state is not State.CHECKING:
            return
        event = PortfolioChecked(
            portfolio=portfolio,
            state=Code(state.value),
            rows=found.progress.rows,
            accounts=found.accounts,
            problems=found.problems,
        )
        portfolios.save(
            work,
            portfolio,
            event,
            state=state.value,
            reason=reason,
            sealed_summary=summary,
            lease=None,
            leased_until=None,
            attempts=0,
        )


def _source(objects: ObjectStore, key: PortfolioKey, file: UploadedFile) -> Source:
    def pieces() -> Iterator[bytes]:
        return key.file(file.id).open_file(objects.read(f"portfolios/{file.id}"))

    return Source(file.name, file.size, pieces)
