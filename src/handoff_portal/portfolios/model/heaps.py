"""Rows of whole accounts on their way to whoever understands them, which may be another process. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from handoff_portal.portfolios.model.account import Batch, Total
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.lines import Line
from handoff_portal.portfolios.model.mapping import Mapping as ColumnMapping
from handoff_portal.portfolios.model.rows import RowReader
from handoff_portal.portfolios.model.style import Style

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


class Group(Struct, frozen=True, gc=False, array_like=True):
    """The rows of one account.

    Attributes:
        key: Under what the history file would speak of it.
        said: Rows of the history file.
    """

    key: str
    lines: list[Line]
    said: list[Line]


class Heap(Struct, frozen=True, gc=False, array_like=True):
    """Some accounts, not understood yet."""

    groups: list[Group]

    def encode(self) -> bytes:
        """For another process: MessagePack."""
        return _ENCODER.encode(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Heap":
        """The reverse of `encode`."""
        return _DECODER.decode(octets)


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


_DECODER = msgspec.msgpack.Decoder(Heap)
