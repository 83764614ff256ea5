"""What a person said about a portfolio's files, now and for earlier ones."""

from dataclasses import replace

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.portfolios.actions.uploading import answer_questions, open_portfolio_key, send_portfolio
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.model.said import Said
from handoff_portal.portfolios.store import choosing, portfolios


def send_with(work: Work, portfolio: PortfolioId, said: Said) -> None:
    """Send a portfolio with what was typed beside it; columns are found as in earlier files.

    Raises:
        WrongState: See `send_portfolio`.
    """
    accounts, history = remembered_mappings(work)
    send_portfolio(work, portfolio, replace(said, remembered=accounts, remembered_history=history).encode())


def show_said(work: Work, portfolio: PortfolioId) -> Said:
    """Everything that was said about a portfolio so far."""
    work.actor.require(Permission.CASE_READ)
    sealed = portfolios.load_sealed(work, portfolio, "sealed_answers")
    if sealed is None:
        return Said()
    return Said.decode(open_portfolio_key(work, portfolio).open("answers", 0, sealed))


def look_at_columns(work: Work, portfolio: PortfolioId, sort: Sort = Sort.PORTFOLIO) -> None:
    """Ask about the columns of the accounts or the history although they could be read. Raises WrongState."""
    portfolios.load(work, portfolio).require(State.WAITING)
    history = sort is Sort.HISTORY
    said = replace(show_said(work, portfolio), look=not history, look_history=history)
    answer_questions(work, portfolio, said.encode())


def remembered_mappings(work: Work) -> tuple[str, str]:
    """The mappings of accounts and history that this business decided about last, as JSON; empty if never."""
    work.actor.require(Permission.CASE_READ)
    accounts = history = ""
    for portfolio in choosing.list_answered(work):
        said = show_said(work, portfolio)
        accounts, history = accounts or said.mapping, history or said.history_mapping
        if accounts and history:
            break
    return accounts, history
