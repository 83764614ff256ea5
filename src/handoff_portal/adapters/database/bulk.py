"""Columns of many rows as one parameter each, in PostgreSQL's binary array form.

`insert … select … from unnest(%(ids)s, %(names)s)` takes thousands of rows in one statement. psycopg would
adapt every element on its own; here a column is joined in one go, which costs a tenth. (COPY is no way:
PostgreSQL refuses COPY FROM on tables with row-level security.)

Source: array_recv and the receive functions of uuid, bytea, text, int8, date and timestamptz in PostgreSQL.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from typing_extensions import override

_HEAD, _NONE = struct.Struct("!iiIii"), struct.Struct("!iiI")
_LENGTH = struct.Struct("!i")
_EIGHT, _FOUR = struct.Struct("!iq"), struct.Struct("!ii")
_NULL = b"\xff\xff\xff\xff"
_UUID = b"\x00\x00\x00\x10"
_T = TypeVar("_T")
_FIRST_DAY = date(2000, 1, 1).toordinal()
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


class Column:
    """A column of values as the bytes of a PostgreSQL array; made by the functions below."""

    __slots__ = ("octets",)
    element: ClassVar[int]
    array: ClassVar[int]

    def __init__(self, elements: Iterable[bytes], count: int, *, nulls: bool = False) -> None:
        """Join elements that carry their lengths."""
        head = (1, nulls, self.element, count, 1)
        self.octets = b"".join((_HEAD.pack(*head) if count else _NONE.pack(0, 0, self.element), *elements))

    def __len__(self) -> int:
        return len(self.octets)


class _Uuids(Column):
    element, array = 2950, 2951


class _Octets(Column):
    element, array = 17, 1001


class _Texts(Column):
    element, array = 25, 1009


class _Numbers(Column):
    element, array = 20, 1016


class _Flags(Column):
    element, array = 16, 1000


class _Days(Column):
    element, array = 1082, 1182


class _Moments(Column):
    element, array = 1184, 1185


def uuids(values: Sequence[UUID | None]) -> Column:
    """A uuid[]."""
    known = [v.int.to_bytes(16, "big") for v in values if v is not None]
    if known and len(known) == len(values):
        return _Uuids((_UUID, _UUID.join(known)), len(known))
    parts = [_NULL if v is None else _UUID + v.int.to_bytes(16, "big") for v in values]
    return _Uuids(parts, len(parts), nulls=True)


def octets(values: Sequence[bytes | None]) -> Column:
    """A bytea[]."""
    pack = _LENGTH.pack
    parts: list[bytes] = []
    add = parts.append
    for value in values:  # most of them are long, so each is copied only once, into the whole
        if value is None:
            add(_NULL)
        else:
            add(pack(len(value)))
            add(value)
    return _Octets(parts, len(values), nulls=True)


def texts(values: Sequence[str | None]) -> Column:
    """A text[], also of members of a StrEnum: reading their `value` would cost more than writing them.

    The character that PostgreSQL cannot store (U+0000) makes the statement fail.
    """

    def written(value: str) -> bytes:
        octets = value.encode()
        return _LENGTH.pack(len(octets)) + octets

    return _Texts(_each(values, written), len(values), nulls=True)


def numbers(values: Sequence[int | None]) -> Column:
    """A bigint[]; smaller columns take it with a cast."""
    pack = _EIGHT.pack
    return _Numbers([_NULL if v is None else pack(8, v) for v in values], len(values), nulls=True)


def flags(values: Sequence[bool]) -> Column:
    """A boolean[]."""
    return _Flags([b"\x00\x00\x00\x01\x01" if v else b"\x00\x00\x00\x01\x00" for v in values], len(values))


def days(values: Sequence[date | None]) -> Column:
    """A date[]."""
    pack = _FOUR.pack
    return _Days(_each(values, lambda v: pack(4, v.toordinal() - _FIRST_DAY)), len(values), nulls=True)


def moments(values: Sequence[datetime | None]) -> Column:
    """A timestamptz[] of aware times, to the microsecond."""
    pack = _EIGHT.pack
    return _Moments(_each(values, lambda v: pack(8, _microseconds(v))), len(values), nulls=True)


def _each(values: Sequence[_T | None], written: Callable[[_T], bytes]) -> list[bytes]:
    """Elements of a column; values that stand there often, as in most columns, are written once."""
    known = {value: _NULL if value is None else written(value) for value in set(values)}
    return [known[value] for value in values]


def _microseconds(moment: datetime) -> int:
    since = moment - _FIRST_MOMENT
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def columns(
    shape: Sequence[tuple[str, Callable[[Any], Column]]], rows: Sequence[Sequence[Any]]
) -> dict[str, Column]:
    """Rows turned into columns by name.

    Args:
        shape: Name of each column and which of the functions above makes it, in the order of the rows.
        rows: At least one.
    """
    return {name: make(values) for (name, make), values in zip(shape, zip(*rows, strict=True), strict=True)}


def filled(
    statement: str, shape: Sequence[tuple[str, Callable[[Any], Column]]], rows: Sequence[Sequence[Any]]
) -> tuple[str, dict[str, Column]]:
    """A statement with its rows; a column in which all rows say the same travels as one value.

    Args:
        statement: `insert into … select {values}, … {source}`.
        shape: As for `columns`; the first column is spread over rows whatever it says.
        rows: At least one.
    """
    sent: dict[str, Column] = {}
    values: list[str] = []
    spread: list[str] = []
    for (name, make), cells in zip(shape, zip(*rows, strict=True), strict=True):
        if spread and cells[0] == cells[-1] and cells.count(cells[0]) == len(cells):
            sent[name] = make(cells[:1])
            values.append(f"(%({name})s)[1]")
        else:
            sent[name] = make(cells)
            values.append(f"t.{name}")
            spread.append(name)
    arrays = ", ".join(f"%({name})s" for name in spread)
    source = f"from unnest({arrays}) as t({', '.join(spread)})"
    return statement.format(values=", ".join(values), source=source), sent


class _ColumnDumper(Dumper):
    format = Format.BINARY

    @override
    def dump(self, obj: Column) -> Buffer:
        return obj.octets


def _register() -> None:
    for kind in (_Uuids, _Octets, _Texts, _Numbers, _Flags, _Days, _Moments):
        dumper = type(f"{kind.__name__}Dumper", (_ColumnDumper,), {"oid": kind.array})
        psycopg.adapters.register_dumper(kind, dumper)


_register()
