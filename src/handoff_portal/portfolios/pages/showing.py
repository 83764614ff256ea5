"""`/portfolios/{id}`: one page, by where the portfolio stands."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.intake.model.owed import CURRENCIES
from handoff_portal.portfolios.actions.answering import show_said
from handoff_portal.portfolios.actions.papers import show_papers
from handoff_portal.portfolios.actions.previewing import show_plan, show_problems
from handoff_portal.portfolios.actions.showing import (
    list_files,
    load_portfolio,
    show_figures,
    show_questions,
)
from handoff_portal.portfolios.model.account import Control
from handoff_portal.portfolios.model.choosing import SHOW_WORDS, Show
from handoff_portal.portfolios.model.papers import PAPER_WORDS
from handoff_portal.portfolios.model.portfolio import Figures, Portfolio, State
from handoff_portal.portfolios.model.reader import is_history, is_table
from handoff_portal.portfolios.model.said import Asked
from handoff_portal.portfolios.pages.asking import context as asking_context
from handoff_portal.portfolios.pages.words import REASON_WORDS, rule_words, time_left
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get

TOTALS = (1, 2, 3)
"""Currencies in which a person can type a total."""

_TEMPLATES = {
    State.UPLOADING: "upload",
    State.CHECKING: "checking",
    State.ASKING: "asking",
    State.WAITING: "preview",
    State.COMMITTING: "committing",
    State.DONE: "done",
    State.CANCELLED: "cancelled",
    State.REFUSED: "refused",
    State.FAILED: "failed",
}


@get("/portfolios/{portfolio_id:uuid}", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Where it stands, and what there is to do."""
    with request.work() as work:
        found = load_portfolio(work, PortfolioId(portfolio_id))
        context = _context(request, work, found)
    return page(request, f"portfolios/{_TEMPLATES[found.state]}.html", portfolio=found, **context)


@get("/portfolios/{portfolio_id:uuid}/progress", needs=Permission.CASE_DRAFT)
def progress(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """How far the work is, asked again and again; once it stands elsewhere, the whole page is fetched."""
    with request.work() as work:
        found = load_portfolio(work, PortfolioId(portfolio_id))
        papers = show_papers(work, found.id)
    if found.state.value != request.query_params.get("state"):
        return Response(None, status_code=200, headers={"HX-Refresh": "true"})
    left = time_left(found.progress.seconds_left)
    return page(request, "portfolios/_progress.html", portfolio=found, left=left, papers=papers)


def _context(request: PortalRequest, work: Work, found: Portfolio) -> dict[str, Any]:
    context: dict[str, Any] = {
        "files": list_files(work, found.id),
        "papers": show_papers(work, found.id),
        "paper_words": PAPER_WORDS,
    }
    if found.state is State.UPLOADING:
        own = show_organisation(work, request.actor.org)
        others = [code for code, _ in CURRENCIES if code != own.currency]
        context |= {"currencies": [own.currency, *others], "totals": TOTALS}
    elif found.state in {State.CHECKING, State.COMMITTING}:
        context |= {"left": time_left(found.progress.seconds_left)}
    elif found.state is State.ASKING:
        asked = show_questions(work, found.id)
        context |= asking_context(request, Asked.decode(asked or b"{}"), show_said(work, found.id))
    elif found.state is State.WAITING:
        context |= _preview(work, found)
        context["history_file"] = len(context["files"]) > 1 and any(
            is_table(one.name) and is_history(one.name) for one in context["files"]
        )
    elif found.state in {State.REFUSED, State.FAILED}:
        context |= _refused(work, found)
    return context


def _preview(work: Work, found: Portfolio) -> dict[str, Any]:
    figures = show_figures(work, found.id) or Figures()
    problems = show_problems(work, found.id)
    return {
        "figures": figures,
        "plan": show_plan(work, found.id, figures),
        "shows": [(show, SHOW_WORDS[show]) for show in Show],
        "rules": [(rule_words(rule), number) for rule, number in _most(figures.failing)],
        "problems": problems,
        "errors": problems.severities.get("error", 0),
        "warnings": problems.severities.get("warning", 0),
    }


def _refused(work: Work, found: Portfolio) -> dict[str, Any]:
    figures = show_figures(work, found.id) if found.state is State.REFUSED else None
    summary = figures.summary if figures else None
    controls: tuple[Control, ...] = summary.controls if summary else ()
    problems = show_problems(work, found.id)
    return {
        "controls": controls,
        "problems": problems,
        "why": REASON_WORDS.get(found.reason, REASON_WORDS[""]),
    }


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: -one[1])


ROUTES = (show, progress)
