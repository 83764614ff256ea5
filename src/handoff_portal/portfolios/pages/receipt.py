"""The signed receipt of a portfolio, and what did not become a case."""

import base64
from datetime import datetime
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.intake.actions.receipts import load_receipt, public_key
from handoff_portal.portfolios.actions.previewing import list_left
from handoff_portal.portfolios.actions.receipts import write_receipt
from handoff_portal.portfolios.actions.showing import list_files, load_portfolio
from handoff_portal.portfolios.model.choosing import LEFT_WORDS
from handoff_portal.portfolios.pages.words import read_number
from handoff_portal.web.downloads import attachment
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get


@get("/portfolios/{portfolio_id:uuid}/receipt", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """The receipt as a page that prints well."""
    with request.work() as work:
        portfolio = load_portfolio(work, PortfolioId(portfolio_id))
        if portfolio.receipt is None:
            raise NotFound("This portfolio has no receipt. It gets one when every account was gone through.")
        receipt = load_receipt(work, portfolio.receipt)
        names = {str(file.id): file.name for file in list_files(work, portfolio.id)}
        key = public_key(work)
    return page(
        request,
        "portfolios/receipt.html",
        portfolio=portfolio,
        said=receipt.said,
        at=datetime.fromisoformat(receipt.said["submitted_at"]),
        names=names,
        signature=base64.b64encode(receipt.signature).decode(),
        public_key=base64.b64encode(key).decode(),
    )


@get("/portfolios/{portfolio_id:uuid}/receipt.json", needs=Permission.CASE_DRAFT)
def download(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """The receipt with the list of all accounts, as a file."""
    with request.work() as work:
        content = b"".join(write_receipt(work, PortfolioId(portfolio_id)))
    return attachment(f"portfolio-receipt-{portfolio_id}.json", "application/json", content)


@get("/portfolios/{portfolio_id:uuid}/left", needs=Permission.CASE_DRAFT)
def left(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Accounts that did not become cases, each with why."""
    at = read_number(request.query_params.get("page", ""))
    here = f"/portfolios/{portfolio_id}/left"
    with request.work() as work:
        portfolio = load_portfolio(work, PortfolioId(portfolio_id))
        lines, more = list_left(work, portfolio.id, at)
    return page(
        request,
        "portfolios/left.html",
        portfolio=portfolio,
        lines=lines,
        why=LEFT_WORDS,
        previous=f"{here}?page={at - 1}" if at else None,
        following=f"{here}?page={at + 1}" if more else None,
    )


ROUTES = (show, download, left)
