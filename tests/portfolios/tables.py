"""Portfolio files for tests: a good row, changed where a test wants it, and files in all layouts."""

import csv
import io
from collections.abc import Iterable, Mapping

from handoff_portal.adapters.parsing.tables import Source
from handoff_portal.portfolios.actions.reading import Expected, Reading, read_portfolio
from handoff_portal.portfolios.actions.surveying import survey
from handoff_portal.portfolios.model.account import Account, BadRow, Problem
from handoff_portal.portfolios.model.columns import COLUMNS, Sort
from handoff_portal.portfolios.model.style import Answers

HEADERS = tuple(COLUMNS[Sort.PORTFOLIO])
GOOD = {
    "creditor_reference": "ACC-1",
    "debtor_type": "company",
    "debtor_name": "Northwind Trading Pte. Ltd.",
    "address": "10 Anson Road",
    "city": "Singapore",
    "country": "SG",
    "email": "mei.tan@northwind.example",
    "phone": "+65 6123 4567",
    "invoice_number": "INV-1",
    "invoice_date": "2026-03-02",
    "due_date": "2026-04-01",
    "currency": "SGD",
    "principal": "4820.50",
}


def a_row(**changes: str) -> dict[str, str]:
    """A good row with some cells changed."""
    return {**GOOD, **changes}


def a_file(
    rows: Iterable[Mapping[str, str]],
    headers: Iterable[str] | None = None,
    separator: str = ",",
    encoding: str = "utf-8",
) -> bytes:
    """Rows as CSV; without headers, those that the rows have."""
    rows = list(rows)
    names = list(headers or dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def source(content: bytes) -> Source:
    """Content as a file that can be opened again and again."""
    return lambda: (content[at : at + 4096] for at in range(0, len(content), 4096))


class Read:
    """A file read to its end."""

    def __init__(
        self,
        content: bytes,
        answers: Answers | None = None,
        history: bytes | None = None,
        expected: Expected | None = None,
    ) -> None:
        self.survey = survey(source(content))
        beside = None if history is None else (source(history), survey(source(history), sort=Sort.HISTORY))
        self.reading: Reading = read_portfolio(source(content), self.survey, answers, beside, expected)
        self.accounts: list[Account] = []
        self.problems: list[Problem] = []
        self.bad: list[BadRow] = []
        for batch in self.reading.batches():
            self.accounts += batch.accounts
            self.problems += batch.problems
            self.bad += batch.bad

    @property
    def questions(self) -> list[str]:
        """Keys of what has to be asked."""
        return [question.key for question in self.survey.questions()]
