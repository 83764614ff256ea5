"""What a person chose, without opening what is staged; and the answers of earlier portfolios."""

from collections.abc import Sequence

from sqlalchemy import select, text, update

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Event
from handoff_portal.core.ids import PortfolioId
from handoff_portal.portfolios.store.portfolios import touch
from handoff_portal.portfolios.store.tables import CHUNK, PORTFOLIO

_LOOKED_AT = 20
_REMEMBER = text("""
    update portfolio set left_out = array(
        select r.reference
        from portfolio_chunk c
        cross join unnest(c.reference_indexes) with ordinality r(reference, place)
        where c.portfolio_id = :portfolio and (c.first_ordinal + r.place - 1)::integer = any(c.left_out))
    where id = :portfolio
""")
_CHOOSE_AGAIN = text("""
    update portfolio_chunk c set left_out = o.ordinals
    from (select c.number, array_agg((c.first_ordinal + r.place - 1)::integer order by r.place) as ordinals
          from portfolio_chunk c
          cross join unnest(c.reference_indexes) with ordinality r(reference, place)
          where c.portfolio_id = :portfolio
              and r.reference in (select unnest(left_out) from portfolio where id = :portfolio)
              and (select left_out <> '{}' from portfolio where id = :portfolio)
          group by c.number) o
    where c.portfolio_id = :portfolio and c.number = o.number
""")
_FORGET = text("update portfolio set left_out = '{}' where id = :portfolio and left_out <> '{}'")


def left_out(work: Work, portfolio: PortfolioId) -> dict[int, list[int]]:
    """Ordinals that nobody wants committed, by the number of their chunk; chunks without any are missing."""
    mine = (CHUNK.c.portfolio_id == portfolio) & (CHUNK.c.left_out != [])
    found = work.read(select(CHUNK.c.number, CHUNK.c.left_out).where(mine).order_by(CHUNK.c.number))
    return {row.number: list(row.left_out) for row in found}


def choose(work: Work, portfolio: PortfolioId, left_out: Sequence[int], event: Event) -> None:
    """Leave these ordinals out and no others; their references are remembered for another look."""
    mine = CHUNK.c.portfolio_id == portfolio
    spans = work.read(select(CHUNK.c.number, CHUNK.c.first_ordinal, CHUNK.c.accounts).where(mine)).all()
    work.change(update(CHUNK).where(mine, CHUNK.c.left_out != []).values(left_out=[]))
    for span in spans:
        end = span.first_ordinal + span.accounts
        out = [one for one in left_out if span.first_ordinal <= one < end]
        if out:
            work.change(update(CHUNK).where(mine, CHUNK.c.number == span.number).values(left_out=out))
    work.change(_REMEMBER, {"portfolio": portfolio})
    touch(work, portfolio)
    work.record(event)


def choose_again(work: Work, portfolio: PortfolioId) -> None:
    """Leave out what was left out before it was read anew, as far as it is still there."""
    work.keep_house(_CHOOSE_AGAIN, {"portfolio": portfolio})


def forget(work: Work, portfolio: PortfolioId) -> None:
    """Remember no references of a portfolio that is over."""
    work.keep_house(_FORGET, {"portfolio": portfolio})


def list_answered(work: Work) -> list[PortfolioId]:
    """The newest portfolios of this business about which somebody said something."""
    query = select(PORTFOLIO.c.id).where(PORTFOLIO.c.sealed_answers.is_not(None))
    query = query.order_by(PORTFOLIO.c.made_at.desc(), PORTFOLIO.c.id).limit(_LOOKED_AT)
    return [PortfolioId(one) for one in work.read(query).scalars()]
