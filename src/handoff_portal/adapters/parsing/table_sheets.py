"""Tables in Excel workbooks (ECMA-376): a formula counts as the value it had when it was saved. Pure."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from handoff_portal.adapters.parsing.archives import open_archive
from handoff_portal.adapters.parsing.table_text import LONGEST_CELL, MOST_COLUMNS
from handoff_portal.adapters.parsing.wire import CannotRead

Cell = str | int | float

MOST_ROWS = 1_048_576
_EXACT = 1 << 53
_MEND = "Save the sheet as CSV, which may be larger and is read faster, or send it in parts."


@dataclass(frozen=True, slots=True)
class Workbook:
    """One sheet of a workbook.

    Attributes:
        sheet: Name of the sheet that is read.
        sheets: Names of all visible sheets with something in them.
    """

    sheet: str
    sheets: tuple[str, ...]
    rows: Iterator[list[Cell]]


def open_workbook(content: bytes, wanted: str = "") -> Workbook:
    """The sheet of that name, else the first visible one that has rows.

    Raises:
        CannotRead: It is damaged, protected, too large, or has no rows.
    """
    file = io.BytesIO(content)
    with open_archive(file, mend=_MEND) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise CannotRead("This file is no Excel workbook. Please save it as .xlsx or .csv.")
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        names = _names(book)
        if wanted and wanted not in names:
            raise CannotRead(f"This workbook has no sheet “{wanted[:40]}”.")
        sheet = next(_with_rows(book, [wanted] if wanted else names), None)
    except (CalamineError, ValueError, OSError) as error:
        raise CannotRead(
            "This workbook is damaged. Please open and save it again, or save it as CSV."
        ) from error
    if sheet is None:
        raise CannotRead("This workbook has no rows.")
    return Workbook(sheet.name, tuple(names), _rows(sheet))


def _names(book: CalamineWorkbook) -> list[str]:
    return [
        each.name
        for each in book.sheets_metadata
        if each.visible is SheetVisibleEnum.Visible and each.typ is SheetTypeEnum.WorkSheet
    ]


def _with_rows(book: CalamineWorkbook, names: Iterable[str]) -> Iterator[CalamineSheet]:
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            yield sheet


def _rows(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    start = sheet.start or (0, 0)
    if start[1] + sheet.width > MOST_COLUMNS:
        raise CannotRead(f"This sheet has more than {MOST_COLUMNS} columns.")
    before: list[Cell] = [""] * start[1]
    for row in sheet.iter_rows():
        cells = before + [each if type(each) is str else _cell(each) for each in row]
        while cells and cells[-1] == "":
            cells.pop()
        if any(type(each) is str and len(each) > LONGEST_CELL for each in cells):
            raise CannotRead("This sheet has a cell with more than 131,072 characters.")
        yield cells


def _cell(value: object) -> Cell:
    """A value as text, or as the number it is; whole numbers without a fraction."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)
