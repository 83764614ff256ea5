"""One cell by what its column holds."""

import re
from collections.abc import Callable
from datetime import date, datetime

from handoff_portal.core.money import minor_digits
from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.amounts import read_amount
from handoff_portal.portfolios.model.columns import Column, Kind
from handoff_portal.portfolios.model.dates import read_day, read_moment
from handoff_portal.portfolios.model.looks import FLAGS
from handoff_portal.portfolios.model.names import country_of, currency_of, language_of, region_of
from handoff_portal.portfolios.model.phones import read_phone
from handoff_portal.portfolios.model.quiet import read_times
from handoff_portal.portfolios.model.style import Style
from handoff_portal.portfolios.model.wrong import Wrong

Value = str | int | bool | date | datetime | tuple[str, ...] | None
Reader = Callable[[Cell, str, str], Value]
"""Reads a cell, given the currency and the country of its row."""

_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s.,;<>]+(?:\.[^@\s.,;<>]+)+")
_PARTS = re.compile(r"[;,\n]")
_NAME_PARTS = re.compile(r"[;|\n]")
_GUARDED = re.compile(r"'(?=[=+\-@\uff1d\uff0b\uff0d\uff20\t\r])")  # as `exports.guarded` writes them
ONE_LINE = 300
_MOST_REMINDERS = 99


def reader_of(column: Column, style: Style, *, cents: bool) -> Reader:
    """How to read the cells of a column; the reader raises Wrong."""
    if column.kind is Kind.AMOUNT:
        return _amounts(style, cents=cents)
    if column.kind in {Kind.DATE, Kind.MOMENT}:
        order = style.dates.get(column.name)
        read = read_day if column.kind is Kind.DATE else read_moment
        return _remembered(lambda cell, _, __: read(cell, order))
    if column.kind in {Kind.CHOICE, Kind.WAYS}:
        chosen = _choice if column.kind is Kind.CHOICE else _ways
        return _remembered(lambda cell, _, __: chosen(column, cell))
    if column.name == "preferred_language":
        return _remembered(lambda cell, _, __: language_of(as_text(cell)))
    if column.kind in _READERS:
        return _READERS[column.kind]
    return _text(column.longest)


def as_text(cell: Cell) -> str:
    """A cell as one would type it; a guard against formulas is taken off."""
    text = cell.strip() if isinstance(cell, str) else repr(cell)
    return _GUARDED.sub("", text, count=1) if text[:1] == "'" else text


def _text(longest: int) -> Reader:
    one_line = longest <= ONE_LINE

    def read(cell: Cell, _: str, __: str) -> Value:
        text = as_text(cell)
        if one_line and not text.isalnum():
            text = " ".join(text.split())
        if len(text) > longest:
            raise Wrong(f"This is {len(text)} characters long.", f"At most {longest} fit; please shorten it.")
        return text

    return read


def _amounts(style: Style, *, cents: bool) -> Reader:
    decimals = style.decimals

    def read(cell: Cell, currency: str, _: str) -> Value:
        digits = 0 if cents else minor_digits(currency)
        return read_amount(cell, currency, digits, decimals)

    return read


def _remembered(read: Reader) -> Reader:
    """The same reader, quick for what it has read before (the currency and country must not matter)."""
    known: dict[Cell, Value] = {}

    def remembered(cell: Cell, currency: str, country: str) -> Value:
        if cell in known:
            return known[cell]
        if len(known) > 1 << 15:
            known.clear()
        value = known[cell] = read(cell, currency, country)
        return value

    return remembered


def _choice(column: Column, cell: Cell) -> str:
    text = as_text(cell)
    found = column.choices.get(" ".join(text.casefold().split()))
    if found is None:
        words = ", ".join(dict.fromkeys(column.choices.values()))
        raise Wrong(f"“{text[:40]}” is none of the words for this.", f"Write one of: {words}.")
    return found


def _ways(column: Column, cell: Cell) -> tuple[str, ...]:
    """Ways of contact, each once."""
    parts = (part.strip() for part in _PARTS.split(as_text(cell)))
    return tuple(dict.fromkeys(_choice(column, part) for part in parts if part))


def _flag(cell: Cell, _: str, __: str) -> Value:
    text = as_text(cell)
    found = FLAGS.get(text.casefold())
    if found is None:
        raise Wrong(f"“{text[:40]}” is neither yes nor no.", "Write yes or no.")
    return found


def _emails(cell: Cell, _: str, __: str) -> Value:
    text = as_text(cell).lower()
    if _EMAIL.fullmatch(text):
        return (text,)
    found = [part.strip().removeprefix("mailto:") for part in _PARTS.split(text)]
    for part in found:
        if part and not _EMAIL.fullmatch(part):
            raise Wrong(f"“{part[:60]}” is no e-mail address.", "Write it like name@example.com.")
    return tuple(dict.fromkeys(part for part in found if part))


def _phones(cell: Cell, _: str, country: str) -> Value:
    text = as_text(cell)
    if ";" not in text and "," not in text and "\n" not in text:
        return (read_phone(text, country),)
    return tuple(dict.fromkeys(read_phone(part, country) for part in _PARTS.split(text) if part.strip()))


def _count(cell: Cell, _: str, __: str) -> Value:
    text = as_text(cell)
    if not (text.isascii() and text.isdigit() and len(text) < len("999") and int(text) <= _MOST_REMINDERS):
        raise Wrong(f"“{text[:40]}” is no number of reminders.", "Write a whole number, such as 3.")
    return int(text)


def _names(cell: Cell, _: str, __: str) -> Value:
    return tuple(
        dict.fromkeys(part.strip()[:200] for part in _NAME_PARTS.split(as_text(cell)) if part.strip())
    )


_READERS: dict[Kind, Reader] = {
    Kind.COUNTRY: _remembered(lambda cell, _, __: country_of(as_text(cell))),
    Kind.CURRENCY: _remembered(lambda cell, _, __: currency_of(as_text(cell))),
    Kind.REGION: lambda cell, _, country: region_of(country, as_text(cell)) if country else "",
    Kind.FLAG: _remembered(_flag),
    Kind.EMAIL: _emails,
    Kind.PHONE: _phones,
    Kind.COUNT: _count,
    Kind.NAMES: _names,
    Kind.TIMES: _remembered(lambda cell, _, __: read_times(as_text(cell))),
}
