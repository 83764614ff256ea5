"""Answers to what the portal asks about a file, and another look at its columns."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import WrongState
from handoff_portal.portfolios.actions.answering import look_at_columns, show_said
from handoff_portal.portfolios.actions.showing import load_portfolio, show_questions
from handoff_portal.portfolios.actions.uploading import answer_questions
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.model.said import Asked
from handoff_portal.portfolios.pages.asking import read
from handoff_portal.portfolios.pages.showing import show
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


@post("/portfolios/{portfolio_id:uuid}/answers", needs=Permission.CASE_DRAFT, again=show)
def answer(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Keep the answers and check the file anew."""
    portfolio = PortfolioId(portfolio_id)
    with request.work() as work:
        load_portfolio(work, portfolio).require(State.ASKING)
        asked = show_questions(work, portfolio)
        if asked is None:
            raise WrongState("These questions are answered already. Load the page again.")
        said = read(request.sent, Asked.decode(asked), show_said(work, portfolio))
        answer_questions(work, portfolio, said.encode())
    return redirect(request, f"/portfolios/{portfolio}")


@post("/portfolios/{portfolio_id:uuid}/columns", needs=Permission.CASE_DRAFT)
def look_again(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Show which column was taken for what, to be corrected."""
    with request.work() as work:
        sort = Sort.HISTORY if request.sent.value("file") == Sort.HISTORY else Sort.PORTFOLIO
        look_at_columns(work, PortfolioId(portfolio_id), sort)
    return redirect(request, f"/portfolios/{portfolio_id}")


ROUTES = (answer, look_again)
