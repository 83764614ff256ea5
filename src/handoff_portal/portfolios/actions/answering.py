"""What a person said about a portfolio's files, now and for earlier ones."""

from dataclasses import replace

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.portfolios.actions.uploading import answer_questions, open_portfolio_key, send_portfolio
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.model.said import Said
from handoff_portal.portfolios.store import choosing, portfolios


def send_with(work: Work, portfolio: PortfolioId, said: Said) -> None:
    """Send a portfolio with what was typed beside it; columns are found as in earlier files.

    Raises:
        WrongState: See `send_portfolio`.
    """
    send_portfolio(work, portfolio, replace(said, remembered=remembered_mapping(work)).encode())


def show_said(work: Work, portfolio: PortfolioId) -> Said:
    """Everything that was said about a portfolio so far."""
    work.actor.require(Permission.CASE_READ)
    sealed = portfolios.load_sealed(work, portfolio, "sealed_answers")
    if sealed is None:
        return Said()
    return Said.decode(open_portfolio_key(work, portfolio).open("answers", 0, sealed))


def look_at_columns(work: Work, portfolio: PortfolioId) -> None:
    """Ask about the columns although the file could be read. Raises WrongState."""
    portfolios.load(work, portfolio).require(State.WAITING)
    answer_questions(work, portfolio, replace(show_said(work, portfolio), look=True).encode())


def remembered_mapping(work: Work) -> str:
    """The mapping that this business decided about last, as JSON; empty if it never did."""
    work.actor.require(Permission.CASE_READ)
    for portfolio in choosing.list_answered(work):
        said = show_said(work, portfolio)
        if said.mapping:
            return said.mapping
    return ""
