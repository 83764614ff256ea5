"""What a person chose, without opening what is staged; and the answers of earlier portfolios."""

from sqlalchemy import select

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import PortfolioId
from handoff_portal.portfolios.store.tables import CHUNK, PORTFOLIO

_LOOKED_AT = 20


def left_out(work: Work, portfolio: PortfolioId) -> dict[int, list[int]]:
    """Ordinals that nobody wants committed, by the number of their chunk; chunks without any are missing."""
    mine = (CHUNK.c.portfolio_id == portfolio) & (CHUNK.c.left_out != [])
    found = work.read(select(CHUNK.c.number, CHUNK.c.left_out).where(mine).order_by(CHUNK.c.number))
    return {row.number: list(row.left_out) for row in found}


def list_answered(work: Work) -> list[PortfolioId]:
    """The newest portfolios of this business about which somebody said something."""
    query = select(PORTFOLIO.c.id).where(PORTFOLIO.c.sealed_answers.is_not(None))
    query = query.order_by(PORTFOLIO.c.made_at.desc(), PORTFOLIO.c.id).limit(_LOOKED_AT)
    return [PortfolioId(one) for one in work.read(query).scalars()]
