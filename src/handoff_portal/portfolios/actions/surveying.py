"""The first look at a file: its kind, its columns, how it writes, and what only a person can say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice

from handoff_portal.adapters.parsing.tables import Source, TableFacts, Wanted, open_table
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.core.jurisdictions import country_choices
from handoff_portal.portfolios.model import aim
from handoff_portal.portfolios.model.account import Cell, Control, Problem, Severity
from handoff_portal.portfolios.model.cells import as_text, reader_of
from handoff_portal.portfolios.model.columns import COLUMNS, Column, Kind, Need, Sort
from handoff_portal.portfolios.model.grouping import REFERENCES
from handoff_portal.portfolios.model.lines import (
    HEADER_WITHIN,
    Head,
    Layout,
    Line,
    Record,
    find_head,
    plain_lines,
)
from handoff_portal.portfolios.model.mapping import Mapping, Proposal, propose_mapping, recalled
from handoff_portal.portfolios.model.style import Answers, Evidence, Question
from handoff_portal.portfolios.model.wrong import Wrong

_SAMPLES = 200
_ASKED = {
    "debtor_type": "Are the customers companies or private persons?",
    "country": "In which country are the customers?",
    "currency": "In which currency are the amounts?",
    "channel": "How were the customers contacted?",
}
_WAYS = {
    "call": "By phone",
    "email": "By e-mail",
    "sms": "By text message",
    "letter": "By letter",
    "visit": "By a visit",
    "meeting": "At a meeting",
    "portal": "In a customer portal",
    "messaging": "In a messaging app",
}
_INSTEAD = {
    "principal": ("outstanding",),
    "debtor_name": ("last_name",),
    "creditor_reference": REFERENCES[1:],
}


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first look at a whole file found; `read_portfolio` takes it from there.

    Attributes:
        proposal: Every column with its samples, as the page of the mapping shows them.
        mapping: What is used: the one given, else the proposed one.
        rows: Lines with data.
        counts: Lines by group, see `group_of`.
        notes: What is worth a look about the file as a whole.
    """

    sort: Sort
    facts: TableFacts
    head: Head
    proposal: Proposal
    mapping: Mapping
    rows: int
    counts: dict[str, int]
    evidence: Evidence
    controls: tuple[Control, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def layout(self) -> Layout:
        """Which kind of file it is."""
        return self.head.layout

    @property
    def missing(self) -> tuple[Column, ...]:
        """Needed columns that the file does not have and no single answer can stand for."""
        return tuple(column for column in self._absent() if column.name not in _ASKED)

    def questions(self, answers: Answers | None = None) -> tuple[Question, ...]:
        """What has to be said before the file can be read, given what was said already."""
        answers = answers or Answers()
        said = {**self.mapping.constants, **answers.constants}
        asked = [column for column in self._absent() if column.name in _ASKED and not _is_said(column, said)]
        constants = (Question(column.name, _ASKED[column.name], _choices(column)) for column in asked)
        return (*self.evidence.questions(answers), *constants)

    def _absent(self) -> Iterator[Column]:
        places = self.mapping.places(self.head.headers)
        for column in COLUMNS[self.sort].values():
            instead = _INSTEAD.get(column.name, ())
            if column.need is Need.MUST and not any(name in places for name in (column.name, *instead)):
                yield column


def survey(
    source: Source,
    mapping: Mapping | None = None,
    wanted: Wanted | None = None,
    sort: Sort = Sort.PORTFOLIO,
    remembered: Mapping | None = None,
) -> Survey:
    """Look through a whole file once.

    Args:
        mapping: As decided; columns that the file does not have are passed over.
        remembered: Of an earlier file; goes before what is proposed for the headers that it knows.

    Raises:
        CannotRead: The file is no table or breaks a limit.
    """
    with open_table(source(), wanted) as table:
        rows = chain.from_iterable(table.blocks)
        first = list(islice(rows, HEADER_WITHIN + _SAMPLES))
        lines = lines_of(table.facts, first, rows, sort)
        samples = [line.cells for line in first_lines(table.facts, first, sort)]
        proposal = recalled(_proposal(lines.head, samples, sort), remembered, lines.head.headers)
        mapping = _suited(mapping, proposal, lines.head)
        return _look(lines, proposal, mapping, table.facts, sort)


@dataclass(slots=True)
class Lines:
    """The lines of an open table.

    Attributes:
        controls: Gives what a trailer states; complete after all lines.
    """

    head: Head
    lines: Iterator[Line]
    controls: Callable[[], tuple[Control, ...]] = field(default=lambda: ())


def lines_of(facts: TableFacts, first: list[list[Cell]], rest: Iterable[list[Cell]], sort: Sort) -> Lines:
    """The lines of a table, in the layout that its first rows show."""
    rows = chain(first, rest)
    if facts.kind == "xml":
        head = Head(1, tuple(str(cell) for cell in first[0][1:]) if first else (), Layout.UBL)
        return Lines(head, _documents(rows))
    if sort is Sort.PORTFOLIO and aim.is_aim(first):
        reader = aim.AimReader()
        return Lines(Head(0, aim.HEADERS, Layout.AIM), reader.lines(rows), lambda: reader.controls)
    if aim.is_fixed_length(first):
        raise CannotRead(aim.FIXED_LENGTH)
    head = find_head(first, sort)
    return Lines(head, plain_lines(rows, head))


def first_lines(facts: TableFacts, first: list[list[Cell]], sort: Sort) -> list[Line]:
    """The first lines that speak of accounts, for proposals."""
    lines = lines_of(facts, first, (), sort).lines
    return [line for line in lines if line.record is not Record.HISTORY][:_SAMPLES]


def group_of(line: Line, places: Sequence[int]) -> str:
    """What brings the lines of an account together; empty if the line names nothing of the kind.

    Args:
        places: See `places_of_references`.
    """
    if line.group:
        return line.group
    cells = line.cells
    for place in places:
        if place < len(cells) and (text := _folded(cells[place])):
            return text
    return ""


def places_of_references(places: Map[str, int]) -> tuple[int, ...]:
    """Where the columns stand that bring lines together, the surest first."""
    return tuple(places[name] for name in REFERENCES if name in places)


@lru_cache(maxsize=64, typed=True)
def _folded(cell: Cell) -> str:
    """A reference as it is compared; it was often just asked: the lines of an account stand together."""
    return " ".join(as_text(cell).split()).casefold()


def _documents(rows: Iterable[list[Cell]]) -> Iterator[Line]:
    for number, row in enumerate(rows):
        if number:
            record = Record.HISTORY if row and row[0] == "history" else Record.CLAIM
            yield Line(number, row[1:], None, record)


def _proposal(head: Head, samples: list[list[Cell]], sort: Sort) -> Proposal:
    proposal = propose_mapping(head.headers, samples, sort)
    if head.layout is Layout.INDEBTED:
        return replace(proposal, mapping=replace(proposal.mapping, cents=True))
    return proposal


def _suited(mapping: Mapping | None, proposal: Proposal, head: Head) -> Mapping:
    """The mapping that was given, if this file has any of its columns."""
    if mapping is None or not mapping.columns:
        constants = mapping.constants if mapping else {}
        return replace(proposal.mapping, constants=constants)
    return mapping if mapping.places(head.headers) else replace(proposal.mapping, constants=mapping.constants)


def _look(lines: Lines, proposal: Proposal, mapping: Mapping, facts: TableFacts, sort: Sort) -> Survey:
    places = mapping.places(lines.head.headers)
    evidence = _evidence(places, sort, lines.head.layout)
    counts: dict[str, int] = {}
    references = places_of_references(places)
    for line in lines.lines:
        if line.record is not Record.HISTORY:
            evidence.look(line.cells)
        group = group_of(line, references)
        counts[group] = counts.get(group, 0) + 1
    notes = _notes(lines.head, places)
    return Survey(
        sort,
        facts,
        lines.head,
        proposal,
        mapping,
        sum(counts.values()),
        counts,
        evidence,
        lines.controls(),
        notes,
    )


def _evidence(places: dict[str, int], sort: Sort, layout: Layout) -> Evidence:
    columns = COLUMNS[sort]
    days = {at: name for name, at in places.items() if columns[name].kind in {Kind.DATE, Kind.MOMENT}}
    amounts = tuple(at for name, at in places.items() if columns[name].kind is Kind.AMOUNT)
    told = layout in {Layout.AIM, Layout.UBL}  # their standards say how numbers are written
    return Evidence({} if told else days, () if told else amounts)


def _notes(head: Head, places: dict[str, int]) -> tuple[Problem, ...]:
    if head.layout is not Layout.AIM or "due_date" not in places:
        return ()
    what = "Placement records have no due date; the day of the last charge stands for it."
    return (Problem(0, "last_charge", "", what, "Name a column due_date if you have it.", Severity.WARNING),)


def _is_said(column: Column, said: dict[str, str]) -> bool:
    text = said.get(column.name, "")
    try:
        return bool(text) and bool(
            reader_of(column, Evidence({}, ()).style(Answers()), cents=False)(text, "", "")
        )
    except Wrong:
        return False


def _choices(column: Column) -> tuple[tuple[str, str], ...]:
    if column.kind is Kind.COUNTRY:
        return tuple(country_choices())
    words = {"company": "Companies", "private": "Private persons"} | _WAYS
    return tuple((meant, words.get(meant, meant)) for meant in dict.fromkeys(column.choices.values()))
