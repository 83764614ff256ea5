"""Rows of the papers of portfolios. What they are called, and why they stand where they do, is sealed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import RowMapping, delete, func, select, text, update

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.bulk import columns, numbers, octets, texts, uuids
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, PortfolioId
from handoff_portal.documents.model import DocumentKind
from handoff_portal.portfolios.model.papers import Paper, PaperFigures, PaperState, Target
from handoff_portal.portfolios.store.portfolios import touch
from handoff_portal.portfolios.store.tables import PAPER

_ENCODER = msgspec.msgpack.Encoder()
_PAPER = msgspec.msgpack.Decoder(Paper)
_SHAPE = (
    ("number", numbers),
    ("state", texts),
    ("kind", texts),
    ("size", numbers),
    ("ordinal", numbers),
    ("case_id", uuids),
    ("sealed", octets),
)
_NAMES = ", ".join(name for name, _ in _SHAPE)
_UNNEST = ", ".join(f":{name}" for name, _ in _SHAPE)
_ADD = text(
    f"insert into portfolio_paper ({_NAMES}, portfolio_id, business_id)"  # noqa: S608 - names in this file
    f" select t.*, :portfolio, :own from unnest({_UNNEST}) as t({_NAMES})"
)
_RESOLVE = text(
    "update portfolio_paper p set case_id = t.one from unnest(:ordinals, :cases) as t(place, one)"
    " where p.portfolio_id = :portfolio and p.ordinal = t.place and p.state = 'matched'"
)
_SETTLED = (("number", numbers), ("state", texts), ("sealed", octets), ("digest", octets))
_SETTLE = text(
    "update portfolio_paper p"
    " set state = t.state, sealed = t.sealed, digest = t.digest, settled_at = :now"
    " from unnest(:number, :state, :sealed, :digest) as t(number, state, sealed, digest)"
    " where p.portfolio_id = :portfolio and p.number = t.number and p.state = 'matched'"
)
_STORED_AMONG = text(
    "select distinct p.case_id, p.digest from portfolio_paper p"
    " join unnest(:cases, :digests) as t(one, digest) on p.case_id = t.one and p.digest = t.digest"
    " where p.business_id = :own and p.state = 'stored'"
)
_MAY_MOVE = (PaperState.OPEN.value, PaperState.MATCHED.value, PaperState.LEFT_OUT.value)


def clear(work: Work, portfolio: PortfolioId) -> None:
    """Drop what was found, in the very work that brings what was found anew."""
    work.keep_house(delete(PAPER).where(PAPER.c.portfolio_id == portfolio))


def add(work: Work, portfolio: PortfolioId, key: PortfolioKey, found: Iterable[Paper]) -> None:
    """Keep papers that were found; checking the portfolio has its own event."""
    rows = [
        (
            one.number,
            one.state.value,
            one.kind.value,
            one.size,
            one.target.ordinal if one.target else 0,
            one.target.case if one.target else None,
            _sealed(key, one),
        )
        for one in found
    ]
    if rows:
        work.keep_house(_ADD, {"portfolio": portfolio, "own": key.owner, **columns(_SHAPE, rows)})


def figures(work: Work, portfolio: PortfolioId) -> PaperFigures:
    """How many stand where."""
    c = PAPER.c
    query = select(c.state, func.count().label("papers"), func.sum(c.size).label("size"))
    rows = work.read(query.where(c.portfolio_id == portfolio).group_by(c.state)).all()
    return PaperFigures(
        {PaperState(row.state): row.papers for row in rows}, sum(int(row.size) for row in rows)
    )


def list_some(
    work: Work,
    portfolio: PortfolioId,
    key: PortfolioKey,
    states: Collection[PaperState],
    skip: int,
    most: int,
) -> list[Paper]:
    """Papers in these states, in the order of the ZIP."""
    wanted = PAPER.c.state.in_([state.value for state in states])
    query = select(PAPER).where(PAPER.c.portfolio_id == portfolio, wanted).order_by(PAPER.c.number)
    return [_paper(row, key) for row in work.read(query.offset(skip).limit(most)).mappings()]


def list_all(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Iterator[Paper]:
    """Every paper in order, some hundred at a time."""
    last = -1
    while True:
        query = select(PAPER).where(PAPER.c.portfolio_id == portfolio, PAPER.c.number > last)
        rows = work.read(query.order_by(PAPER.c.number).limit(500)).mappings().all()
        if not rows:
            return
        yield from (_paper(row, key) for row in rows)
        last = rows[-1]["number"]


def numbers_of(work: Work, portfolio: PortfolioId, state: PaperState) -> list[int]:
    """The numbers of all papers in a state."""
    query = select(PAPER.c.number).where(PAPER.c.portfolio_id == portfolio, PAPER.c.state == state.value)
    return list(work.read(query.order_by(PAPER.c.number)).scalars())


def place(
    work: Work,
    portfolio: PortfolioId,
    key: PortfolioKey,
    wanted: Sequence[int],
    moved: tuple[PaperState, Target | None, str],
    event: Event,
) -> int:
    """Say where papers belong, and why; gives how many moved. Those that cannot any more stay."""
    state, target, say = moved
    c = PAPER.c
    mine = (c.portfolio_id == portfolio) & c.number.in_(wanted) & c.state.in_(_MAY_MOVE)
    rows = work.read(select(PAPER).where(mine).with_for_update()).mappings().all()
    for row in rows:
        paper = replace(_paper(row, key), state=state, target=target, say=say, by_hand=True)
        values = {
            "state": state.value,
            "ordinal": target.ordinal if target else 0,
            "case_id": target.case if target else None,
            "sealed": _sealed(key, paper),
        }
        work.change(
            update(PAPER).where(c.portfolio_id == portfolio, c.number == paper.number).values(**values)
        )
    touch(work, portfolio)
    work.record(event)
    return len(rows)


def save_kind(
    work: Work, portfolio: PortfolioId, wanted: Sequence[int], kind: DocumentKind, event: Event
) -> int:
    """Say what papers are for; gives how many were changed."""
    c = PAPER.c
    mine = (c.portfolio_id == portfolio) & c.number.in_(wanted) & c.state.in_(_MAY_MOVE)
    changed = work.change(update(PAPER).where(mine).values(kind=kind.value)).rowcount
    touch(work, portfolio)
    work.record(event)
    return changed


def resolve(work: Work, portfolio: PortfolioId, placed: Sequence[tuple[int, CaseId]]) -> None:
    """Write which accounts (by ordinal) are which cases now, in the very work that makes them."""
    if placed:
        values = {"ordinals": numbers([one for one, _ in placed]), "cases": uuids([one for _, one in placed])}
        work.keep_house(_RESOLVE, {"portfolio": portfolio, **values})


def list_to_store(work: Work, portfolio: PortfolioId, key: PortfolioKey, most: int) -> list[Paper]:
    """The next papers that go to a case, in the order of the ZIP; their cases are in their targets."""
    query = select(PAPER).where(PAPER.c.portfolio_id == portfolio, PAPER.c.state == PaperState.MATCHED.value)
    rows = work.read(query.order_by(PAPER.c.number).limit(most)).mappings()
    return [_paper(row, key) for row in rows]


def count_to_store(work: Work, portfolio: PortfolioId) -> int:
    """Papers that are still to be stored."""
    mine = (PAPER.c.portfolio_id == portfolio) & (PAPER.c.state == PaperState.MATCHED.value)
    return int(work.read(select(func.count()).where(mine)).scalar_one())


def stored_among(
    work: Work, key: PortfolioKey, wanted: Sequence[tuple[CaseId, bytes]]
) -> set[tuple[CaseId, bytes]]:
    """Those of these files, by case and digest, that a portfolio of the business brought there before."""
    if not wanted:
        return set()
    values = {"cases": uuids([case for case, _ in wanted]), "digests": octets([two for _, two in wanted])}
    rows = work.read(_STORED_AMONG, {"own": key.owner, **values})
    return {(CaseId(row.case_id), bytes(row.digest)) for row in rows}


def settle_all(
    work: Work, portfolio: PortfolioId, key: PortfolioKey, settled: Sequence[tuple[Paper, bytes | None]]
) -> bool:
    """Write what became of papers, in the very work that makes it so; False if one was settled before.

    Args:
        settled: Each with the keyed digest that it is known by later, if it was stored.
    """
    if not settled:
        return True
    rows = [(one.number, one.state.value, _sealed(key, one), digest) for one, digest in settled]
    values = {"portfolio": portfolio, "now": work.now, **columns(_SETTLED, rows)}
    return work.keep_house(_SETTLE, values).rowcount == len(rows)


def _sealed(key: PortfolioKey, paper: Paper) -> bytes:
    return key.seal("papers", paper.number, _ENCODER.encode(paper))


def _paper(row: RowMapping, key: PortfolioKey) -> Paper:
    paper = _PAPER.decode(key.open("papers", row["number"], row["sealed"]))
    case = CaseId(row["case_id"]) if row["case_id"] else None
    target = replace(paper.target, case=case) if paper.target else None
    return replace(paper, state=PaperState(row["state"]), kind=DocumentKind(row["kind"]), target=target)
