"""Changing the files of a portfolio before anything becomes a case: one is taken out, or others come."""

from contextlib import suppress

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioFileId, PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound, Unavailable
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.events import PortfolioFileRemoved, PortfolioReopened
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.store import files, portfolios


def remove_file(places: Places, actor: Actor, portfolio: PortfolioId, wanted: PortfolioFileId) -> State:
    """Take a file out; what is left is checked anew if it had been checked before.

    Answers are kept, and what was said about papers that stay. Without any file the upload is open again.

    Returns:
        Where the portfolio stands now.

    Raises:
        NotFound: There is no such file, or it is still arriving.
        WrongState: It is being checked, becomes cases, or is over.
    """
    with places.database.work(actor) as work:
        key, state = take_out(work, portfolio, wanted)
    with suppress(Unavailable):  # its object goes with the portfolio then
        places.objects.delete(key)
        with places.database.work(actor) as work:
            files.drop_file(work, wanted)
    return state


def reopen(work: Work, portfolio: PortfolioId) -> None:
    """Go back to the files, to add or replace some; sent again, the portfolio is checked anew.

    Raises:
        WrongState: It does not wait for a person.
    """
    work.actor.require(Permission.CASE_DRAFT)
    portfolios.load(work, portfolio, lock=True).require(State.ASKING, State.WAITING)
    event = PortfolioReopened(portfolio=portfolio)
    portfolios.save(work, portfolio, event, state=State.UPLOADING.value, phase_at=work.now, reason=None)


def take_out(work: Work, portfolio: PortfolioId, wanted: PortfolioFileId) -> tuple[str, State]:
    """Let a file count no more; gives where its object is, and where the portfolio stands now."""
    work.actor.require(Permission.CASE_DRAFT)
    found = portfolios.load(work, portfolio, lock=True)
    found.require(State.UPLOADING, State.ASKING, State.WAITING)
    place = files.take_out(work, portfolio, wanted)
    if place is None:
        raise NotFound("This file is not part of the portfolio any more. Load the page again.")
    state = _state_after(work, found.state, portfolio, open_portfolio_key(work, portfolio))
    event = PortfolioFileRemoved(portfolio=portfolio, file=wanted, again=state is State.CHECKING)
    portfolios.save(work, portfolio, event, state=state.value, phase_at=work.now, reason=None)
    return place, state


def _state_after(work: Work, before: State, portfolio: PortfolioId, key: PortfolioKey) -> State:
    if before is State.UPLOADING or not files.list_files(work, portfolio, key):
        return State.UPLOADING
    return State.CHECKING
