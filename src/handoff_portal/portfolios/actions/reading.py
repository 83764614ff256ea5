"""A portfolio file into checked accounts, in batches, in bounded memory."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from handoff_portal.adapters.parsing.tables import Source, Wanted, open_table
from handoff_portal.core.money import written
from handoff_portal.portfolios.actions.following import Following
from handoff_portal.portfolios.actions.surveying import Survey, group_of, lines_of
from handoff_portal.portfolios.model import aim
from handoff_portal.portfolios.model.account import (
    Account,
    BadRow,
    Batch,
    Control,
    Problem,
    Severity,
    Sheet,
    Summary,
    Total,
)
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.grouping import bad_rows, make_account
from handoff_portal.portfolios.model.history import in_order, make_entry
from handoff_portal.portfolios.model.lines import HEADER_WITHIN, Layout, Line, Record
from handoff_portal.portfolios.model.mapping import Mapping as ColumnMapping
from handoff_portal.portfolios.model.rows import Row, RowReader
from handoff_portal.portfolios.model.style import Answers

AT_ONCE = 500
"""Accounts of a batch."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a person says that a file comes to.

    Attributes:
        rows: Rows with data; None is not said.
        totals: Open amounts in minor units by ISO 4217 code.
    """

    rows: int | None = None
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """One reading of a portfolio.

    Attributes:
        summary: Complete once all batches were taken.
        told: What was said about the history file.
    """

    source: Source
    survey: Survey
    answers: Answers
    history: tuple[Source, Survey] | None
    expected: Expected
    summary: Summary
    told: Answers
    _reader: RowReader = field(init=False)
    _said: RowReader = field(init=False)
    _totals: dict[str, Total] = field(default_factory=dict)
    _all: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        survey = self.survey
        constants = {**survey.mapping.constants, **self.answers.constants}
        style = survey.evidence.style(self.answers)
        self._reader = RowReader(survey.head.headers, survey.mapping, style, constants)
        headers = aim.HISTORY_HEADERS if survey.layout is Layout.AIM else survey.head.headers
        own = ColumnMapping({name: name for name in aim.HISTORY_HEADERS})
        self._said = RowReader(headers, own, style, {}, Sort.HISTORY)

    @property
    def refusal(self) -> Problem | None:
        """Why the whole file is refused: a stated sum differs from what was found. After all batches."""
        wrong = [control for control in self.summary.controls if not control.agrees]
        if not wrong:
            return None
        said = "; ".join(f"{c.name}: {c.stated} stated, {c.found} found" for c in wrong)
        what = f"The sums of this file do not agree ({said})."
        return Problem(0, "", "", what, "Nothing was taken. Please send the file again, complete.")

    def batches(self) -> Iterator[Batch]:
        """All accounts in the order in which their last row comes, then what the history file left over.

        Raises:
            CannotRead: The file is no table any more, or breaks a limit.
        """
        with ExitStack() as stack:
            following = None
            if self.history is not None:
                following = stack.enter_context(closing(Following(*self.history, self.told)))
            groups = self._groups()
            stack.callback(groups.close)
            while taken := list(islice(groups, AT_ONCE)):
                yield self._batch(taken, following)
            if following is not None:
                rest = following.rest()
                while problems := tuple(islice(rest, AT_ONCE)):
                    yield self._counted(Batch((), problems))
        self._finish()

    def _groups(self) -> Generator[list[Line], None, None]:
        """The lines of one account after the other, each as soon as all its lines are there."""
        facts, places = self.survey.facts, self.survey.mapping.places(self.survey.head.headers)
        waiting: dict[str, list[Line]] = {}
        with open_table(self.source(), Wanted(facts.encoding, facts.separator, facts.sheet)) as table:
            rows = chain.from_iterable(table.blocks)
            first = list(islice(rows, HEADER_WITHIN))
            for line in lines_of(table.facts, first, rows, Sort.PORTFOLIO).lines:
                group = group_of(line, places)
                if not group or self.survey.counts.get(group) == 1:
                    yield [line]
                    continue
                found = waiting.setdefault(group, [])
                found.append(line)
                if len(found) >= self.survey.counts.get(group, 0):
                    yield waiting.pop(group)
        yield from waiting.values()

    def _batch(self, groups: list[list[Line]], following: Following | None) -> Batch:
        accounts: list[Account] = []
        problems: list[Problem] = []
        bad: list[BadRow] = []
        for lines in groups:
            rows = [self._row(line) for line in lines if line.record is not Record.HISTORY]
            said = [line for line in lines if line.record is Record.HISTORY]
            account, wrong = make_account(self._reader, rows) if rows else (None, [_orphan(said[0])])
            self._count_all(rows)
            if account is None:
                bad += bad_rows(rows, wrong) + tuple(map(_said_too, said))
            else:
                account = self._with_history(account, said, following, wrong)
                accounts.append(account)
            problems += wrong
        return self._counted(Batch(tuple(accounts), tuple(problems), tuple(bad)))

    def _row(self, line: Line) -> Row:
        row = self._reader.read(line.number, line.cells)
        row.cells, row.part = line.raw, line.record is Record.PART
        return row

    def _with_history(
        self, account: Account, said: list[Line], following: Following | None, problems: list[Problem]
    ) -> Account:
        entries = []
        for line in said:
            entry, wrong = make_entry(self._said, self._said.read(line.number, line.cells), account.time_zone)
            problems += [
                replace(problem, severity=Severity.WARNING, file=Sort.PORTFOLIO) for problem in wrong
            ]
            if entry is not None:
                entries.append(entry)
        if following is not None:
            more, wrong = following.take(account.content.creditor_reference, account.time_zone)
            problems += wrong
            entries += more
        return replace(account, history=in_order(entries)) if entries else account

    def _count_all(self, rows: list[Row]) -> None:
        """Every readable amount, good or not, for the sums that a person states."""
        if not self.expected.totals:
            return
        for row in rows:
            currency = str(row.account.get("currency", ""))
            said = {name: value for name, value in row.claim.items() if isinstance(value, int)}
            credit = row.claim.get("document_type") == "credit_note" and said.get("principal", 0) > 0
            still = said["outstanding"] if "outstanding" in said else said.get("principal", 0)
            still = -still if credit else still
            still -= 0 if "outstanding" in said else said.get("payments_to_date", 0)
            still += sum(said.get(name, 0) for name in ("interest", "fees", "costs"))
            self._all[currency] = self._all.get(currency, 0) + still

    def _counted(self, batch: Batch) -> Batch:
        for account in batch.accounts:
            currency, owed = account.content.currency, account.content.owed.total
            total = self._totals.get(currency, Total())
            self._totals[currency] = Total(
                accounts=total.accounts + 1,
                claims=total.claims + len(account.content.claims),
                asked=total.asked + owed,
                open=total.open + owed - account.content.terms.payments_to_date,
            )
        errors = sum(problem.severity is Severity.ERROR for problem in batch.problems)
        was = self.summary
        self.summary = replace(
            was,
            accounts=was.accounts + len(batch.accounts),
            bad_rows=was.bad_rows + len(batch.bad),
            errors=was.errors + errors,
            warnings=was.warnings + len(batch.problems) - errors,
            history=was.history + sum(len(account.history) for account in batch.accounts),
        )
        return batch

    def _finish(self) -> None:
        controls = list(self.survey.controls)
        if self.expected.rows is not None:
            controls.append(Control("rows", str(self.expected.rows), str(self.survey.rows)))
        for currency, minor in self.expected.totals.items():
            found = self._all.get(currency, 0)
            controls.append(
                Control(f"total in {currency}", written(minor, currency), written(found, currency))
            )
        self.summary = replace(self.summary, totals=dict(self._totals), controls=tuple(controls))


def _orphan(line: Line) -> Problem:
    what = "This tells of an account that the file does not have."
    return Problem(line.number, "", line.group, what, "Add the account, or leave this out.")


def _said_too(line: Line) -> BadRow:
    why = "This was said about an account that the file does not have, or that has to be mended."
    return BadRow(line.number, tuple(line.raw), (why,))


def read_portfolio(
    source: Source,
    survey: Survey,
    answers: Answers | None = None,
    history: tuple[Source, Survey] | None = None,
    expected: Expected | None = None,
    history_answers: Answers | None = None,
) -> Reading:
    """Read a surveyed file into accounts; take `batches()`, then look at `summary` and `refusal`.

    Cells that an open question leaves unclear are problems of their rows; nothing is guessed.

    Args:
        source: Opened anew; it must give the bytes that were surveyed.
        history: The history file and its survey (`Sort.HISTORY`).
        expected: Sums that must agree with what is found.
        history_answers: What was said about the history; if nothing was, the same as about the accounts.
    """
    mapping = survey.mapping.encode()
    facts = survey.facts
    sheet = Sheet(
        facts.kind, facts.encoding, facts.separator, facts.newline, facts.sheet, survey.head.headers
    )
    summary = Summary(survey.layout.value, mapping, rows=survey.rows, sheet=sheet)
    answers = answers or Answers()
    told = history_answers or answers
    return Reading(source, survey, answers, history, expected or Expected(), summary, told)
