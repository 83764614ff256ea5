"""What a person says about a checked portfolio: which accounts, whether at all, or stop."""

from collections.abc import Sequence

import msgspec

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.documents.actions.papers import ABANDONED_AFTER
from handoff_portal.intake.actions.readiness import LONGEST_REASON, SHORTEST_REASON
from handoff_portal.portfolios.actions.papers import require_placed
from handoff_portal.portfolios.actions.showing import show_figures
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.events import PortfolioApproved, PortfolioCancelled, PortfolioChosen
from handoff_portal.portfolios.model.portfolio import OVER, State
from handoff_portal.portfolios.store import choosing, files, portfolios, staging

_CHANGED = (
    "This portfolio was changed after you opened this page: somebody chose accounts, placed files or had it "
    "read anew. What you see now is how it stands. Look at it again, then decide."
)


def choose_accounts(work: Work, portfolio: PortfolioId, left_out: Sequence[int]) -> None:
    """Leave these accounts (ordinals from 1) out when it is committed, and no others."""
    work.actor.require(Permission.CASE_DRAFT)
    found = portfolios.load(work, portfolio, lock=True)
    found.require(State.WAITING)
    chosen = sorted({one for one in left_out if 1 <= one <= found.accounts})
    choosing.choose(work, portfolio, chosen, PortfolioChosen(portfolio=portfolio, left_out=len(chosen)))


def approve(work: Work, portfolio: PortfolioId, exception: str = "", seen: str | None = None) -> None:
    """Say that the portfolio shall become cases; the worker begins at once.

    Args:
        exception: Why also accounts go along that are not ready under the policy; empty if they stay out.
        seen: `Portfolio.stamp` of what the person looked at; None asks nothing.

    Raises:
        Forbidden: The right to submit, or to make exceptions, is missing.
        Invalid: At the field `reason`; at `papers` while some belong to no account and were not left out; for
            the whole form if something was changed since it was looked at.
        WrongState: It does not wait for this.
    """
    work.actor.require(Permission.CASE_SUBMIT)
    found = portfolios.load(work, portfolio, lock=True)
    found.require(State.WAITING)
    if seen is not None and seen != found.stamp:
        raise Invalid({"": _CHANGED})
    require_placed(work, portfolio)
    said = _reason(work, exception)
    figures = show_figures(work, portfolio)
    if figures is None:
        raise WrongState("This portfolio has not been checked. Send it again.")
    order = msgspec.json.encode((said, work.actor.name, figures.policy))
    event = PortfolioApproved(portfolio=portfolio, accounts=found.accounts, with_exceptions=bool(said))
    portfolios.save_approval(
        work,
        found,
        open_portfolio_key(work, portfolio).seal("exception", 0, order),
        event,
        state=State.COMMITTING.value,
        phase_at=work.now,
        with_exceptions=bool(said),
    )


def cancel(work: Work, portfolio: PortfolioId) -> None:
    """Stop it where it stands: what has become cases stays, the rest is dropped and cleared away.

    Waits for the chunks that are being committed at this moment.

    Raises:
        WrongState: It is over.
    """
    work.actor.require(Permission.CASE_DRAFT)
    found = portfolios.load(work, portfolio, lock=True)
    found.require(*(state for state in State if state not in OVER))
    event = PortfolioCancelled(portfolio=portfolio, committed=found.done.made + found.done.adjusted)
    portfolios.save(work, portfolio, event, state=State.CANCELLED.value, ended_at=work.now)


def clear_over(database: Database, objects: ObjectStore) -> int:
    """Remove the files and staged accounts of portfolios that are over, and uploads nobody finished.

    What was found wrong stays, so that it can be mended; gives how many portfolios were cleared.
    """
    with database.worker() as work:
        found = portfolios.list_over(work, work.now - ABANDONED_AFTER)
    cleared = 0
    for portfolio in found:
        if not _end_abandoned(database, portfolio):
            continue
        with database.worker() as work:
            keys = files.list_object_keys(work, portfolio)
        for key in keys:
            objects.delete(key)
        with database.worker() as work:
            files.note_cleared(work, portfolio)
            staging.remove_staged(work, portfolio)
            choosing.forget(work, portfolio)
        cleared += 1
    return cleared


def _end_abandoned(database: Database, portfolio: PortfolioId) -> bool:
    """End an upload that nobody went on with; False if somebody just did. What is over stays as it is."""
    with database.worker() as work:
        found = portfolios.load(work, portfolio, lock=True)
        if found.state is State.UPLOADING and found.updated_at < work.now - ABANDONED_AFTER:
            event = PortfolioCancelled(portfolio=portfolio, committed=0, own=found.business)
            portfolios.save(
                work, portfolio, event, state=State.CANCELLED.value, ended_at=work.now, reason="abandoned"
            )
            return True
        return found.state in OVER


def _reason(work: Work, exception: str) -> str:
    said = exception.strip()
    if not said:
        return ""
    work.actor.require(Permission.READINESS_OVERRIDE)
    if len(said) < SHORTEST_REASON:
        raise Invalid({"reason": f"Please say why, in at least {SHORTEST_REASON} characters."})
    if len(said) > LONGEST_REASON:
        raise Invalid({"reason": f"This is {len(said)} characters long; at most {LONGEST_REASON} fit."})
    return said
