"""Files that the portal gives back: templates, and bad rows with what is wrong. No cell is ever a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from handoff_portal.portfolios.model.account import BadRow, Cell
from handoff_portal.portfolios.model.columns import COLUMNS, WRONG, Column, Need, Sort
from handoff_portal.portfolios.model.lines import Head, Layout

_RISKY = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\t\r")  # wide signs too (OWASP, CSV injection)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_AIM_WIDTH = 40
_NOT_ASKED = frozenset({"first_name", "last_name", "outstanding"})
_NEEDS = {Need.MUST: "needed", Need.WISHED: "wished for", Need.MAY: "may stay empty"}


def guarded(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: text that looks like one gets an apostrophe."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    return f"'{text}" if text[:1] in _RISKY and text and not _NUMBER.fullmatch(text) else text


def template_rows(sort: Sort = Sort.PORTFOLIO) -> list[list[str]]:
    """The header and one example row."""
    columns = _asked(sort)
    return [[column.name for column in columns], [column.example for column in columns]]


def guide_rows(sort: Sort = Sort.PORTFOLIO) -> list[list[str]]:
    """The guide as a table: column, what it is called, whether it is needed, what to write, an example."""
    rows = [["column", "what", "needed", "how to fill it", "example"]]
    rows += [[c.name, c.words, _NEEDS[c.need], c.guide, c.example] for c in _asked(sort)]
    return rows


def bad_table(head: Head, bad: Iterable[BadRow]) -> list[list[Cell]]:
    """The bad rows as they came, with one more column that says what is wrong; mended, they read again."""
    width = _AIM_WIDTH if head.layout is Layout.AIM else _own_width(head)
    rows: list[list[Cell]] = [] if head.layout is Layout.AIM else [[*head.headers[:width], WRONG]]
    for row in bad:
        cells: list[Cell] = [guarded(cell) for cell in row.cells[:width]]
        rows.append([*cells, *([""] * (width - len(cells))), " ".join(row.reasons)])
    return rows


def as_csv(
    rows: Sequence[Sequence[Cell]], separator: str = ",", encoding: str = "utf-8-sig", newline: str = "\r\n"
) -> bytes:
    """A table as text; UTF-8 with a mark where the wished encoding lacks a letter."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator or ",", lineterminator=newline or "\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    try:
        return text.getvalue().encode(encoding or "utf-8-sig")
    except (UnicodeEncodeError, LookupError):
        return text.getvalue().encode("utf-8-sig")


def _own_width(head: Head) -> int:
    """Columns of the file itself, without what is wrong from an earlier round."""
    folded = [header.casefold() for header in head.headers]
    return folded.index(WRONG.casefold()) if WRONG.casefold() in folded else len(folded)


def _asked(sort: Sort) -> list[Column]:
    return [column for column in COLUMNS[sort].values() if column.name not in _NOT_ASKED]
