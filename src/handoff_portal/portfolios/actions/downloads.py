"""Files to download: the template, the guide, and the bad rows of a file in its own layout."""

from collections.abc import Iterable
from dataclasses import dataclass

from handoff_portal.adapters.parsing.tables import TableFacts
from handoff_portal.adapters.spreadsheets import workbook
from handoff_portal.portfolios.model.account import BadRow
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.exports import as_csv, bad_table, guide_rows, template_rows
from handoff_portal.portfolios.model.lines import Head

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent."""

    name: str
    media_type: str
    content: bytes


def template(sort: Sort = Sort.PORTFOLIO, *, as_workbook: bool = True) -> Download:
    """The template with an example row; a workbook has the guide as its second sheet."""
    if as_workbook:
        sheets = {
            "Accounts" if sort is Sort.PORTFOLIO else "History": template_rows(sort),
            "Guide": guide_rows(sort),
        }
        return Download(f"{sort.value}-template.xlsx", XLSX, workbook(sheets))
    return Download(f"{sort.value}-template.csv", CSV, as_csv(template_rows(sort)))


def bad_rows_file(facts: TableFacts, head: Head, bad: Iterable[BadRow], name: str = "portfolio") -> Download:
    """The bad rows in the layout and dialect of their file, with one more column that says what is wrong."""
    rows = bad_table(head, bad)
    if facts.kind == "xlsx":
        return Download(f"{name}-to-mend.xlsx", XLSX, workbook({facts.sheet or "Accounts": rows}))
    content = as_csv(rows, facts.separator, facts.encoding, facts.newline)
    return Download(f"{name}-to-mend.csv", "text/csv", content)
