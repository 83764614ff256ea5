"""Committing a portfolio in the worker: one transaction a chunk, its cases and its progress together.

Whoever is killed in the middle of a chunk leaves nothing of it; the lock on the chunk ends with the
connection and the next worker takes it. Any number of threads and processes may work on one portfolio at
once.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.database.work import Collision
from handoff_portal.adapters.vault.cases import CaseKey, OrgKey
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.cases.actions import bulk
from handoff_portal.cases.model.account import EntryKind, allocate
from handoff_portal.cases.model.known import Known
from handoff_portal.contacts.actions.bulk import Histories
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Code, Event
from handoff_portal.core.ids import CaseId, OrgId, PortfolioId
from handoff_portal.core.references import reference_of
from handoff_portal.core.refusals import Unavailable
from handoff_portal.identity.actions.organisations import open_org_key
from handoff_portal.intake.actions.bulk import Judgements
from handoff_portal.intake.actions.submitting import first_entries
from handoff_portal.portfolios.actions.acting import Helped, acting_for, alone, entered, without_collecting
from handoff_portal.portfolios.actions.judging import excepted, rules_of
from handoff_portal.portfolios.actions.receipts import finish, line_of, require_approval
from handoff_portal.portfolios.actions.telling import one_a_case, tell
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.counting import standing_of
from handoff_portal.portfolios.model.events import CaseImported, PortfolioCancelled
from handoff_portal.portfolios.model.portfolio import Done, ReceiptLine, Staged, Standing, State
from handoff_portal.portfolios.store import papers, portfolios, staging
from handoff_portal.recoveries.model.events import BalanceChanged

_log = logging.getLogger(__name__)
SIDE_BY_SIDE = 2
"""Threads that commit a portfolio without helpers: while one waits for the database, the other seals."""

_TRIES = 3
REST = timedelta(seconds=10)
"""After the first failure; twice as long after each further one."""

MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody said shall be done.

    Attributes:
        exception: Why accounts that are not ready go along; empty if they stay out.
        policy: Version of the escalation policy that they were judged by.
    """

    portfolio: PortfolioId
    actor: Actor
    key: PortfolioKey
    policy: int
    exception: str


class _Outcome:
    """What one chunk comes to, before it is written.

    Attributes:
        special: New cases whose rows say more of the customer than the debt.
    """

    def __init__(self, work: Work, own: OrgKey) -> None:
        self.cases = bulk.NewCases(work, own)
        self.histories = Histories()
        self.judgements = Judgements()
        self.special: list[tuple[bulk.NewCase, Staged]] = []
        self.moves: list[bulk.Move] = []
        self.events: list[Event] = []
        self.lines: list[ReceiptLine] = []
        self.placed: list[tuple[int, CaseId]] = []
        self.unchanged = self.skipped = 0

    @property
    def done(self) -> Done:
        return Done(len(self.cases), len(self.moves), self.unchanged, self.skipped)


def commit_next(database: Database, helped: Helped = alone) -> bool:
    """Commit the portfolio that waits longest, all of it; False if none waits."""
    with database.worker() as work:
        found = portfolios.find_in_state(work, State.COMMITTING)
    for portfolio in found:
        try:
            commit_all(database, open_order(database, portfolio), helped)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, others go on and the person is told
            _log.exception("portfolio %s could not be committed", portfolio)
            note_failure(database, portfolio)
    return bool(found)


def commit_all(database: Database, order: Order, helped: Helped = alone) -> None:
    """Commit every chunk that is left, then sign the receipt, unless papers are still to be stored."""
    with database.worker() as work:
        chunks = staging.count_waiting(work, order.portfolio)
    with helped(order.portfolio, chunks) as helpers:
        commit_rest(database, order, 1 if helpers else SIDE_BY_SIDE)
    with entered(database, order.portfolio, order.actor) as work:
        finish(work, order.portfolio, order.key)


def commit_rest(database: Database, order: Order, side_by_side: int = 1) -> None:
    """Commit every chunk that is left and that nobody else works on."""

    def run(_number: int) -> None:
        while commit_chunk(database, order):
            pass

    with ThreadPoolExecutor(side_by_side) as threads:
        list(threads.map(run, range(side_by_side)))


def note_failure(database: Database, portfolio: PortfolioId) -> None:
    """Let others go first, and after some failures end it where it stands: what became cases stays."""
    with database.worker() as work:
        found = portfolios.load(work, portfolio, lock=True)
        approval = portfolios.find_approval(work, portfolio)
        actor = acting_for(work, approval[0], found.business) if approval else None
    with database.worker(actor) as work:
        if found.attempts < MOST_ATTEMPTS:
            portfolios.put_off(work, portfolio, work.now + REST * 2**found.attempts)
            return
        committed = found.done.made + found.done.adjusted
        event = PortfolioCancelled(portfolio=portfolio, committed=committed, own=found.business)
        portfolios.save(
            work, portfolio, event, state=State.FAILED.value, ended_at=work.now, reason="too_often"
        )


def open_order(database: Database, portfolio: PortfolioId) -> Order:
    """What was ordered for a portfolio that is being committed.

    Raises:
        NotApproved: Nobody approved it here, or the row says somebody else did.
    """
    with database.worker() as work:
        key = open_portfolio_key(work, portfolio)
        approver, sealed = require_approval(work, portfolio)
        reason, by, policy = msgspec.json.decode(key.open("exception", 0, sealed))
        actor = acting_for(work, approver, OrgId(key.owner), by)
    return Order(portfolio, actor, key, policy, reason)


def commit_chunk(database: Database, order: Order) -> bool:
    """Commit the next chunk that nobody works on; False if there is none or the portfolio was stopped.

    Another portfolio of the same business may bring the same references at the same moment; then the database
    refuses the second, and trying again finds them known.
    """
    with without_collecting():
        for _ in range(_TRIES - 1):
            try:
                return _commit_chunk(database, order)
            except Collision:
                _log.warning("a chunk of portfolio %s is tried again", order.portfolio)
        return _commit_chunk(database, order)


def _commit_chunk(database: Database, order: Order) -> bool:
    with entered(database, order.portfolio, order.actor, step=True) as work:
        if not portfolios.hold_open(work, order.portfolio):
            return False
        chunk = staging.take_chunk(work, order.portfolio, order.key)
        if chunk is None:
            return False
        own = open_org_key(work, OrgId(order.key.owner))
        known = bulk.find_known(work, chunk.indexes, lock=True)
        outcome = _Outcome(work, own)
        for ordinal, staged in chunk.numbered():
            if ordinal in chunk.left_out:
                _skip(outcome, ordinal, staged, "not_chosen")
            else:
                _decide(work, order, outcome, ordinal, staged, known.get(staged.index))
        said = _write(work, order, own, outcome)
        papers.resolve(work, order.portfolio, outcome.placed)
        staging.finish_chunk(work, order.portfolio, order.key, chunk.number, outcome.done, outcome.lines)
        work.record_all(outcome.events, own.org_id)
        for some in one_a_case(said):
            work.record_all(some, own.org_id)
    return True


def _decide(
    work: Work, order: Order, outcome: _Outcome, ordinal: int, staged: Staged, known: Known | None
) -> None:
    change = standing_of(staged, known)
    if known is not None:
        outcome.placed.append((ordinal, known.id))
    if known is None:
        if staged.failing and (staged.barred or not order.exception):
            _skip(outcome, ordinal, staged, "not_ready")
        else:
            _make(work, order, outcome, ordinal, staged)
    elif change.standing is Standing.UNCHANGED:
        outcome.unchanged += 1
        outcome.lines.append(line_of(ordinal, staged, known.reference, "unchanged"))
    elif change.standing is Standing.CHANGED:
        _adjust(work, order, outcome, ordinal, staged, known)
    else:
        _skip(outcome, ordinal, staged, "fixed", known.reference)


def _skip(outcome: _Outcome, ordinal: int, staged: Staged, why: str, case: str = "") -> None:
    outcome.skipped += 1
    outcome.lines.append(line_of(ordinal, staged, case, why))


def _make(work: Work, order: Order, outcome: _Outcome, ordinal: int, staged: Staged) -> None:
    account = staged.account
    content = bulk.with_ids(account.content)
    owed = account.open
    entries = first_entries(content, account.paid_on, account.time_zone, work.now)
    key = CaseKey.new(new_id(), order.key.owner)
    reference = reference_of(key.case_id)
    case = bulk.NewCase(
        key, reference, content, account.time_zone, staged.index, entries, owed, order.portfolio
    )
    outcome.cases.add(case)
    outcome.histories.add(key, account.history)
    _judge(order, outcome, key, staged)
    if account.holds or account.wishes:
        outcome.special.append((case, staged))
    outcome.placed.append((ordinal, case.id))
    outcome.events.append(
        CaseImported(
            case=case.id,
            own=OrgId(order.key.owner),
            portfolio=order.portfolio,
            ordinal=ordinal,
            currency=Code(content.currency),
            total=owed,
            claims=len(content.claims),
            messages=len(account.history),
            policy=order.policy,
            exceptions=tuple(Code(rule) for rule in staged.failing),
        )
    )
    outcome.lines.append(line_of(ordinal, staged, reference, "made"))


def _judge(order: Order, outcome: _Outcome, key: CaseKey, staged: Staged) -> None:
    if not staged.failing:
        outcome.judgements.add(key, staged.lines, staged.facts)
        return
    who = order.actor.name
    outcome.judgements.add(key, excepted(staged.lines, order.exception, who), staged.facts)
    outcome.judgements.excuse(key, rules_of(staged.failing), order.exception, who)


def _adjust(work: Work, order: Order, outcome: _Outcome, ordinal: int, staged: Staged, known: Known) -> None:
    content = staged.account.content
    paid = content.terms.payments_to_date
    wanted = content.owed + -allocate(paid, content.owed) if paid else content.owed
    entry = bulk.adjustment(work, known, wanted)
    outcome.moves.append(bulk.Move(known, entry, staged.account.open))
    outcome.events.append(
        BalanceChanged(
            case=known.id,
            own=OrgId(order.key.owner),
            entry=entry.id,
            kind=EntryKind.ADJUSTMENT,
            change=entry.change.total,
            open=wanted.total,
        )
    )
    outcome.lines.append(line_of(ordinal, staged, known.reference, "adjusted"))


def _write(work: Work, order: Order, own: OrgKey, outcome: _Outcome) -> list[Event]:
    """Insert everything; gives what is to be recorded after the events of the outcome."""
    business = OrgId(own.org_id)
    outcome.cases.insert(work)
    outcome.histories.insert(work, business)
    outcome.judgements.insert(work, business, order.policy)
    said = tell(work, business, outcome.special)
    bulk.move_balances(work, business, outcome.moves)
    return said
