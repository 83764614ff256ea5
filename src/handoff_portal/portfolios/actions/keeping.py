"""What a person said about papers outlives another look at the files, as long as its account is there."""

from collections.abc import Mapping
from dataclasses import replace

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.blind import Rule
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.cases.actions.cases import REFERENCE_COLUMN
from handoff_portal.core.ids import PortfolioFileId, PortfolioId
from handoff_portal.portfolios.model.account import LONGEST_SHOWN, Problem, Severity
from handoff_portal.portfolios.model.papers import Paper, PaperState, Target, guess_kind
from handoff_portal.portfolios.store import papers, staging

_Place = tuple[PortfolioFileId, int, int]


def keep_by_hand(work: Work, portfolio: PortfolioId, key: PortfolioKey, found: list[Paper]) -> list[Problem]:
    """Lay what was said before over what was found now.

    Args:
        found: As gathered anew, by their numbers; changed in place.

    Returns:
        A warning for each paper whose account is no longer in the portfolio.
    """
    said = _said(work, portfolio, key)
    lost: list[Problem] = []
    for number, paper in enumerate(found):
        before = said.get(paper.place)
        if before is None or paper.state is PaperState.REFUSED:
            continue
        found[number], kept = _laid_over(work, portfolio, key, paper, before)
        if not kept and before.target:
            lost.append(_lost(paper, before.target))
    return lost


def _said(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Mapping[_Place, Paper]:
    """Papers about which a person said something: where they belong, that they do not, what they are."""
    return {
        paper.place: paper
        for paper in papers.list_all(work, portfolio, key)
        if paper.by_hand or paper.kind is not guess_kind(paper.path)
    }


def _laid_over(
    work: Work, portfolio: PortfolioId, key: PortfolioKey, paper: Paper, before: Paper
) -> tuple[Paper, bool]:
    """The paper with what was said, and whether all of that still holds."""
    paper = replace(paper, kind=before.kind)
    if not before.by_hand:
        return paper, True
    if before.state is PaperState.LEFT_OUT:
        paper = replace(paper, state=PaperState.LEFT_OUT, target=None, candidates=())
        return replace(paper, say=before.say, by_hand=True), True
    target = before.target and _still(work, portfolio, key, before.target)
    if target is None:
        return paper, False
    return replace(paper, state=PaperState.MATCHED, target=target, say=before.say, by_hand=True), True


def _still(work: Work, portfolio: PortfolioId, key: PortfolioKey, target: Target) -> Target | None:
    """The same account where it stands now, or the case that exists; None if the account is gone."""
    if not target.ordinal:
        return target
    column = work.vault.blind_index().column(key.owner, REFERENCE_COLUMN, Rule.IDENTIFIER)
    ordinal = staging.find_ordinal(work, portfolio, column(target.label))
    return Target(ordinal, target.label) if ordinal else None


def _lost(paper: Paper, target: Target) -> Problem:
    where = "It is open again" if paper.state is PaperState.OPEN else "It was matched anew"
    what = f"“{paper.path}” had been assigned to {target.label}, which is not in this portfolio any more."
    mend = f"{where}: look where it belongs under Papers and mail."
    return Problem(0, "", paper.name[:LONGEST_SHOWN], what, mend, Severity.WARNING)
