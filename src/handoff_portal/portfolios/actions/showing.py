"""Portfolios as pages show them: where they stand, what they would do, what is wrong."""

from collections.abc import Iterator

import msgspec

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.portfolio import (
    Figures,
    Findings,
    Portfolio,
    Staged,
    State,
    UploadedFile,
)
from handoff_portal.portfolios.store import files, portfolios, staging

_FIGURES = msgspec.msgpack.Decoder(Figures)


def list_portfolios(work: Work) -> list[Portfolio]:
    """The newest portfolios of this business."""
    work.actor.require(Permission.CASE_READ)
    return portfolios.list_recent(work)


def load_portfolio(work: Work, wanted: PortfolioId) -> Portfolio:
    """One portfolio with its progress. Raises NotFound."""
    work.actor.require(Permission.CASE_READ)
    return portfolios.load(work, wanted)


def list_files(work: Work, portfolio: PortfolioId) -> list[UploadedFile]:
    """Its files."""
    work.actor.require(Permission.CASE_READ)
    return files.list_files(work, portfolio, open_portfolio_key(work, portfolio))


def show_figures(work: Work, portfolio: PortfolioId) -> Figures | None:
    """The figures of the preview; None before it was checked, or while questions are open."""
    work.actor.require(Permission.CASE_READ)
    found = portfolios.load(work, portfolio)
    sealed = portfolios.load_sealed(work, portfolio, "sealed_summary")
    if sealed is None or found.state in {State.ASKING, State.CHECKING}:
        return None
    return _FIGURES.decode(open_portfolio_key(work, portfolio).open("summary", 0, sealed))


def show_questions(work: Work, portfolio: PortfolioId) -> bytes | None:
    """What the reader asks, as it wrote it; None if it asks nothing."""
    work.actor.require(Permission.CASE_READ)
    sealed = portfolios.load_sealed(work, portfolio, "sealed_summary")
    if sealed is None or portfolios.load(work, portfolio).state is not State.ASKING:
        return None
    return open_portfolio_key(work, portfolio).open("summary", 0, sealed)


def list_findings(work: Work, portfolio: PortfolioId) -> Iterator[Findings]:
    """Problems and bad rows in the order of the file, some at a time."""
    work.actor.require(Permission.CASE_READ)
    return staging.list_findings(work, portfolio, open_portfolio_key(work, portfolio))


def list_staged(work: Work, portfolio: PortfolioId, page: int) -> list[tuple[int, Staged, bool]]:
    """Ordinal, account and whether it is chosen, of one chunk (from 0) of what waits."""
    work.actor.require(Permission.CASE_READ)
    key = open_portfolio_key(work, portfolio)
    for chunk in staging.list_chunks(work, portfolio, key, first=page, most=1):
        return [(n, staged, n not in chunk.left_out) for n, staged in chunk.numbered()]
    return []
