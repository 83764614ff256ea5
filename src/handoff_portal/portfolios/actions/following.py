"""The rows of the history file, taken as the accounts come that they belong to."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import chain, islice

from handoff_portal.adapters.parsing.tables import Source, Wanted, open_table
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.portfolios.actions.surveying import Survey, group_of, lines_of
from handoff_portal.portfolios.model.account import Problem, Severity
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.history import in_order, make_entry
from handoff_portal.portfolios.model.lines import HEADER_WITHIN, Line
from handoff_portal.portfolios.model.rows import RowReader
from handoff_portal.portfolios.model.style import Answers


class Following:
    """The history file beside a portfolio; close it when the portfolio is read.

    It reads ahead only until an account has all its rows, so files in the same order need little memory.
    """

    def __init__(self, source: Source, survey: Survey, answers: Answers) -> None:
        self._survey = survey
        self._lines = _lines(source, survey)
        self._kept: dict[str, list[Line]] = {}
        self._places = survey.mapping.places(survey.head.headers)
        style = survey.evidence.style(answers)
        constants = {**survey.mapping.constants, **answers.constants}
        self._reader = RowReader(survey.head.headers, survey.mapping, style, constants, Sort.HISTORY)

    def take(self, reference: str, zone: str) -> tuple[tuple[HistoryEntry, ...], list[Problem]]:
        """What was said under a reference, oldest first, and what is wrong with those rows."""
        key = " ".join(reference.split()).casefold()
        entries: list[HistoryEntry] = []
        problems: list[Problem] = []
        for line in self._all(key):
            entry, wrong = make_entry(self._reader, self._reader.read(line.number, line.cells), zone)
            problems += wrong
            if entry is not None:
                entries.append(entry)
        return in_order(entries), problems

    def rest(self) -> Iterator[Problem]:
        """One problem for each reference under which rows belong to no account that was taken."""
        for line in self._lines:
            self._kept.setdefault(group_of(line, self._places), []).append(line)
        for reference, lines in self._kept.items():
            rows = "This row belongs" if len(lines) == 1 else f"These {len(lines)} rows of history belong"
            what = (
                f"{rows} to no good account of the portfolio." if reference else "The reference is missing."
            )
            mend = "Mend the account, or correct the reference." if reference else "Fill it in."
            found = self._reader.problem(lines[0].number, "creditor_reference", reference, what, mend)
            yield replace(found, severity=Severity.WARNING)
        self._kept.clear()

    def close(self) -> None:
        """End the reading of the file."""
        self._lines.close()

    def _all(self, key: str) -> list[Line]:
        wanted = self._survey.counts.get(key, 0)
        found = self._kept.pop(key, [])
        while len(found) < wanted and (line := next(self._lines, None)) is not None:
            group = group_of(line, self._places)
            if group == key:
                found.append(line)
            else:
                self._kept.setdefault(group, []).append(line)
        return found


def _lines(source: Source, survey: Survey) -> Generator[Line, None, None]:
    facts = survey.facts
    with open_table(source(), Wanted(facts.encoding, facts.separator, facts.sheet)) as table:
        rows = chain.from_iterable(table.blocks)
        first = list(islice(rows, HEADER_WITHIN))
        yield from lines_of(table.facts, first, rows, Sort.HISTORY).lines
