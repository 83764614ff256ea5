"""One row of a file: its cells by their columns, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from handoff_portal.portfolios.model.account import LONGEST_SHOWN, Cell, Problem
from handoff_portal.portfolios.model.cells import ONE_LINE, Reader, Value, as_text, reader_of
from handoff_portal.portfolios.model.columns import COLUMNS, Column, Kind, Level, Sort
from handoff_portal.portfolios.model.mapping import Mapping as ColumnMapping
from handoff_portal.portfolios.model.style import Style
from handoff_portal.portfolios.model.wrong import Wrong

_FIRST = {"country": 0, "currency": 1}
"""Columns that others are read by."""


class Row(Struct, gc=False):
    """What a row says.

    Attributes:
        account: Canonical name to value, of what must be the same in all rows of an account.
        claim: The same of what belongs to this row alone.
        part: Whether it only adds to an account and asks for nothing itself.
    """

    number: int
    cells: list[Cell]
    account: dict[str, Value]
    claim: dict[str, Value]
    problems: list[Problem]
    part: bool = False


class _Step(NamedTuple):
    """How one column is read.

    Attributes:
        one_line: Characters of a text without line breaks that need no more than trimming; else 0.
    """

    place: int
    name: str
    one_line: int
    read: Reader


class RowReader:
    """Reads the rows of one file.

    Args:
        headers: The header row of the file.
        mapping: Which header is which column.
        constants: Canonical name to text that holds for every row without a cell of its own.
    """

    def __init__(
        self,
        headers: Sequence[str],
        mapping: ColumnMapping,
        style: Style,
        constants: Mapping[str, str],
        sort: Sort = Sort.PORTFOLIO,
    ) -> None:
        self.headers, self.sort = tuple(headers), sort
        self.places = mapping.places(headers)
        columns = COLUMNS[sort]
        names = sorted((n for n in self.places if n in columns), key=lambda name: _FIRST.get(name, 9))
        plan = [self._step(columns[name], style, mapping) for name in names]
        self._of_account = [step for step in plan if not _is_claim(columns[step.name])]
        self._of_claim = [step for step in plan if _is_claim(columns[step.name])]
        self._same = itemgetter(*(step.place for step in self._of_account), *([0] * 2))
        self._least = max((step.place for step in plan), default=0) + 1
        self._before: tuple[object, dict[str, Value]] = (None, {})
        self.constants = self._constants(columns, constants, style, mapping)

    def header_of(self, name: str) -> str:
        """The file's own header of a column, or its words where it has none."""
        place = self.places.get(name)
        return COLUMNS[self.sort][name].words if place is None else self.headers[place]

    def problem(self, number: int, name: str, value: str, what: str, mend: str) -> Problem:
        """A problem of one cell."""
        shown = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
        return Problem(number, self.header_of(name) if name else "", shown, what, mend, file=self.sort)

    def read(self, number: int, cells: list[Cell]) -> Row:
        """The row; never raises, whatever stands in it."""
        row = Row(number, cells, {}, {}, [])
        if len(cells) < self._least:
            cells = cells + [""] * (self._least - len(cells))
        same = self._same(cells)
        if same == self._before[0]:
            row.account = self._before[1]  # one invoice after the other of one account
        else:
            row.account = dict(self.constants)
            self._fill(row, row.account, self._of_account, cells)
            self._before = (None if row.problems else same, row.account)
        self._fill(row, row.claim, self._of_claim, cells)
        return row

    def _fill(self, row: Row, values: dict[str, Value], plan: list[_Step], cells: list[Cell]) -> None:
        account = row.account
        currency, country = _said(account, "currency"), _said(account, "country")
        for index, name, longest, reader in plan:
            cell = cells[index]
            if cell == "":
                continue
            if longest and type(cell) is str and len(cell) <= longest and cell[0] != "'":
                if text := cell.strip() if cell.isalnum() else " ".join(cell.split()):
                    values[name] = text
                continue
            try:
                value = reader(cell, currency, country)
            except Wrong as wrong:
                self._note(row, name, cell, wrong)
                continue
            if value is not None and value != "":
                values[name] = value
                if name in _FIRST:
                    currency, country = _said(account, "currency"), _said(account, "country")

    def _note(self, row: Row, name: str, cell: Cell, wrong: Wrong) -> None:
        text = as_text(cell)
        if text:
            row.problems.append(self.problem(row.number, name, text, wrong.what, wrong.mend))

    def _step(self, column: Column, style: Style, mapping: ColumnMapping) -> _Step:
        plain = (
            column.kind is Kind.TEXT and column.longest <= ONE_LINE and column.name != "preferred_language"
        )
        reader = self._reader(column, style, mapping)
        return _Step(self.places[column.name], column.name, column.longest if plain else 0, reader)

    def _reader(self, column: Column, style: Style, mapping: ColumnMapping) -> Reader:
        return reader_of(column, style, cents=mapping.cents)

    def _constants(
        self,
        columns: Mapping[str, Column],
        constants: Mapping[str, str],
        style: Style,
        mapping: ColumnMapping,
    ) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, text in constants.items():
            if name in columns and text and not _is_claim(columns[name]):
                try:
                    found[name] = self._reader(columns[name], style, mapping)(text, "", "")
                except Wrong:
                    continue
        return found


def _is_claim(column: Column) -> bool:
    return column.level is Level.CLAIM


def _said(account: dict[str, Value], name: str) -> str:
    value = account.get(name, "")
    return value if isinstance(value, str) else ""
