"""The word that a portfolio shall become cases, and the word that it shall stop."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.actions.deciding import cancel as cancel_portfolio
from handoff_portal.portfolios.pages.showing import show
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


@post("/portfolios/{portfolio_id:uuid}/commit", needs=Permission.CASE_SUBMIT, again=show)
def commit(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Make cases of what is chosen; the worker begins at once."""
    with request.work() as work:
        sent = request.sent
        approve(work, PortfolioId(portfolio_id), sent.value("reason"), seen=sent.value("seen"))
    return redirect(request, f"/portfolios/{portfolio_id}")


@post("/portfolios/{portfolio_id:uuid}/cancel", needs=Permission.CASE_DRAFT)
def cancel(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Stop it where it stands."""
    with request.work() as work:
        cancel_portfolio(work, PortfolioId(portfolio_id))
    return redirect(request, f"/portfolios/{portfolio_id}", "The portfolio is stopped.", "info")


ROUTES = (commit, cancel)
