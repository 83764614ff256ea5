"""Checking a portfolio in the worker: read it, judge every account, stage what is good, count it.

Reading is one pass; whoever is killed in the middle loses it, and the next worker begins anew once the lease
has run out. Nothing that is read is in clear anywhere but in memory, some hundred accounts at a time.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from uuid import UUID

import msgspec

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Code
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.refusals import Unavailable
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.portfolios.actions.acting import acting_for, entered
from handoff_portal.portfolios.actions.chunking import LEASE, Desk, Lost
from handoff_portal.portfolios.actions.passing import Pass
from handoff_portal.portfolios.actions.sharing import Crew, HelperEnded, nobody
from handoff_portal.portfolios.actions.sorting import Sorting
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.account import Batch
from handoff_portal.portfolios.model.events import PortfolioChecked
from handoff_portal.portfolios.model.portfolio import State, UploadedFile
from handoff_portal.portfolios.model.reader import Asks, Begins, Reader, Refuses, Source
from handoff_portal.portfolios.store import choosing, files, portfolios, staging

_log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5


def check_next(database: Database, objects: ObjectStore, reader: Reader, crew: Crew = nobody) -> bool:
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
        _check(database, objects, partial(_read, reader, crew), portfolio, lease, actor)
    except HelperEnded:
        _log.warning("a helper that checked portfolio %s ended; it is checked anew", portfolio)
    except Lost:
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
    read: Callable[[Pass, list[Source], bytes | None], Asks | Refuses | None],
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
    checking = Pass(Desk(database, portfolio, lease, actor, key, policy), sorting)
    checking.figures.policy = policy.version
    checking.figures.same_file_as = same
    sources = [_source(objects, key, file) for file in sent if file.stored]
    sources += sorting.histories(sources)
    if sorting.problems:
        checking.take(Batch((), tuple(sorting.problems)))
    match read(checking, sources, key.open("answers", 0, sealed) if sealed else None):
        case Asks(questions):
            _end(database, actor, portfolio, State.ASKING, "asks", key.seal("summary", 0, questions))
        case Refuses() as refused:
            checking.take(Batch((), refused.problems))
            checking.forget_papers()
            checking.figures.summary = refused.summary
            sealed = key.seal("summary", 0, msgspec.msgpack.encode(checking.figures))
            _end(database, actor, portfolio, State.REFUSED, refused.code, sealed)
        case None:
            checking.finish()
            _show(checking)


def _read(
    reader: Reader, crew: Crew, checking: Pass, sources: list[Source], answers: bytes | None
) -> Asks | Refuses | None:
    """Have everything read that can be; give what stands in the way."""
    with ExitStack() as stack:
        for part in reader(sources, answers):
            match part:
                case Begins(rows, plan):
                    checking.expect(rows)
                    if plan is not None:
                        checking.gather(plan, lambda errand, n=rows: stack.enter_context(crew(errand, n)))  # type: ignore[misc]
                case Asks() | Refuses():
                    return part
                case _:
                    checking.hear(part)
    return None


def _show(checking: Pass) -> None:
    """Say that the preview can be looked at."""
    anything = checking.accounts or checking.papers
    state = State.WAITING if anything else State.REFUSED
    desk = checking.desk
    sealed = desk.key.seal("summary", 0, msgspec.msgpack.encode(checking.figures))
    event = PortfolioChecked(
        portfolio=desk.portfolio,
        state=Code(state.value),
        rows=checking.rows,
        accounts=checking.accounts,
        problems=checking.problems,
    )
    with entered(desk.database, desk.portfolio, desk.actor) as work:
        desk.note(work, **checking.progress)
        choosing.choose_again(work, desk.portfolio)
        portfolios.save(
            work,
            desk.portfolio,
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
