"""Rows of whole accounts on their way to whoever understands them, which may be another process. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from handoff_portal.portfolios.model.account import Batch, Cell, Total
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.lines import Line, Record
from handoff_portal.portfolios.model.mapping import Mapping as ColumnMapping
from handoff_portal.portfolios.model.rows import RowReader
from handoff_portal.portfolios.model.style import Style

_Cells: TypeAlias = list[Cell]
_Wire: TypeAlias = tuple[int, _Cells, _Cells | None, Record, str]
_DECODER = msgspec.msgpack.Decoder(list[tuple[str, list[_Wire], list[_Wire]]])
_ENCODER = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Columns:
    """How the rows of one file are read.

    Attributes:
        constants: Canonical name to text that holds for every row without a cell of its own.
    """

    headers: tuple[str, ...]
    mapping: ColumnMapping
    style: Style
    constants: Mapping[str, str] = field(default_factory=dict)

    def reader(self, sort: Sort) -> RowReader:
        """What reads them."""
        return RowReader(self.headers, self.mapping, self.style, self.constants, sort)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a portfolio are understood, all that is needed for it.

    Attributes:
        said: Rows of history among the accounts.
        beside: The history file.
        sums: Whether readable amounts are summed up for sums that a person stated.
    """

    accounts: Columns
    said: Columns
    beside: Columns | None
    sums: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one account.

    Attributes:
        key: Under what the history file would speak of it.
        said: Rows of the history file.
    """

    key: str
    lines: list[Line]
    said: list[Line]


@dataclass(frozen=True, slots=True)
class Heap:
    """Some accounts, not understood yet."""

    groups: list[Group]

    def encode(self) -> bytes:
        """For another process: MessagePack."""
        return _ENCODER.encode(
            [(one.key, [*map(_wire, one.lines)], [*map(_wire, one.said)]) for one in self.groups]
        )

    @classmethod
    def decode(cls, octets: bytes) -> "Heap":
        """The reverse of `encode`."""
        return cls(
            [
                Group(key, [*map(_line, lines)], [*map(_line, said)])
                for key, lines, said in _DECODER.decode(octets)
            ]
        )


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows of the history file of which no good account came.

    Attributes:
        row: The first of them.
    """

    key: str
    row: int
    rows: int


@dataclass(slots=True)
class Counts:
    """What rows came to.

    Attributes:
        totals: Of good accounts, by ISO 4217 code.
        amounts: All readable amounts, good or not, minor units by code.
    """

    accounts: int = 0
    bad_rows: int = 0
    errors: int = 0
    warnings: int = 0
    history: int = 0
    totals: dict[str, Total] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)

    def add(self, more: "Counts") -> None:
        """Add what other rows came to."""
        self.accounts += more.accounts
        self.bad_rows += more.bad_rows
        self.errors += more.errors
        self.warnings += more.warnings
        self.history += more.history
        for currency, total in more.totals.items():
            self.totals[currency] = self.totals.get(currency, Total()) + total
        for currency, minor in more.amounts.items():
            self.amounts[currency] = self.amounts.get(currency, 0) + minor


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of a heap."""

    batch: Batch
    counts: Counts
    orphans: tuple[Orphans, ...] = ()


def _wire(line: Line) -> _Wire:
    raw = None if line.raw is line.cells else line.raw
    return line.number, line.cells, raw, line.record, line.group


def _line(said: _Wire) -> Line:
    number, cells, raw, record, group = said
    return Line(number, cells, cells if raw is None else raw, record, group)
