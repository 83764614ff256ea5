"""Some accounts of a portfolio that is being checked become a chunk: judged, compared, sealed, staged."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.vault.blind import Rule
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.cases.actions import bulk
from handoff_portal.cases.actions.cases import REFERENCE_COLUMN
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.intake.model.policy import Policy
from handoff_portal.portfolios.actions.acting import entered
from handoff_portal.portfolios.actions.judging import completed, judge_account
from handoff_portal.portfolios.model.account import Account
from handoff_portal.portfolios.model.counting import count, standing_of
from handoff_portal.portfolios.model.portfolio import Figures, Findings, Staged
from handoff_portal.portfolios.store import portfolios, staging

LEASE = timedelta(minutes=2)


class Lost(Exception):
    """Somebody cancelled the portfolio, or another worker has it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and by what rules one pass stages what it reads.

    Attributes:
        lease: Of the pass; who finds another one there stops.
    """

    database: Database
    portfolio: PortfolioId
    lease: UUID
    actor: Actor
    key: PortfolioKey
    policy: Policy

    def work(self) -> AbstractContextManager[Work]:
        """One transaction of the worker that may read what belongs to this portfolio's business."""
        return entered(self.database, self.portfolio, self.actor, step=True)

    def note(self, work: Work, **counts: int) -> None:
        """Hold the lease on, and say how far the pass is.

        Raises:
            Lost: It is somebody else's by now.
        """
        if not portfolios.note_progress(work, self.portfolio, self.lease, work.now + LEASE, **counts):
            raise Lost

    def stage(
        self, figures: Figures, number: int, first: int, some: Sequence[Account], /, **counts: int
    ) -> list[Staged]:
        """Stage a chunk and count it, as one transaction with what is said of the progress.

        Args:
            first: Ordinal of its first account; 0 while that is not known.

        Raises:
            Lost: The pass is over.
        """
        with self.work() as work:
            column = work.vault.blind_index().column(self.key.owner, REFERENCE_COLUMN, Rule.IDENTIFIER)
            staged = [self._staged(one, column(one.content.creditor_reference), work) for one in some]
            known = bulk.find_known(work, [one.index for one in staged])
            if known:
                staged = [replace(one, change=standing_of(one, known.get(one.index))) for one in staged]
            for one in staged:
                count(figures, one, one.change)
            staging.add_chunk(
                work, self.portfolio, self.key, staging.Chunk(number, first, staged, frozenset())
            )
            self.note(work, **counts)
        return staged

    def keep(self, number: int, found: Findings) -> None:
        """Keep what is wrong; findings are listed by their number."""
        if found.problems or found.bad:
            with self.work() as work:
                staging.add_findings(work, self.portfolio, self.key, number, found)

    def _staged(self, account: Account, index: bytes, work: Work) -> Staged:
        whole = completed(account)
        judged = judge_account(whole, self.policy, work.now)
        return Staged(whole, index, judged.failing, judged.barred, judged.lines, judged.facts)
