"""How a file writes days and cents: decided by the whole column, asked when nothing decides it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.amounts import Decimals, decimals_of
from handoff_portal.portfolios.model.dates import DateOrder, order_of

_MOST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can say about a file.

    Attributes:
        key: `dates`, `decimal`, or the canonical name of a column that the file lacks.
        ask: The question, as a sentence.
        choices: Answers and their words; empty where any text may be the answer.
        samples: Cells that leave it open.
    """

    key: str
    ask: str
    choices: tuple[tuple[str, str], ...] = ()
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said about a file; None is not said.

    Attributes:
        constants: Canonical name to what holds for every row.
    """

    dates: DateOrder | None = None
    decimals: Decimals | None = None
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """How to read the cells of a file.

    Attributes:
        dates: By canonical column; a column where it does not matter is missing.
    """

    dates: Mapping[str, DateOrder] = field(default_factory=dict)
    decimals: Decimals | None = None


@dataclass(slots=True)
class Evidence:
    """What the cells of a file prove; fed with every row.

    Attributes:
        dates: Columns of days, by index, with their canonical name.
        amounts: Indexes of columns of amounts.
    """

    dates: Mapping[int, str]
    amounts: tuple[int, ...]
    _orders: dict[str, set[DateOrder]] = field(default_factory=dict)
    _open_days: dict[str, dict[str, None]] = field(default_factory=dict)
    _decimals: set[Decimals] = field(default_factory=set)
    _open_amounts: dict[str, None] = field(default_factory=dict)
    _seen: set[Cell] = field(default_factory=set)

    def look(self, row: list[Cell]) -> None:
        """Take one row into account."""
        width = len(row)
        for index in self.amounts:
            if index < width and type(cell := row[index]) is str and ("," in cell or "." in cell):
                self._look_at_amount(cell)
        for index, name in self.dates.items():
            if index < width and (cell := row[index]) not in self._seen:
                self._look_at_day(name, cell)

    def style(self, answers: Answers) -> Style:
        """What is decided, with the answers of a person where the cells leave it open."""
        proved = set().union(*self._orders.values()) if self._orders else set()
        common = next(iter(proved)) if len(proved) == 1 else None
        names = {*self._orders, *self._open_days}
        dates = {name: self._order(name) or answers.dates or common for name in names}
        decimals = next(iter(self._decimals)) if len(self._decimals) == 1 else answers.decimals
        return Style({name: order for name, order in dates.items() if order}, decimals)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """What stays open."""
        style = self.style(answers)
        unclear = [name for name in self._open_days if name not in style.dates]
        unclear += [name for name, orders in self._orders.items() if len(orders) > 1 and not answers.dates]
        found = []
        if unclear:
            samples = dict.fromkeys(day for name in unclear for day in self._open_days.get(name, ()))
            choices = (("dmy", "The day: 31/12/2026"), ("mdy", "The month: 12/31/2026"))
            ask = "What comes first in the dates of this file?"
            found.append(Question("dates", ask, choices, _first(samples)))
        if style.decimals is None and (self._open_amounts or self._decimals):
            choices = (("point", "The point: 1,234.56"), ("comma", "The comma: 1.234,56"))
            found.append(Question("decimal", "What parts the cents?", choices, _first(self._open_amounts)))
        return tuple(found)

    def _order(self, name: str) -> DateOrder | None:
        orders = self._orders.get(name, set())
        return next(iter(orders)) if len(orders) == 1 else None

    def _look_at_day(self, name: str, cell: Cell) -> None:
        matters, proved = order_of(cell)
        if proved is not None:
            self._orders.setdefault(name, set()).add(proved)
        elif matters:
            kept = self._open_days.setdefault(name, {})
            if len(kept) < _MOST_SAMPLES:
                kept[str(cell)] = None
        elif len(self._seen) < 1 << 16:
            self._seen.add(cell)

    def _look_at_amount(self, cell: str) -> None:
        matters, proved = decimals_of(cell)
        if proved is not None:
            self._decimals.add(proved)
        elif matters and len(self._open_amounts) < _MOST_SAMPLES:
            self._open_amounts[cell] = None


def _first(samples: Iterable[str]) -> tuple[str, ...]:
    return tuple(samples)[:_MOST_SAMPLES]
