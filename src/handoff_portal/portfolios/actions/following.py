"""The rows of the history file, taken as the accounts come that they belong to."""

from collections.abc import Generator, Iterable, Iterator
from itertools import chain, islice

from msgspec.structs import replace

from handoff_portal.adapters.parsing.tables import Source, Wanted, open_table
from handoff_portal.portfolios.actions.surveying import Survey, group_of, lines_of, places_of_references
from handoff_portal.portfolios.model.account import Problem, Severity
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.heaps import Columns, Orphans
from handoff_portal.portfolios.model.lines import HEADER_WITHIN, Line
from handoff_portal.portfolios.model.style import Answers


def columns_of(survey: Survey, answers: Answers) -> Columns:
    """How the rows of a surveyed file are read, given what a person said about it."""
    constants = {**survey.mapping.constants, **answers.constants}
    return Columns(survey.head.headers, survey.mapping, survey.evidence.style(answers), constants)


class Following:
    """The history file beside a portfolio; close it when the portfolio is read.

    It reads ahead only until an account has all its rows, so files in the same order need little memory.
    """

    def __init__(self, source: Source, survey: Survey, answers: Answers) -> None:
        self._survey = survey
        self._lines = _lines(source, survey)
        self._kept: dict[str, list[Line]] = {}
        self._places = places_of_references(survey.mapping.places(survey.head.headers))
        self._reader = columns_of(survey, answers).reader(Sort.HISTORY)

    def take(self, key: str) -> list[Line]:
        """The rows of a reference; spaces and letters' case of it do not matter any more."""
        wanted = self._survey.counts.get(key, 0)
        found = self._kept.pop(key, [])
        while len(found) < wanted and (line := next(self._lines, None)) is not None:
            group = group_of(line, self._places)
            if group == key:
                found.append(line)
            else:
                self._kept.setdefault(group, []).append(line)
        return found

    def rest(self, orphans: Iterable[Orphans] = ()) -> Iterator[Problem]:
        """One problem for each reference under which rows belong to no good account, in the order of rows.

        Args:
            orphans: Rows that were taken for an account that came to nothing.
        """
        for line in self._lines:
            self._kept.setdefault(group_of(line, self._places), []).append(line)
        kept = [Orphans(key, lines[0].number, len(lines)) for key, lines in self._kept.items()]
        self._kept.clear()
        for one in sorted((*kept, *orphans), key=lambda one: one.row):
            reference = one.key
            rows = "This row belongs" if one.rows == 1 else f"These {one.rows} rows of history belong"
            what = (
                f"{rows} to no good account of the portfolio." if reference else "The reference is missing."
            )
            mend = "Mend the account, or correct the reference." if reference else "Fill it in."
            found = self._reader.problem(one.row, "creditor_reference", reference, what, mend)
            yield replace(found, severity=Severity.WARNING)

    def close(self) -> None:
        """End the reading of the file."""
        self._lines.close()


def _lines(source: Source, survey: Survey) -> Generator[Line, None, None]:
    facts = survey.facts
    with open_table(source(), Wanted(facts.encoding, facts.separator, facts.sheet)) as table:
        rows = chain.from_iterable(table.blocks)
        first = list(islice(rows, HEADER_WITHIN))
        yield from lines_of(table.facts, first, rows, Sort.HISTORY).lines
