"""What a person says about the papers of a portfolio: where the doubtful ones belong, or that they do not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions.cases import reference_index
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions.readiness import LONGEST_REASON, SHORTEST_REASON
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.events import PortfolioPapersPlaced
from handoff_portal.portfolios.model.papers import Paper, PaperFigures, PaperState, Target
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.store import papers, portfolios, staging

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of papers.

    Attributes:
        all: How many there are on all pages.
    """

    papers: tuple[Paper, ...]
    all: int
    page: int
    at_once: int = AT_ONCE


def show_papers(work: Work, portfolio: PortfolioId) -> PaperFigures:
    """How many papers stand where; also the progress while they are stored."""
    work.actor.require(Permission.CASE_READ)
    return papers.figures(work, portfolio)


def list_papers(
    work: Work, portfolio: PortfolioId, states: Collection[PaperState] = (), page: int = 0
) -> Listed:
    """One page (from 0) of the papers in these states, in the order of the ZIP; no states mean all."""
    work.actor.require(Permission.CASE_READ)
    key = open_portfolio_key(work, portfolio)
    found = papers.list_some(work, portfolio, key, states or tuple(PaperState), page * AT_ONCE, AT_ONCE)
    number = papers.figures(work, portfolio).states
    return Listed(tuple(found), sum(number.get(state, 0) for state in states or tuple(PaperState)), page)


def assign_papers(work: Work, portfolio: PortfolioId, numbers: Sequence[int], reference: str) -> int:
    """Say that papers belong to one account of this portfolio or to a case that exists already.

    Args:
        numbers: Of papers that are open, matched or left out; others are passed over.
        reference: The business's own reference, or the portal's.

    Returns:
        How many were assigned.

    Raises:
        Invalid: At `reference`: there is no such account or open case.
        WrongState: The portfolio does not wait for this.
    """
    _require_waiting(work, portfolio)
    target = _find(work, portfolio, reference)
    return _place(work, portfolio, numbers, PaperState.MATCHED, target)


def leave_out(work: Work, portfolio: PortfolioId, numbers: Sequence[int], reason: str) -> int:
    """Leave papers out; without numbers all that are open.

    Raises:
        Invalid: At `reason`: it is missing, too short or too long.
        WrongState: The portfolio does not wait for this.
    """
    _require_waiting(work, portfolio)
    said = reason.strip()
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        say = f"Please say why, in {SHORTEST_REASON} to {LONGEST_REASON} characters."
        raise Invalid({"reason": say})
    chosen = numbers or papers.numbers_of(work, portfolio, PaperState.OPEN)
    return _place(work, portfolio, chosen, PaperState.LEFT_OUT, None, said)


def name_kind(work: Work, portfolio: PortfolioId, numbers: Sequence[int], kind: DocumentKind) -> int:
    """Correct what papers are for. Raises WrongState."""
    _require_waiting(work, portfolio)
    event = PortfolioPapersPlaced(portfolio=portfolio, papers=len(numbers), left_out=0)
    return papers.save_kind(work, portfolio, numbers, kind, event)


def require_placed(work: Work, portfolio: PortfolioId) -> None:
    """Refuse to go on while a paper belongs nowhere: nothing is dropped without a word.

    Raises:
        Invalid: At `papers`.
    """
    left = papers.figures(work, portfolio).open
    if left:
        files = "1 file belongs" if left == 1 else f"{left:,} files belong"
        raise Invalid({"papers": f"{files} to no account yet. Assign them, or leave them out with a reason."})


def _require_waiting(work: Work, portfolio: PortfolioId) -> None:
    work.actor.require(Permission.CASE_DRAFT)
    portfolios.load(work, portfolio, lock=True).require(State.WAITING)


def _find(work: Work, portfolio: PortfolioId, reference: str) -> Target:
    wanted = " ".join(reference.split())
    if not wanted:
        raise Invalid({"reference": "Please name the account."})
    index = reference_index(work, work.actor.org, wanted)
    ordinal = staging.find_ordinal(work, portfolio, index)
    if ordinal:
        return Target(ordinal, wanted)
    found = list_cases(work, Wanted(search=wanted)).lines
    if len(found) != 1:
        raise Invalid({"reference": f"There is no account or case “{wanted[:60]}”. Check the reference."})
    if found[0].case.state in {CaseState.DRAFT, CaseState.CLOSED}:
        raise Invalid({"reference": f"The case “{wanted[:60]}” takes no papers in its state."})
    return Target(0, wanted, found[0].case.id)


def _place(
    work: Work,
    portfolio: PortfolioId,
    numbers: Sequence[int],
    state: PaperState,
    target: Target | None,
    say: str = "",
) -> int:
    key = open_portfolio_key(work, portfolio)
    left_out = len(numbers) if state is PaperState.LEFT_OUT else 0
    event = PortfolioPapersPlaced(portfolio=portfolio, papers=len(numbers), left_out=left_out)
    return papers.place(work, portfolio, key, numbers, (state, target, say), event)
