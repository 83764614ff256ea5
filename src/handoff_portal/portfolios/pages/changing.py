"""One file is taken out of a portfolio, or somebody goes back to its files."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import PortfolioFileId, PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.pages.upload import places_of
from handoff_portal.portfolios.actions.removing import remove_file, reopen
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


@post("/portfolios/{portfolio_id:uuid}/files/{file_id:uuid}/remove", needs=Permission.CASE_DRAFT)
def remove(request: PortalRequest, portfolio_id: FromPath[UUID], file_id: FromPath[UUID]) -> Page:
    """Take the file out; the rest is checked anew if it had been checked."""
    portfolio = PortfolioId(portfolio_id)
    state = remove_file(places_of(request), request.actor, portfolio, PortfolioFileId(file_id))
    said = "The file is removed."
    if state is State.CHECKING:
        said += " The rest is being checked again."
    return redirect(request, f"/portfolios/{portfolio}", said)


@post("/portfolios/{portfolio_id:uuid}/reopen", needs=Permission.CASE_DRAFT)
def go_back(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Show the files again, to add or replace some."""
    with request.work() as work:
        reopen(work, PortfolioId(portfolio_id))
    return redirect(request, f"/portfolios/{portfolio_id}")


ROUTES = (remove, go_back)
