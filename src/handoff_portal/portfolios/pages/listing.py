"""`/portfolios`: earlier uploads, templates, the guide, and the beginning of a new one."""

from pathlib import Path

from litestar.params import FromPath

from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.portfolios.actions.downloads import CSV, XLSX, template
from handoff_portal.portfolios.actions.showing import list_portfolios
from handoff_portal.portfolios.actions.uploading import start_portfolio
from handoff_portal.portfolios.model.columns import COLUMNS, Need, Sort
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.settings import ROOT, Mode
from handoff_portal.web.downloads import attachment
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

SAMPLES: Path = ROOT / "samples" / "portfolio"
_SAMPLE_KINDS = {"accounts.csv": CSV, "accounts.xlsx": XLSX, "history.csv": CSV}
_TEMPLATES = {
    "accounts.csv": (Sort.PORTFOLIO, False),
    "accounts.xlsx": (Sort.PORTFOLIO, True),
    "history.csv": (Sort.HISTORY, False),
    "history.xlsx": (Sort.HISTORY, True),
}
NEED_WORDS = {Need.MUST: "needed", Need.WISHED: "wished for", Need.MAY: "may stay empty"}


@get("/portfolios", needs=Permission.CASE_DRAFT)
def show_all(request: PortalRequest) -> Page:
    """The newest portfolios of the business."""
    with request.work() as work:
        found = list_portfolios(work)
    demo = request.portal.settings.mode is Mode.DEMO
    return page(request, "portfolios/list.html", found=found, samples=list(_SAMPLE_KINDS) if demo else [])


@post("/portfolios", needs=Permission.CASE_DRAFT)
def begin(request: PortalRequest) -> Page:
    """Begin a portfolio, or go on with the one that this person left open."""
    with request.work() as work:
        mine = [
            one.id
            for one in list_portfolios(work)
            if one.state is State.UPLOADING and one.made_by == work.actor.person
        ]
        portfolio = mine[0] if mine else start_portfolio(work)
    return redirect(request, f"/portfolios/{portfolio}")


@get("/portfolios/guide", needs=Permission.CASE_DRAFT)
def guide(request: PortalRequest) -> Page:
    """Every column, what to write there, and what happens to a file."""
    tables = [(sort, list(COLUMNS[sort].values())) for sort in Sort]
    return page(request, "portfolios/guide.html", tables=tables, needs=NEED_WORDS)


@get("/portfolios/template/{name:str}", needs=Permission.CASE_DRAFT)
def download_template(request: PortalRequest, name: FromPath[str]) -> Page:  # noqa: ARG001 - a file is enough
    """An empty table with one example row."""
    if name not in _TEMPLATES:
        raise NotFound
    sort, as_workbook = _TEMPLATES[name]
    file = template(sort, as_workbook=as_workbook)
    return attachment(file.name, file.media_type, file.content)


@get("/portfolios/sample/{name:str}", needs=Permission.CASE_DRAFT)
def download_sample(request: PortalRequest, name: FromPath[str]) -> Page:
    """Invented accounts to try the upload with, in the demo only."""
    if request.portal.settings.mode is not Mode.DEMO or name not in _SAMPLE_KINDS:
        raise NotFound
    content = SAMPLES.joinpath(name).read_bytes()
    return attachment(f"sample-{name}", _SAMPLE_KINDS[name], content)


ROUTES = (show_all, begin, guide, download_template, download_sample)
