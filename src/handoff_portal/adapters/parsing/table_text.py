"""Tables as text (RFC 4180 and what people make of it): dialect found out, rows streamed. Pure."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from charset_normalizer import from_bytes
from typing_extensions import override

from handoff_portal.adapters.parsing.wire import CannotRead

SAMPLE = 1 << 18
MOST_COLUMNS = 500
LONGEST_CELL = 131_072
SEPARATORS = (",", ";", "\t", "|", "^", "~", ":")
_ROWS = 200
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STATED = re.compile(r"\s*sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text writes its table.

    Attributes:
        encoding: Name of a Python codec; a byte-order mark is part of it.
        newline: What ends a row.
    """

    encoding: str
    separator: str
    quote: str = '"'
    newline: str = "\r\n"


def detect(start: bytes) -> Dialect:
    """The dialect of a table that begins like this."""
    encoding = _encoding(start)
    text = start.decode(encoding, _errors(encoding))
    separator, quote = _separator(text)
    lines = text.count("\n")
    newline = "\r\n" if text.count("\r\n") * 2 >= lines or not text else "\n" if lines else "\r"
    return Dialect(encoding, separator, quote, newline)


def read_rows(chunks: Iterable[bytes], start: bytes, dialect: Dialect) -> Iterator[list[str]]:
    """All rows as lists of cells; an empty line is an empty row.

    Args:
        chunks: What comes after `start`.

    Raises:
        CannotRead: A quotation mark is never closed, or the table has too many columns.
    """
    raw = io.BufferedReader(_Chunks(chain((start,), chunks)), 1 << 17)
    text = io.TextIOWrapper(raw, dialect.encoding, _errors(dialect.encoding), newline="")
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_fit(text), delimiter=dialect.separator, quotechar=dialect.quote)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if number == 1 and [cell.lower() for cell in row] == ["sep=", ""]:
                row.clear()
            elif len(row) > MOST_COLUMNS:
                raise CannotRead(f"Row {number} has more than {MOST_COLUMNS} columns.")
            yield row
    except csv.Error as error:
        raise CannotRead(
            f"Row {number + 1} has no end. Look for a quotation mark that is never closed."
        ) from error


def _fit(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield _UNFIT.sub("\ufffd", line) if _UNFIT.search(line) else line


def _encoding(start: bytes) -> str:
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if (wide := _wide(start)) is not None:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return _likeliest(start)
    return "utf-8"


def _errors(encoding: str) -> str:
    return "western" if encoding.startswith("utf-8") else "replace"


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is nothing."""
    even, odd = start[0:4000:2].count(0), start[1:4000:2].count(0)
    pairs = max(len(start[:4000]) // 2, 1)
    if odd > pairs * 0.4 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.4 and not odd else None


def _likeliest(start: bytes) -> str:
    best = from_bytes(start[: 1 << 16]).best()
    western = from_bytes(start[: 1 << 16], cp_isolation=["cp1252"]).best()
    if best is None or (western is not None and western.chaos <= best.chaos):
        return "cp1252"
    return best.encoding


def _separator(text: str) -> tuple[str, str]:
    """The separator and quote under which most rows have as many cells as the first."""
    if stated := _STATED.match(text):
        return stated[1], '"'
    sample = text if len(text) < SAMPLE // 4 else text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    quotes = ("'", '"') if sample.lstrip()[:1] == "'" else ('"',)
    scored = [(_score(sample, sep, quote), sep, quote) for quote in quotes for sep in SEPARATORS]
    best = max(scored, key=lambda each: each[0])
    return (best[1], best[2]) if best[0] > (0.0, 0) else (",", '"')


def _score(sample: str, separator: str, quote: str) -> tuple[float, int]:
    counts: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator, quotechar=quote):
            if any(cell.strip() for cell in row):
                counts.append(len(row))
            if len(counts) >= _ROWS:
                break
    except csv.Error:
        return (0.0, 0)
    widest = max(counts, default=0)
    if widest < len("ab"):
        return (0.0, 0)
    usual = max(set(counts), key=lambda count: (counts.count(count), count))
    if usual < len("ab"):
        return (0.0, 0)
    same = sum(count == usual for count in counts) / len(counts)
    first = 0.5 if counts[0] == usual else 0.0
    return (round(same + first, 2), usual)


class _Chunks(io.RawIOBase):
    """Chunks as a readable file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), memoryview(b"")

    @override
    def readable(self) -> bool:
        """Return True."""
        return True

    @override
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # narrower than the stub's Buffer
        """Fill the buffer with what comes next; 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no letters of the stated alphabet are read as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.start + 1]
    return stray.decode("cp1252", "replace"), error.start + 1


codecs.register_error("western", _western)
