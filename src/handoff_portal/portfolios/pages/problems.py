"""What is wrong in a portfolio, a page at a time, and the rows to mend as a file."""

from urllib.parse import urlencode
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.portfolios.actions.previewing import AT_ONCE, bad_rows, show_problems
from handoff_portal.portfolios.actions.showing import load_portfolio
from handoff_portal.portfolios.model.account import Severity
from handoff_portal.portfolios.pages.words import read_number
from handoff_portal.web.downloads import attachment
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get

_SEVERITY_WORDS = {Severity.ERROR: "Keeps the row out", Severity.WARNING: "Worth a look"}


@get("/portfolios/{portfolio_id:uuid}/problems", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Row, column, value, what is wrong and how to mend it."""
    query = request.query_params
    severity = query.get("severity", "") if query.get("severity", "") in set(Severity) else ""
    column = read_number(query.get("column", ""))
    at = read_number(query.get("page", ""))
    here = f"/portfolios/{portfolio_id}/problems"
    with request.work() as work:
        portfolio = load_portfolio(work, PortfolioId(portfolio_id))
        found = show_problems(work, portfolio.id, severity, column, at)

    def address(**changed: str) -> str:
        parts = {"severity": severity, "column": str(column or "")} | changed
        said = urlencode({name: value for name, value in parts.items() if value})
        return f"{here}?{said}" if said else here

    return page(
        request,
        "portfolios/problems.html",
        portfolio=portfolio,
        found=found,
        first=at * AT_ONCE,
        severities=[
            {
                "label": _SEVERITY_WORDS[one],
                "href": address(severity="" if severity == one else one.value),
                "active": severity == one,
                "count": found.severities.get(one.value, 0),
            }
            for one in Severity
        ],
        columns=[
            {
                "label": name,
                "href": address(column="" if column == number else str(number)),
                "active": column == number,
                "count": count,
            }
            for number, name, count in found.columns
        ],
        previous=address(page=str(at - 1)) if at > 1 else address() if at else None,
        following=address(page=str(at + 1)) if (at + 1) * AT_ONCE < found.all else None,
    )


@get("/portfolios/{portfolio_id:uuid}/to-mend", needs=Permission.CASE_DRAFT)
def download(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """The bad rows in the layout of their file."""
    with request.work() as work:
        file = bad_rows(work, PortfolioId(portfolio_id))
    return attachment(file.name, file.media_type, file.content)


ROUTES = (show, download)
