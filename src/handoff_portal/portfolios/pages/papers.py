"""Papers and mails of a portfolio's ZIP files: where each belongs, assigned by hand if that is open."""

from urllib.parse import urlencode
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.model import KIND_WORDS, DocumentKind
from handoff_portal.portfolios.actions.papers import (
    AT_ONCE,
    assign_papers,
    leave_out,
    list_papers,
    name_kind,
    show_papers,
)
from handoff_portal.portfolios.actions.previewing import show_account
from handoff_portal.portfolios.actions.showing import load_portfolio
from handoff_portal.portfolios.model.papers import PAPER_WORDS, PaperState
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.pages.words import read_number
from handoff_portal.web.formats import plural
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/portfolios/{portfolio_id:uuid}/papers", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """One page of papers; those that somebody has to assign first, where there are any."""
    portfolio = PortfolioId(portfolio_id)
    with request.work() as work:
        found = load_portfolio(work, portfolio)
        figures = show_papers(work, portfolio)
        state = _state(_said(request, "state"), PaperState.OPEN if figures.open else None)
        at = read_number(_said(request, "page"))
        listed = list_papers(work, portfolio, (state,) if state else (), at)
    here = f"/portfolios/{portfolio}/papers"
    return page(
        request,
        "portfolios/papers.html",
        portfolio=found,
        figures=figures,
        listed=listed,
        state=state,
        waits=found.state is State.WAITING,
        kinds=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        kind_words=KIND_WORDS,
        words=PAPER_WORDS,
        chips=[
            {
                "label": PAPER_WORDS[one],
                "href": f"{here}?state=all" if one is state else f"{here}?state={one}",
                "active": one is state,
                "count": figures.states[one],
            }
            for one in PaperState
            if figures.states.get(one)
        ],
        previous=_address(here, state, at - 1) if at else None,
        following=_address(here, state, at + 1) if (at + 1) * AT_ONCE < listed.all else None,
    )


@post("/portfolios/{portfolio_id:uuid}/papers", needs=Permission.CASE_DRAFT, again=show)
def place(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Assign papers to an account, leave them out with a reason, or say what they are."""
    form, portfolio = request.sent, PortfolioId(portfolio_id)
    with request.work() as work:
        said = _place(work, portfolio, form)
    return redirect(request, f"/portfolios/{portfolio}/papers?state={form.value('state') or 'all'}", said)


def _place(work: Work, portfolio: PortfolioId, form: Form) -> str:
    if form.value("to"):
        number, _, target = form.value("to").partition(":")
        reference = _reference(work, portfolio, target)
        done = assign_papers(work, portfolio, [read_number(number)], reference)
        return f"{plural(done, 'file')} assigned to {reference}."
    numbers = [read_number(text) for text in form.values("paper")]
    if form.value("go") == "leave-all":
        return f"{plural(leave_out(work, portfolio, [], form.value('reason')), 'file')} left out."
    if not numbers:
        raise Invalid({"paper": "Tick the files first."})
    if form.value("go") == "leave":
        return f"{plural(leave_out(work, portfolio, numbers, form.value('reason')), 'file')} left out."
    if form.value("go") == "kind":
        kind = form.choice("kind", DocumentKind)
        form.check()
        return f"{plural(name_kind(work, portfolio, numbers, kind), 'file')} corrected."
    return f"{plural(assign_papers(work, portfolio, numbers, form.value('reference')), 'file')} assigned."


def _reference(work: Work, portfolio: PortfolioId, target: str) -> str:
    """The reference of a candidate: of an account of this portfolio by its ordinal, else as it is."""
    if not target.isdecimal():
        return target
    return show_account(work, portfolio, read_number(target)).account.content.creditor_reference


def _said(request: PortalRequest, name: str) -> str:
    return request.sent.value(name) or request.query_params.get(name, "")


def _state(word: str, usual: PaperState | None) -> PaperState | None:
    if word in set(PaperState):
        return PaperState(word)
    return None if word else usual


def _address(here: str, state: PaperState | None, at: int) -> str:
    said = {"state": state.value if state else "all", "page": str(at)}
    return f"{here}?{urlencode(said)}"


ROUTES = (show, place)
