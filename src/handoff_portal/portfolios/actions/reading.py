"""A portfolio file into checked accounts, in batches, in bounded memory."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from handoff_portal.adapters.parsing.tables import Source, Wanted, open_table
from handoff_portal.core.money import written
from handoff_portal.portfolios.actions.following import Following, columns_of
from handoff_portal.portfolios.actions.surveying import Survey, group_of, lines_of, places_of_references
from handoff_portal.portfolios.actions.understanding import Understanding
from handoff_portal.portfolios.model import aim
from handoff_portal.portfolios.model.account import Batch, Control, Problem, Sheet, Summary
from handoff_portal.portfolios.model.cells import as_text
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.heaps import Columns, Counts, Group, Heap, Orphans, Plan
from handoff_portal.portfolios.model.lines import HEADER_WITHIN, Layout, Line
from handoff_portal.portfolios.model.mapping import Mapping as ColumnMapping
from handoff_portal.portfolios.model.reader import Settles
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
    _understanding: Understanding = field(init=False)
    _place: int = field(init=False)
    _counts: Counts = field(default_factory=Counts)
    _orphans: list[Orphans] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._understanding = Understanding(self.plan)
        places = self.survey.mapping.places(self.survey.head.headers)
        self._place = places.get("creditor_reference", -1)

    @property
    def plan(self) -> Plan:
        """How its rows are understood."""
        survey, accounts = self.survey, columns_of(self.survey, self.answers)
        headers = aim.HISTORY_HEADERS if survey.layout is Layout.AIM else survey.head.headers
        own = ColumnMapping({name: name for name in aim.HISTORY_HEADERS})
        return Plan(
            accounts,
            Columns(headers, own, accounts.style),
            columns_of(self.history[1], self.told) if self.history else None,
            bool(self.expected.totals),
        )

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
        for part in self.parts():
            match part:
                case Heap():
                    understood = self._understanding.of(part)
                    self.settle(understood.counts, understood.orphans)
                    yield understood.batch
                case Batch():
                    yield part
                case Settles():
                    continue

    def parts(self) -> Iterator[Heap | Settles | Batch]:
        """The same, for somebody else to understand: heaps, a request to settle them all, what is left over.

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
                yield Heap([self._group(group, lines, following) for group, lines in taken])
            yield Settles(self.settle)
            if following is not None:
                rest = following.rest(self._orphans)
                while problems := tuple(islice(rest, AT_ONCE)):
                    self._counts.warnings += len(problems)
                    yield Batch((), problems)
        self._finish()

    def settle(self, counts: Counts, orphans: Iterable[Orphans]) -> None:
        """Take what heaps came to."""
        self._counts.add(counts)
        self._orphans.extend(orphans)

    def _groups(self) -> Generator[tuple[str, list[Line]], None, None]:
        """The lines of one account after the other, each as soon as all its lines are there."""
        facts = self.survey.facts
        places = places_of_references(self.survey.mapping.places(self.survey.head.headers))
        waiting: dict[str, list[Line]] = {}
        counts = self.survey.counts
        with open_table(self.source(), Wanted(facts.encoding, facts.separator, facts.sheet)) as table:
            rows = chain.from_iterable(table.blocks)
            first = list(islice(rows, HEADER_WITHIN))
            for line in lines_of(table.facts, first, rows, Sort.PORTFOLIO).lines:
                group = group_of(line, places)
                if not group or counts.get(group) == 1:
                    yield group, [line]
                    continue
                found = waiting.setdefault(group, [])
                found.append(line)
                if len(found) >= counts.get(group, 0):
                    yield group, waiting.pop(group)
        yield from waiting.items()

    def _group(self, group: str, lines: list[Line], following: Following | None) -> Group:
        if following is None:
            return Group(group, lines, [])
        place = self._place
        plain = -1 < place < len(lines[0].cells) and not lines[0].group and as_text(lines[0].cells[place])
        key = group if plain else self._understanding.key_of(lines)
        return Group(key, lines, following.take(key))

    def _finish(self) -> None:
        found, controls = self._counts, list(self.survey.controls)
        if self.expected.rows is not None:
            controls.append(Control("rows", str(self.expected.rows), str(self.survey.rows)))
        for currency, minor in self.expected.totals.items():
            amount = found.amounts.get(currency, 0)
            controls.append(
                Control(f"total in {currency}", written(minor, currency), written(amount, currency))
            )
        self.summary = replace(
            self.summary,
            accounts=found.accounts,
            bad_rows=found.bad_rows,
            errors=found.errors,
            warnings=found.warnings,
            history=found.history,
            totals=dict(found.totals),
            controls=tuple(controls),
        )


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
