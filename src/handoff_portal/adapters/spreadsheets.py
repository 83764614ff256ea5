"""Excel workbooks that the portal writes: text and numbers only, never a formula or a link."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter

_LONGEST = 32_767
_WIDTH = 18
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def workbook(sheets: Mapping[str, Sequence[Sequence[str | int | float]]]) -> bytes:
    """A workbook with these sheets, in order; the first row of each is its header. Same rows, same bytes.

    Args:
        sheets: Name to rows. Text stays text, so that reference 007 keeps its zeros.
    """
    octets = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(octets, options) as book:
        book.set_properties({"created": _NO_TIME})
        bold = book.add_format({"bold": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max((len(row) for row in rows), default=1), _WIDTH)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, place, cell[:_LONGEST], None if number else bold)
                    else:
                        sheet.write_number(number, place, cell)
    return octets.getvalue()
