"""The few numbers of the home page, from counts by state, turn, currency and age."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.model.listing import Tally
from handoff_portal.core.money import Money

AGES = ((0, "Up to 30 days"), (31, "31 to 60"), (61, "61 to 90"), (91, "91 to 180"), (181, "Over 180"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of cases and what is open in them, per currency, the largest first."""

    count: int
    money: tuple[Money, ...]
    late: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What the tiles show.

    Attributes:
        open: Everything that is submitted and not closed.
        held: What agencies work on.
        resting: Where a hold stops contact.
        mine: Where it is the reader's turn, with how many are past their deadline.
        ages: Words, number of open cases; youngest first.
        complete: Whether all cases are counted, or only the newest.
    """

    open: Figure
    held: Figure
    resting: Figure
    mine: Figure
    ages: tuple[tuple[str, int], ...]
    complete: bool


def figures_of(rows: Sequence[Tally], turn: str, *, complete: bool) -> Figures:
    """Add the counts up for a reader whose turn is called so in the rows."""
    live = [row for row in rows if row.state not in {CaseState.DRAFT, CaseState.CLOSED}]
    return Figures(
        open=_figure(live),
        held=_figure(live, lambda row: row.state is CaseState.HELD),
        resting=_figure(live, lambda row: row.resting),
        mine=_figure(
            [row for row in rows if row.state is not CaseState.CLOSED], lambda row: row.turn == turn
        ),
        ages=tuple((words, sum(row.count for row in live if row.days == days)) for days, words in AGES),
        complete=complete,
    )


def _figure(rows: Iterable[Tally], fits: Callable[[Tally], bool] = lambda _row: True) -> Figure:
    chosen = [row for row in rows if fits(row)]
    sums: dict[str, int] = {}
    for row in chosen:
        if row.currency:
            sums[row.currency] = sums.get(row.currency, 0) + row.minor
    money = sorted((Money(minor, currency) for currency, minor in sums.items()), key=lambda one: -one.minor)
    return Figure(sum(row.count for row in chosen), tuple(money), sum(row.late for row in chosen))
