"""The reader that the worker uses: which file is what, and every answer of the person taken into account."""

from collections.abc import Iterator, Sequence

from handoff_portal.adapters.parsing.tables import Source as Pieces
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.portfolios.actions.reading import Expected, read_portfolio
from handoff_portal.portfolios.actions.surveying import Survey, survey
from handoff_portal.portfolios.model.account import Batch, Problem, Severity, Summary
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.mapping import Mapping
from handoff_portal.portfolios.model.reader import (
    Asks,
    Begins,
    Part,
    Refuses,
    Source,
    is_history,
    is_table,
    is_zip,
)
from handoff_portal.portfolios.model.said import Asked, Said


def read_files(sources: Sequence[Source], answers: bytes | None) -> Iterator[Part]:
    """Read the accounts of a portfolio and, if there is one, its history file.

    ZIP files are read elsewhere (`bundling`); without a table beside them they are papers of existing cases.
    Other files are named in a warning: nothing is dropped without a word.
    """
    said = Said.decode(answers) if answers else Said()
    tables = [one for one in sources if is_table(one.name)]
    history = next((one for one in tables if len(tables) > 1 and is_history(one.name)), None)
    accounts = next((one for one in tables if one is not history), None)
    if accounts is None and any(is_zip(one.name) for one in sources):
        yield Summary("papers", "{}")
        return
    if accounts is None:
        yield Refuses("no_table", (_problem("There is no table of accounts.", "Add a CSV or XLSX file."),))
        return
    others = [one for one in sources if one not in (accounts, history) and not is_zip(one.name)]
    try:
        yield from _read(accounts, history, said, others)
    except CannotRead as error:
        yield Refuses("unreadable", (_problem(str(error), ""),))


def _read(accounts: Source, history: Source | None, said: Said, others: list[Source]) -> Iterator[Part]:
    looked = survey(accounts.pieces, _mapping(said.mapping), remembered=_mapping(said.remembered))
    asked = looked.questions(said.answers)
    if asked or looked.missing or said.look:
        yield Asks(_asked(accounts.name, looked, said).encode())
        return
    beside = _history(history, said)
    if history is not None and beside is not None and _is_unclear(beside[1], said):
        yield Asks(_asked(history.name, beside[1], said).encode())
        return
    expected = Expected(said.rows, dict(said.totals))
    reading = read_portfolio(accounts.pieces, looked, said.answers, beside, expected, said.history_answers)
    notes = tuple(looked.notes) + tuple(map(_unread, others))
    if notes:
        yield Batch((), notes)
    yield Begins(looked.rows, reading.plan)
    yield from reading.parts()
    if reading.refusal is not None:
        yield Refuses("totals", (reading.refusal,), reading.summary)
    else:
        yield reading.summary


def _history(history: Source | None, said: Said) -> tuple[Pieces, Survey] | None:
    if history is None:
        return None
    mapping, remembered = _mapping(said.history_mapping), _mapping(said.remembered_history)
    return history.pieces, survey(history.pieces, mapping, sort=Sort.HISTORY, remembered=remembered)


def _is_unclear(history: Survey, said: Said) -> bool:
    return bool(history.questions(said.history_answers) or history.missing or said.look_history)


def _asked(name: str, looked: Survey, said: Said) -> Asked:
    answers = said.history_answers if looked.sort is Sort.HISTORY else said.answers
    return Asked(
        file=name,
        headers=tuple(looked.head.headers),
        proposal=looked.proposal,
        mapping=looked.mapping.encode(),
        questions=tuple(looked.questions(answers)),
        missing=tuple(column.name for column in looked.missing),
        sort=looked.sort,
    )


def _mapping(text: str) -> Mapping | None:
    return Mapping.decode(text) if text else None


def _unread(source: Source) -> Problem:
    what = f"“{source.name}” is no table, so nothing was read from it."
    return _problem(what, "Add its papers to the cases once they are there.", Severity.WARNING)


def _problem(what: str, mend: str, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(0, "", "", what, mend, severity)
