"""Rows of portfolios."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, Select, bindparam, func, insert, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.database.rows import Signed, genuine
from handoff_portal.core.events import Event
from handoff_portal.core.ids import OrgId, PersonId, PortfolioId, ReceiptId
from handoff_portal.core.refusals import NotFound
from handoff_portal.portfolios.model.papers import PaperState
from handoff_portal.portfolios.model.portfolio import Done, Portfolio, Progress, State, progress
from handoff_portal.portfolios.store.tables import CHUNK, FILE, PAPER, PORTFOLIO

_ENTER = Prepared(text("select set_config('app.portfolio', :portfolio, true)"))
_ENTER_A_STEP = Prepared(
    text(
        "select set_config('app.portfolio', :portfolio, true), set_config('synchronous_commit', 'off', true)"
    )
)
APPROVAL = Signed(
    "portfolio.approval",
    ("id", "business_id", "approved_by", "approved_at", "sealed_exception"),
    "approval_mac",
)
_DONE = ("made", "adjusted", "unchanged", "skipped")
_OPEN = select(PORTFOLIO.c.id).where(
    PORTFOLIO.c.id == bindparam("portfolio"), PORTFOLIO.c.state == State.COMMITTING.value
)
_HOLD, _HOLD_ALONE = Prepared(_OPEN.with_for_update(read=True)), Prepared(_OPEN.with_for_update())


def add(work: Work, made: PortfolioId, wrapped: bytes, version: int, event: Event) -> None:
    """Insert a portfolio that begins to be uploaded."""
    work.change(
        insert(PORTFOLIO).values(
            id=made,
            business_id=work.actor.org,
            state=State.UPLOADING.value,
            wrapped=wrapped,
            key_version=version,
            made_by=work.actor.person,
            made_at=work.now,
            updated_at=work.now,
            phase_at=work.now,
        )
    )
    work.record(event)


def load(work: Work, wanted: PortfolioId, *, lock: bool = False) -> Portfolio:
    """One portfolio. Raises NotFound."""
    if lock:
        work.read(select(PORTFOLIO.c.id).where(PORTFOLIO.c.id == wanted).with_for_update())
    row = work.read(_shown().where(PORTFOLIO.c.id == wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _portfolio(row, work.now)


def list_recent(work: Work, most: int = 50) -> list[Portfolio]:
    """The newest portfolios of the actor's organisation."""
    query = _shown().order_by(PORTFOLIO.c.made_at.desc(), PORTFOLIO.c.id).limit(most)
    return [_portfolio(row, work.now) for row in work.read(query).mappings()]


def load_wrap(work: Work, wanted: PortfolioId) -> tuple[OrgId, bytes]:
    """Business and wrapped key. Raises NotFound."""
    query = select(PORTFOLIO.c.business_id, PORTFOLIO.c.wrapped).where(PORTFOLIO.c.id == wanted)
    row = work.read(query).one_or_none()
    if row is None:
        raise NotFound
    return OrgId(row.business_id), row.wrapped


def load_sealed(work: Work, wanted: PortfolioId, name: str) -> bytes | None:
    """One sealed column."""
    sealed: bytes | None = work.read(
        select(PORTFOLIO.c[name]).where(PORTFOLIO.c.id == wanted)
    ).scalar_one_or_none()
    return sealed


def save(work: Work, wanted: PortfolioId, event: Event, **values: object) -> None:
    """Change a portfolio."""
    work.change(update(PORTFOLIO).where(PORTFOLIO.c.id == wanted).values(updated_at=work.now, **values))
    work.record(event)


def touch(work: Work, wanted: PortfolioId) -> None:
    """Note that somebody went on with it: with its upload, or with what is in it."""
    work.keep_house(update(PORTFOLIO).where(PORTFOLIO.c.id == wanted).values(updated_at=work.now))


def save_approval(work: Work, found: Portfolio, sealed: bytes, event: Event, **values: object) -> None:
    """Note that the actor approved it, signed by the portal.

    Args:
        sealed: Why accounts that are not ready go along, who says so, and by which policy.
    """
    approval = {
        "approved_by": work.actor.person,
        "approved_at": work.now,
        "sealed_exception": sealed,
    }
    signed = {"id": found.id, "business_id": found.business, **approval}
    mac = APPROVAL.sign(work.vault, signed)
    save(work, found.id, event, **approval, approval_mac=mac, **values)


def find_approval(work: Work, wanted: PortfolioId) -> tuple[PersonId, bytes] | None:
    """Who approved it and the sealed exception; None unless this portal wrote that down."""
    columns = [PORTFOLIO.c[name] for name in APPROVAL.needed]
    row = work.read(select(*columns).where(PORTFOLIO.c.id == wanted)).mappings().one_or_none()
    if row is None or not genuine(work, APPROVAL, row, id=wanted):
        return None
    return PersonId(row["approved_by"]), row["sealed_exception"]


def enter(work: Work, wanted: PortfolioId, *, step: bool = False) -> None:
    """Name the portfolio whose business this work may add cases for (worker's door).

    Args:
        step: This is one of many works of which the last one is waited for: it need not be on the disk before
            the next one begins. A database that crashes then forgets the last steps, each of them whole.
    """
    work.read(_ENTER_A_STEP if step else _ENTER, {"portfolio": str(wanted)})


def hold_open(work: Work, wanted: PortfolioId, *, alone: bool = False) -> bool:
    """Keep it committing until this work ends; `alone` waits for all others. False if it is no more."""
    found = work.read(_HOLD_ALONE if alone else _HOLD, {"portfolio": wanted})
    return found.one_or_none() is not None


def find_in_state(work: Work, state: State) -> list[PortfolioId]:
    """Portfolios whose accounts wait for the worker, the longest waiting first."""
    free = PORTFOLIO.c.leased_until.is_(None) | (PORTFOLIO.c.leased_until < work.now)
    query = (
        select(PORTFOLIO.c.id)
        .where(PORTFOLIO.c.state == state.value, free, _chunks_wait() | ~_papers_wait())
        .order_by(PORTFOLIO.c.phase_at)
    )
    return [PortfolioId(one) for one in work.read(query.limit(20)).scalars()]


def take_to_check(work: Work, lease: UUID, lasts: timedelta) -> PortfolioId | None:
    """Take the portfolio that waits longest to be checked; nobody else begins while the lease lasts."""
    free = PORTFOLIO.c.leased_until.is_(None) | (PORTFOLIO.c.leased_until < work.now)
    query = (
        select(PORTFOLIO.c.id)
        .where(PORTFOLIO.c.state == State.CHECKING.value, free)
        .order_by(PORTFOLIO.c.phase_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = work.read(query).scalar_one_or_none()
    if found is None:
        return None
    taken = {"lease": lease, "leased_until": work.now + lasts, "attempts": PORTFOLIO.c.attempts + 1}
    none_yet = {"rows_read": 0, "accounts": 0, "problems": 0, "expected": None, "phase_at": work.now}
    work.keep_house(update(PORTFOLIO).where(PORTFOLIO.c.id == found).values(**taken, **none_yet))
    return PortfolioId(found)


def take_to_store(work: Work, lease: UUID, lasts: timedelta) -> PortfolioId | None:
    """Take the portfolio whose papers wait longest and whose accounts are all cases; as `take_to_check`."""
    c = PORTFOLIO.c
    free = c.leased_until.is_(None) | (c.leased_until < work.now)
    query = (
        select(c.id)
        .where(c.state == State.COMMITTING.value, free, _papers_wait(), ~_chunks_wait())
        .order_by(c.phase_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = work.read(query).scalar_one_or_none()
    if found is None:
        return None
    work.keep_house(update(PORTFOLIO).where(c.id == found).values(lease=lease, leased_until=work.now + lasts))
    return PortfolioId(found)


def hold_on(work: Work, wanted: PortfolioId, lease: UUID, until: datetime) -> bool:
    """Hold the lease on its papers on; False if it is somebody else's or the portfolio was stopped."""
    c = PORTFOLIO.c
    mine = (c.id == wanted) & (c.lease == lease) & (c.state == State.COMMITTING.value)
    return work.keep_house(update(PORTFOLIO).where(mine).values(leased_until=until)).rowcount == 1


def _papers_wait() -> ColumnElement[bool]:
    matched = PAPER.c.state == PaperState.MATCHED.value
    return select(PAPER.c.number).where(PAPER.c.portfolio_id == PORTFOLIO.c.id, matched).exists()


def _chunks_wait() -> ColumnElement[bool]:
    staged = CHUNK.c.state == "staged"
    return select(CHUNK.c.number).where(CHUNK.c.portfolio_id == PORTFOLIO.c.id, staged).exists()


def note_progress(
    work: Work, wanted: PortfolioId, lease: UUID, until: datetime, **counts: int | None
) -> bool:
    """Say how far the checking is, and hold the lease on. False if it is somebody else's or was cancelled."""
    c = PORTFOLIO.c
    mine = (c.id == wanted) & (c.lease == lease) & (c.state == State.CHECKING.value)
    kept = work.keep_house(update(PORTFOLIO).where(mine).values(leased_until=until, **counts))
    return kept.rowcount == 1


def put_off(work: Work, wanted: PortfolioId, until: datetime) -> None:
    """Let a portfolio that failed wait, and count the failure."""
    values = {"leased_until": until, "attempts": PORTFOLIO.c.attempts + 1}
    work.keep_house(update(PORTFOLIO).where(PORTFOLIO.c.id == wanted).values(**values))


def list_over(work: Work, before: datetime) -> list[PortfolioId]:
    """Portfolios that are over with something left to clear away, and uploads nobody went on with.

    Args:
        before: Nobody since then.

    Returns:
        Of either some, those that wait longest.
    """
    c = PORTFOLIO.c
    over = c.state.in_([State.DONE.value, State.CANCELLED.value, State.REFUSED.value, State.FAILED.value])
    left = select(FILE.c.id).where(FILE.c.portfolio_id == c.id, FILE.c.state != "cleared").exists()
    staged = select(CHUNK.c.number).where(CHUNK.c.portfolio_id == c.id, CHUNK.c.sealed.is_not(None)).exists()
    uploading = (c.state == State.UPLOADING.value) & (c.updated_at < before)
    wanted = (over & (left | staged), uploading)
    queries = [select(c.id).where(which).order_by(c.updated_at).limit(20) for which in wanted]
    return [PortfolioId(one) for query in queries for one in work.read(query).scalars()]


def _shown() -> Select[tuple[object, ...]]:
    sums: list[ColumnElement[object]] = [
        select(func.coalesce(func.sum(CHUNK.c[name]), 0))
        .where(CHUNK.c.portfolio_id == PORTFOLIO.c.id)
        .scalar_subquery()
        .label(name)
        for name in _DONE
    ]
    return select(PORTFOLIO, *sums)


def _portfolio(row: RowMapping, now: datetime) -> Portfolio:
    state = State(row["state"])
    done = Done(*(row[name] for name in _DONE))
    if state in {State.COMMITTING, State.DONE, State.CANCELLED}:
        made = progress(done.all, row["accounts"], row["rows_read"], row["phase_at"], row["ended_at"] or now)
    elif state is State.CHECKING:
        made = progress(row["rows_read"], row["expected"], row["rows_read"], row["phase_at"], now)
    else:
        made = Progress(row["accounts"], row["accounts"], row["rows_read"])
    return Portfolio(
        id=PortfolioId(row["id"]),
        business=OrgId(row["business_id"]),
        state=state,
        made_by=PersonId(row["made_by"]),
        made_at=row["made_at"],
        updated_at=row["updated_at"],
        progress=made,
        done=done,
        accounts=row["accounts"],
        problems=row["problems"],
        reason=row["reason"] or "",
        attempts=row["attempts"],
        approved_by=PersonId(row["approved_by"]) if row["approved_by"] else None,
        approved_at=row["approved_at"],
        with_exceptions=row["with_exceptions"],
        ended_at=row["ended_at"],
        receipt=ReceiptId(row["receipt_id"]) if row["receipt_id"] else None,
    )
