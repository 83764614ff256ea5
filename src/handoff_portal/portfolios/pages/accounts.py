"""The accounts of a checked portfolio: how each would come out, and which of them shall go."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.forms import Form
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.intake.model.judgement import decode_lines
from handoff_portal.portfolios.actions.previewing import (
    choose_found,
    choose_shown,
    show_account,
    show_accounts,
)
from handoff_portal.portfolios.actions.showing import load_portfolio
from handoff_portal.portfolios.model.choosing import SHOW_WORDS, Show, group_of
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.pages.words import read_number, rule_words, told_of
from handoff_portal.web.formats import plural
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/portfolios/{portfolio_id:uuid}/accounts", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """One page of accounts, by key."""
    shown = _show(request.query_params.get("show", ""))
    after = read_number(request.query_params.get("after", ""))
    here = f"/portfolios/{portfolio_id}/accounts"
    with request.work() as work:
        portfolio = load_portfolio(work, PortfolioId(portfolio_id))
        portfolio.require(State.WAITING)
        found = show_accounts(work, portfolio.id, shown, after)
    return page(
        request,
        "portfolios/accounts.html",
        portfolio=portfolio,
        lines=[(n, staged, chosen, group_of(staged)) for n, staged, chosen in found.lines],
        words=SHOW_WORDS,
        rule_words=rule_words,
        show=shown,
        after=after,
        chips=[
            {
                "label": words,
                "href": here if one is shown else f"{here}?show={one}",
                "active": one is shown,
            }
            for one, words in SHOW_WORDS.items()
            if one is not Show.ALL
        ],
        first=f"{here}?show={shown}" if after else None,
        following=f"{here}?show={shown}&after={found.following}" if found.following else None,
    )


@post("/portfolios/{portfolio_id:uuid}/accounts", needs=Permission.CASE_DRAFT)
def choose(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Keep the ticks of a page, or take or leave out everything that the filter finds."""
    form, portfolio = request.sent, PortfolioId(portfolio_id)
    shown, go = _show(form.value("show")), form.value("go")
    with request.work() as work:
        if go in {"take-all", "leave-all"}:
            out = choose_found(work, portfolio, shown, take=go == "take-all")
        else:
            out = choose_shown(work, portfolio, _numbers(form, "shown"), _numbers(form, "take"))
    said = f"{plural(out, 'account is', 'accounts are')} left out now." if out else "Every account is chosen."
    after = read_number(form.value("after"))
    place = f"/portfolios/{portfolio}/accounts?show={shown}" + (f"&after={after}" if after else "")
    return redirect(request, f"/portfolios/{portfolio}" if go == "leave-all" else place, said)


@get("/portfolios/{portfolio_id:uuid}/accounts/{ordinal:int}", needs=Permission.CASE_DRAFT)
def show_one(request: PortalRequest, portfolio_id: FromPath[UUID], ordinal: FromPath[int]) -> Page:
    """How one account was judged, line by line."""
    with request.work() as work:
        portfolio = load_portfolio(work, PortfolioId(portfolio_id))
        portfolio.require(State.WAITING)
        staged = show_account(work, portfolio.id, ordinal)
    return page(
        request,
        "portfolios/account.html",
        portfolio=portfolio,
        ordinal=ordinal,
        staged=staged,
        group=SHOW_WORDS[group_of(staged)],
        judged=decode_lines(staged.lines),
        told=list(told_of(staged.account)),
    )


def _show(word: str) -> Show:
    return Show(word) if word in set(Show) else Show.ALL


def _numbers(form: Form, name: str) -> list[int]:
    return [number for text in form.values(name) if (number := read_number(text))]


ROUTES = (show, choose, show_one)
