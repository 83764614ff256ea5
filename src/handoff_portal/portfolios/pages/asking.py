"""The form of the mapping and of what only a person can say: shown, and read."""

from dataclasses import dataclass, replace
from typing import Any

from handoff_portal.core.forms import Form
from handoff_portal.portfolios.model.amounts import Decimals
from handoff_portal.portfolios.model.columns import COLUMNS, Need, Sort
from handoff_portal.portfolios.model.dates import DateOrder
from handoff_portal.portfolios.model.mapping import SURE, Mapping, Match
from handoff_portal.portfolios.model.said import Asked, Said
from handoff_portal.web.portal import PortalRequest

_INSTEAD = {"principal": "outstanding", "debtor_name": "last_name"}


@dataclass(frozen=True, slots=True)
class Row:
    """One column of the file in the form.

    Attributes:
        field: Name of its select.
        sure: Whether the proposal is as good as certain.
    """

    field: str
    match: Match
    sure: bool


def context(request: PortalRequest, asked: Asked, said: Said) -> dict[str, Any]:
    """What the page of the questions shows; what was sent before stays."""
    mapping, columns = Mapping.decode(asked.mapping), COLUMNS[asked.sort]
    chosen = {index: name for name, index in mapping.places(asked.headers).items()}
    rows = [Row(field_of(match), match, match.confidence >= SURE) for match in asked.proposal.matches]
    first = {row.field: chosen.get(row.match.index, "") for row in rows}
    dates = said.history_dates if asked.sort is Sort.HISTORY else said.dates
    first |= {"dates": dates or "", "decimal": said.decimals or "", **said.constants}
    request.sent.fill(first)
    return {
        "asked": asked,
        "rows": rows,
        "choices": [
            (column.name, column.words + (" (needed)" if column.need is Need.MUST else ""))
            for column in columns.values()
        ],
        "missing": [columns[name] for name in asked.missing],
        "looks": said.look_history if asked.sort is Sort.HISTORY else said.look,
    }


def read(form: Form, asked: Asked, said: Said) -> Said:
    """The answers of the form, with what was said before. Raises Invalid."""
    columns = _read_columns(form, asked)
    constants = dict(said.constants)
    for question in asked.questions:
        typed = form.value(question.key)
        known = {value for value, _ in question.choices}
        if question.key in columns:
            continue  # a column of the file says it for each row
        if typed not in known:
            form.refuse(question.key, "Please choose one.")
        elif question.key in COLUMNS[asked.sort]:
            constants[question.key] = typed
    form.check()
    mapping = Mapping(columns, {}, Mapping.decode(asked.mapping).cents).encode()
    if asked.sort is Sort.HISTORY:
        dates = _order(form, said.history_dates)
        return replace(
            said, history_mapping=mapping, look_history=False, history_dates=dates, constants=constants
        )
    decimals = form.value("decimal")
    return replace(
        said,
        mapping=mapping,
        look=False,
        dates=_order(form, said.dates),
        decimals=Decimals(decimals) if decimals in set(Decimals) else said.decimals,
        constants=constants,
    )


def _order(form: Form, before: DateOrder | None) -> DateOrder | None:
    typed = form.value("dates")
    return DateOrder(typed) if typed in set(DateOrder) else before


def field_of(match: Match) -> str:
    """Name of the select of a column."""
    return f"column_{match.index}"


def _read_columns(form: Form, asked: Asked) -> dict[str, str]:
    columns: dict[str, str] = {}
    known = COLUMNS[asked.sort]
    for match in asked.proposal.matches:
        field = field_of(match)
        name = form.value(field)
        if not name:
            continue
        if name not in known:
            form.refuse(field, "This choice does not exist any more; choose again.")
        elif name in columns:
            words = known[name].words
            form.refuse(field, f"“{words}” is taken from “{columns[name]}” already. Choose one of the two.")
        else:
            columns[name] = match.header
    without = [name for name in asked.missing if name not in columns and _INSTEAD.get(name) not in columns]
    if without:
        words = " and ".join(f"“{known[name].words}”" for name in without)
        what = "account" if asked.sort is Sort.PORTFOLIO else "message"
        form.refuse("", f"No column is chosen for {words}, and every {what} needs that.")
    return columns
