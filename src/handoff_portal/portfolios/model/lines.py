"""The rows of a file below its header, whatever stands above, between and below them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from handoff_portal.portfolios.model.account import Cell, Control
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.mapping import SURE, header_score

HEADER_WITHIN = 30
LONGEST_HEADER = 80


class Layout(StrEnum):
    """Which kind of file it is."""

    TEMPLATE = "template"
    MAPPED = "mapped"
    INDEBTED = "indebted"
    AIM = "aim"
    UBL = "ubl"


class Record(StrEnum):
    """What a line speaks of."""

    CLAIM = "claim"
    PART = "part"
    HISTORY = "history"


class Line(Struct, frozen=True, gc=False, array_like=True):
    """One row with data.

    Attributes:
        number: As a spreadsheet shows it.
        cells: In the order of the headers.
        own: As the file has it; None where the cells are the same, as in most layouts.
        group: What brings the lines of an account together, where it is not the reference.
    """

    number: int
    cells: list[Cell]
    own: list[Cell] | None = None
    record: Record = Record.CLAIM
    group: str = ""

    @property
    def raw(self) -> list[Cell]:
        """As the file has it."""
        return self.cells if self.own is None else self.own


@dataclass(frozen=True, slots=True)
class Trailer:
    """Sums that the file itself states, beside those that were counted."""

    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the header stands.

    Attributes:
        row: Its number, from 1.
        headers: Its cells as text; columns without a header are called by their letter.
        layout: What the headers tell.
    """

    row: int
    headers: tuple[str, ...]
    layout: Layout


_TOTAL = re.compile(
    r"(?:(?:grand|sub|report|overall)[ -]?)?(?:totals?|summe|gesamt|gesamtsumme|zwischensumme|saldo)\b.*|"
    r"(?:total général|sous-total|suma|importe total)\b.*",
    re.IGNORECASE,
)
_INITIALS = frozenset("gsrotziGSROTZI")
"""Letters that the words above begin with; most rows are told apart by them alone."""


def find_head(first: Sequence[Sequence[Cell]], sort: Sort) -> Head:
    """The header among the first rows: the one with most known names, else the first with several cells."""
    scored = [(_known(row, sort), -place) for place, row in enumerate(first[:HEADER_WITHIN])]
    best, place = max(scored, default=(0, 0))
    if best < len(["reference", "name"]):
        place = -next((i for i, row in enumerate(first) if sum(cell != "" for cell in row) > 1), 0)
    row = first[-place] if first else []
    headers = tuple(str(cell).strip() or f"Column {_letters(index)}" for index, cell in enumerate(row))
    return Head(1 - place, headers, _layout(headers, sort))


def is_total(cells: Sequence[Cell]) -> bool:
    """Whether this is a line of sums at the foot of a list: “Total” and little else in words."""
    first = cells[0] if cells and cells[0] != "" else next((cell for cell in cells if cell != ""), None)
    if not isinstance(first, str) or first.lstrip()[:1] not in _INITIALS:
        return False
    if _TOTAL.fullmatch(first.strip()) is None:
        return False
    words = (cell for cell in cells if isinstance(cell, str) and any(letter.isalpha() for letter in cell))
    return sum(1 for _ in words) == 1


def plain_lines(rows: Iterable[list[Cell]], head: Head) -> Iterator[Line]:
    """The lines below the header; empty rows and sums are passed over."""
    for number, cells in enumerate(rows, start=1):
        if number > head.row and any(cells) and not is_total(cells):
            yield Line(number, cells)


def _known(row: Sequence[Cell], sort: Sort) -> int:
    return sum(
        isinstance(cell, str) and 0 < len(cell) < LONGEST_HEADER and header_score(cell, sort) >= SURE
        for cell in row
    )


def _layout(headers: tuple[str, ...], sort: Sort) -> Layout:
    folded = {header.casefold() for header in headers}
    if {"accountref", "statementofworkid"} <= folded:
        return Layout.INDEBTED
    if sort is Sort.PORTFOLIO and {"creditor_reference", "debtor_name", "principal"} <= folded:
        return Layout.TEMPLATE
    return Layout.MAPPED


def _letters(index: int) -> str:
    """A, B, … Z, AA as spreadsheets call their columns."""
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name = chr(ord("A") + rest) + name
        index -= 1
    return name
