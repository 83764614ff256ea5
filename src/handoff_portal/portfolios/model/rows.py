"""One row of a file: its cells by their columns, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff_portal.portfolios.model.account import LONGEST_SHOWN, Cell, Problem
from handoff_portal.portfolios.model.cells import Reader, Value, as_text, reader_of
from handoff_portal.portfolios.model.columns import COLUMNS, Column, Level, Sort
from handoff_portal.portfolios.model.mapping import Mapping as ColumnMapping
from handoff_portal.portfolios.model.style import Style
from handoff_portal.portfolios.model.wrong import Wrong

_FIRST = {"country": 0, "currency": 1}
"""Columns that others are read by."""


@dataclass(slots=True)
class Row:
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
        names = sorted(self.places, key=lambda name: _FIRST.get(name, 9))
        self._plan: list[tuple[int, str, Reader, bool]] = [
            (self.places[name], name, self._reader(columns[name], style, mapping), _is_claim(columns[name]))
            for name in names
            if name in columns
        ]
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
        account = dict(self.constants)
        claim: dict[str, Value] = {}
        row = Row(number, cells, account, claim, [])
        width, currency, country = len(cells), "", ""
        for index, name, reader, of_claim in self._plan:
            if index >= width or (cell := cells[index]) == "":
                continue
            if not currency:
                currency, country = _said(account, "currency"), _said(account, "country")
            try:
                value = reader(cell, currency, country)
            except Wrong as wrong:
                self._note(row, name, cell, wrong)
                continue
            if value is not None and value != "":
                (claim if of_claim else account)[name] = value
        return row

    def _note(self, row: Row, name: str, cell: Cell, wrong: Wrong) -> None:
        text = as_text(cell)
        if text:
            row.problems.append(self.problem(row.number, name, text, wrong.what, wrong.mend))

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
