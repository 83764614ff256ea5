"""Rows of what was read and waits: chunks of accounts, and what was found wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, column, delete, func, insert, select, table, update

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.core.ids import PortfolioId
from handoff_portal.portfolios.model.portfolio import Done, Findings, ReceiptLine, Staged
from handoff_portal.portfolios.store.tables import CHUNK

FINDING = table(
    "portfolio_finding",
    *map(column, ("portfolio_id", "business_id", "number", "problems", "bad_rows", "sealed")),
)
_ONE = (
    "select first_ordinal, sealed, left_out from portfolio_chunk"
    " where portfolio_id = %(portfolio)s and number = %(number)s"
)
_NEXT = Prepared(
    select(CHUNK.c.number)
    .where(CHUNK.c.portfolio_id == bindparam("portfolio"), CHUNK.c.state == "staged")
    .order_by(CHUNK.c.number)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_ENCODER = msgspec.msgpack.Encoder()
_STAGED = msgspec.msgpack.Decoder(list[Staged])
_WAITING = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ONE_STAGED = msgspec.msgpack.Decoder(Staged)
_FINDINGS = msgspec.msgpack.Decoder(Findings)
_LINES = msgspec.msgpack.Decoder(list[ReceiptLine])


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some accounts that are committed together.

    Attributes:
        first: Ordinal of the first account in the whole portfolio, from 1.
        staged: In the order of the file.
        left_out: Ordinals that nobody wants committed.
    """

    number: int
    first: int
    staged: list[Staged]
    left_out: frozenset[int]

    def numbered(self) -> Iterator[tuple[int, Staged]]:
        """Ordinal and account."""
        return enumerate(self.staged, self.first)


@dataclass(frozen=True, slots=True)
class Taken:
    """A chunk that is being committed, whose accounts are read one by one as they are gone through.

    Attributes:
        first: Ordinal of the first account in the whole portfolio, from 1.
        indexes: Blind indexes of its references.
        waiting: The accounts as they were staged.
        left_out: Ordinals that nobody wants committed.
    """

    number: int
    first: int
    indexes: list[bytes]
    waiting: list[msgspec.Raw]
    left_out: frozenset[int]

    def numbered(self) -> Iterator[tuple[int, Staged]]:
        """Ordinal and account."""
        return enumerate(map(_ONE_STAGED.decode, self.waiting), self.first)


class _Indexed(Struct, frozen=True, gc=False):
    """What is read of all staged accounts before any of them."""

    index: bytes


_INDEXED = msgspec.msgpack.Decoder(list[_Indexed])


def add_chunk(work: Work, portfolio: PortfolioId, key: PortfolioKey, chunk: Chunk) -> None:
    """Stage some accounts, sealed."""
    work.keep_house(
        insert(CHUNK).values(
            portfolio_id=portfolio,
            business_id=key.owner,
            number=chunk.number,
            state="staged",
            first_ordinal=chunk.first,
            accounts=len(chunk.staged),
            reference_indexes=[one.index for one in chunk.staged],
            sealed=key.seal("accounts", chunk.number, _ENCODER.encode(chunk.staged)),
        )
    )


def number_accounts(work: Work, portfolio: PortfolioId) -> None:
    """Give every chunk the ordinal of its first account, in the order of their numbers."""
    mine = CHUNK.c.portfolio_id == portfolio
    before = func.coalesce(func.sum(CHUNK.c.accounts).over(order_by=CHUNK.c.number, rows=(None, -1)), 0)
    places = select(CHUNK.c.number, (before + 1).label("first")).where(mine).subquery()
    work.keep_house(
        update(CHUNK).where(mine, CHUNK.c.number == places.c.number).values(first_ordinal=places.c.first)
    )


def add_findings(work: Work, portfolio: PortfolioId, key: PortfolioKey, number: int, found: Findings) -> None:
    """Keep what is wrong, sealed: it holds values."""
    work.keep_house(
        insert(FINDING).values(
            portfolio_id=portfolio,
            business_id=key.owner,
            number=number,
            problems=len(found.problems),
            bad_rows=len(found.bad),
            sealed=key.seal("findings", number, _ENCODER.encode(found)),
        )
    )


def clear(work: Work, portfolio: PortfolioId) -> None:
    """Drop everything that was read, before it is read anew."""
    work.keep_house(delete(CHUNK).where(CHUNK.c.portfolio_id == portfolio, CHUNK.c.state == "staged"))
    clear_findings(work, portfolio)


def clear_findings(work: Work, portfolio: PortfolioId) -> None:
    """Drop what was found wrong."""
    work.keep_house(delete(FINDING).where(FINDING.c.portfolio_id == portfolio))


def list_findings(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Iterator[Findings]:
    """Everything that was found wrong, in the order of the file, some at a time."""
    numbers = work.read(
        select(FINDING.c.number).where(FINDING.c.portfolio_id == portfolio).order_by(FINDING.c.number)
    )
    for number in numbers.scalars().all():
        one = (FINDING.c.portfolio_id == portfolio) & (FINDING.c.number == number)
        sealed = work.read(select(FINDING.c.sealed).where(one)).scalar_one()
        yield _FINDINGS.decode(key.open("findings", number, sealed))


def list_chunks(
    work: Work,
    portfolio: PortfolioId,
    key: PortfolioKey,
    first: int = 0,
    most: int = 1_000_000,
    after: int = 0,
) -> Iterator[Chunk]:
    """What is staged, from the chunk with this number on, one chunk at a time.

    Args:
        after: Pass chunks over that end with this ordinal or before.
    """
    c = CHUNK.c
    mine = (c.portfolio_id == portfolio) & c.sealed.is_not(None) & (c.number >= first)
    mine &= c.first_ordinal + c.accounts > after + 1
    numbers = work.read(select(CHUNK.c.number).where(mine).order_by(CHUNK.c.number).limit(most))
    for number in numbers.scalars().all():
        yield _chunk(work, portfolio, key, number)


def take_chunk(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Taken | None:
    """The next chunk that nobody works on; the lock ends with this work, however it ends."""
    number = work.read(_NEXT, {"portfolio": portfolio}).scalar_one_or_none()
    if number is None:
        return None
    first, octets, left_out = _opened(work, portfolio, key, number)
    indexes = [one.index for one in _INDEXED.decode(octets)]
    return Taken(number, first, indexes, _WAITING.decode(octets), left_out)


def finish_chunk(
    work: Work,
    portfolio: PortfolioId,
    key: PortfolioKey,
    number: int,
    done: Done,
    lines: Sequence[ReceiptLine],
) -> None:
    """Note what became of a chunk, in the very work that makes its cases; the staged accounts go."""
    one = (CHUNK.c.portfolio_id == portfolio) & (CHUNK.c.number == number)
    sealed = key.seal("lines", number, _ENCODER.encode(lines))
    values = {
        "made": done.made,
        "adjusted": done.adjusted,
        "unchanged": done.unchanged,
        "skipped": done.skipped,
    }
    work.keep_house(
        update(CHUNK)
        .where(one)
        .values(state="committed", sealed=None, sealed_lines=sealed, committed_at=work.now, **values)
    )


def remove_staged(work: Work, portfolio: PortfolioId) -> None:
    """Drop what was staged and never committed, and the accounts of what was."""
    mine = CHUNK.c.portfolio_id == portfolio
    work.keep_house(delete(CHUNK).where(mine, CHUNK.c.state == "staged"))
    work.keep_house(update(CHUNK).where(mine, CHUNK.c.sealed.is_not(None)).values(sealed=None))


def find_ordinal(work: Work, portfolio: PortfolioId, index: bytes) -> int:
    """Ordinal of the account with this reference; 0 if the portfolio has none."""
    place = func.array_position(CHUNK.c.reference_indexes, index)
    query = select(CHUNK.c.first_ordinal + place - 1).where(
        CHUNK.c.portfolio_id == portfolio, place.is_not(None)
    )
    return int(work.read(query.limit(1)).scalar_one_or_none() or 0)


def save_staged(work: Work, portfolio: PortfolioId, key: PortfolioKey, chunk: Chunk) -> None:
    """Write staged accounts anew, such as after their papers were looked at."""
    one = (CHUNK.c.portfolio_id == portfolio) & (CHUNK.c.number == chunk.number)
    sealed = key.seal("accounts", chunk.number, _ENCODER.encode(chunk.staged))
    work.keep_house(update(CHUNK).where(one).values(sealed=sealed))


def count_waiting(work: Work, portfolio: PortfolioId) -> int:
    """Chunks that are still to be committed."""
    waiting = (CHUNK.c.portfolio_id == portfolio) & (CHUNK.c.state == "staged")
    return int(work.read(select(func.count()).where(waiting)).scalar_one())


def list_lines(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Iterator[list[ReceiptLine]]:
    """The lines of the receipt in the order of the file, a chunk at a time."""
    mine = (CHUNK.c.portfolio_id == portfolio) & CHUNK.c.sealed_lines.is_not(None)
    numbers = work.read(select(CHUNK.c.number).where(mine).order_by(CHUNK.c.number))
    for number in numbers.scalars().all():
        one = (CHUNK.c.portfolio_id == portfolio) & (CHUNK.c.number == number)
        sealed = work.read(select(CHUNK.c.sealed_lines).where(one)).scalar_one()
        yield _LINES.decode(key.open("lines", number, sealed))


def _chunk(work: Work, portfolio: PortfolioId, key: PortfolioKey, number: int) -> Chunk:
    first, octets, left_out = _opened(work, portfolio, key, number)
    return Chunk(number, first, _STAGED.decode(octets), left_out)


def _opened(
    work: Work, portfolio: PortfolioId, key: PortfolioKey, number: int
) -> tuple[int, bytes, frozenset[int]]:
    cursor = work.connection.connection.cursor(
        binary=True
    )  # it is megabytes, and would be twice that as text
    cursor.execute(_ONE, {"portfolio": portfolio, "number": number})
    ((first, sealed, left_out),) = cursor.fetchall()
    cursor.close()
    return first, key.open("accounts", number, sealed), frozenset(left_out)
