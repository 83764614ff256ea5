"""What an account would become, and the figures of the preview. Pure."""

from typing import TypeVar

from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.model.known import Known
from handoff_portal.portfolios.model.account import Total
from handoff_portal.portfolios.model.portfolio import Change, Figures, Staged, Standing

_Key = TypeVar("_Key", bound=str)
MAY_CHANGE = frozenset({CaseState.READY, CaseState.HELD})
"""While a case is offered, agencies decide by its amount; a closed one is over."""


def standing_of(staged: Staged, known: Known | None) -> Change:
    """What an account would become beside the case that bears its reference.

    A file says the same when it names what the business said last, or what is open now: then its books know
    of the payments that the agency reported.
    """
    if known is None:
        return Change(Standing.NEW)
    content = staged.account.content
    if content.currency != known.currency:
        return Change(Standing.FIXED)
    open_now = known.balance.total
    if staged.account.open in {open_now, known.stated}:
        return Change(Standing.UNCHANGED)
    if known.state not in MAY_CHANGE:
        return Change(Standing.FIXED)
    return Change(Standing.CHANGED, staged.account.open - open_now)


def count(figures: Figures, staged: Staged, change: Change) -> None:
    """Add one account to the figures."""
    content = staged.account.content
    figures.standings[change.standing] = figures.standings.get(change.standing, 0) + 1
    if change.standing is Standing.CHANGED:
        figures.deltas[content.currency] = figures.deltas.get(content.currency, 0) + change.delta
    if change.standing is Standing.NEW:
        _count_judgement(figures, staged, 1)
    owed = content.owed.total
    one = Total(1, len(content.claims), owed, owed - content.terms.payments_to_date)
    figures.totals[content.currency] = figures.totals.get(content.currency, Total()) + one


def add(figures: Figures, more: Figures) -> None:
    """Add what other accounts came to."""
    _sum_up(figures.standings, more.standings)
    _sum_up(figures.deltas, more.deltas)
    _sum_up(figures.failing, more.failing)
    figures.ready += more.ready
    figures.exceptions += more.exceptions
    figures.barred += more.barred
    for currency, total in more.totals.items():
        figures.totals[currency] = figures.totals.get(currency, Total()) + total


def _sum_up(sums: dict[_Key, int], more: dict[_Key, int]) -> None:
    for key, number in more.items():
        sums[key] = sums.get(key, 0) + number


def recount(figures: Figures, before: Staged, after: Staged) -> None:
    """Replace how an account was judged by how it is judged now."""
    if before.change.standing is Standing.NEW:
        _count_judgement(figures, before, -1)
        _count_judgement(figures, after, 1)


def _count_judgement(figures: Figures, staged: Staged, by: int) -> None:
    figures.ready += by * (not staged.failing)
    figures.exceptions += by * (bool(staged.failing) and not staged.barred)
    figures.barred += by * staged.barred
    for rule in staged.failing:
        figures.failing[rule] = figures.failing.get(rule, 0) + by
        if not figures.failing[rule]:
            del figures.failing[rule]
