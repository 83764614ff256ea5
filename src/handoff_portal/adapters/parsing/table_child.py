"""The confined child that reads one table and streams its rows; see `child` for how it is confined.

Started by `tables` as `python -I -m handoff_portal.adapters.parsing.table_child BOUNDS`. It hears one frame
of options, then frames of the file, then an empty frame, and answers: "ready", what it found out about the
table, blocks of rows, and an end. Every answer is one frame of `wire`; the blob of a block is MessagePack.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

import msgspec

from handoff_portal.adapters.parsing import table_sheets, table_text, table_ubl
from handoff_portal.adapters.parsing.child import Bounds, confine, load_codecs
from handoff_portal.adapters.parsing.wire import FRAME, CannotRead, Json, Wire, pack

BLOCK = 1_000
MOST_ROWS = 1_048_576
MOST_AT_ONCE = 80_000_000
_BLOCK = msgspec.msgpack.Encoder()


def read(chunks: Iterable[bytes], options: dict[str, str]) -> Iterator[Json]:
    """What the child says about a file: first a dictionary about the table, then lists of rows.

    Args:
        options: `separator`, `encoding` and `sheet`, each may be missing.

    Raises:
        CannotRead: It is no table, is damaged, or breaks a limit.
    """
    stream = iter(chunks)
    start = _start(stream)
    kind = _kind(start)
    about, rows = _READERS[kind](start, stream, options)
    yield {**about, "kind": kind}
    number = 0
    while block := list(islice(rows, BLOCK)):
        number += len(block)
        if number > MOST_ROWS:
            raise CannotRead(f"This table has more than {MOST_ROWS:,} rows. Please send it in parts.")
        yield list(block)


def main(bounds: str) -> int:
    """Read one table; return the exit code."""
    load_codecs()
    for sample in (b"a;b\n1;2\n", b"caf\xe9;x\n" * 9, b"<a/>"):
        _try(sample)
    confine(Bounds(**json.loads(bounds)))
    _send(sys.stdout.buffer, "ready")
    frames = _frames(sys.stdin.buffer)
    try:
        for said in read(frames, json.loads(next(frames))):
            _send(sys.stdout.buffer, said)
        _send(sys.stdout.buffer, {"end": True})
    except CannotRead as finding:
        _send(sys.stdout.buffer, {"why": str(finding)})
    except MemoryError:
        _send(sys.stdout.buffer, {"limit": "memory"})
    except RecursionError:
        _send(sys.stdout.buffer, {"limit": "depth"})
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes provoke is an answer, not a crash
        _send(sys.stdout.buffer, {"limit": "form"})
    for _ in frames:
        pass  # the parent may still be talking
    return 0


def _start(stream: Iterator[bytes]) -> bytes:
    start = bytearray()
    while len(start) < table_text.SAMPLE and (chunk := next(stream, None)) is not None:
        start += chunk
    if not bytes(start).strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise CannotRead("This file is empty.")
    return bytes(start)


def _kind(start: bytes) -> str:
    if start.startswith(b"PK"):
        return "xlsx" if b"xl/" in start or b"[Content_Types]" in start else "xml"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise CannotRead("This is an old or protected Excel file. Please save it as .xlsx or .csv.")
    if start.startswith(b"%PDF"):
        raise CannotRead("This is a PDF. Please send the table itself, as .xlsx or .csv.")
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "xml" if head.startswith(b"<") else "text"


_Reader = tuple[dict[str, Any], Iterator[Any]]


def _text(start: bytes, stream: Iterator[bytes], options: dict[str, str]) -> _Reader:
    found = table_text.detect(start)
    dialect = table_text.Dialect(
        options.get("encoding") or found.encoding,
        options.get("separator") or found.separator,
        found.quote,
        found.newline,
    )
    about = {
        "encoding": dialect.encoding,
        "separator": dialect.separator,
        "quote": dialect.quote,
        "newline": dialect.newline,
    }
    return about, table_text.read_rows(stream, start, dialect)


def _sheet(start: bytes, stream: Iterator[bytes], options: dict[str, str]) -> _Reader:
    book = table_sheets.open_workbook(_whole(start, stream), options.get("sheet", ""))
    return {"sheet": book.sheet, "sheets": list(book.sheets)}, book.rows


def _documents(start: bytes, stream: Iterator[bytes], _: dict[str, str]) -> _Reader:
    return {}, table_ubl.read_documents(_whole(start, stream))


_READERS = {"text": _text, "xlsx": _sheet, "xml": _documents}


def _whole(start: bytes, stream: Iterator[bytes]) -> bytes:
    whole = bytearray()
    for chunk in chain((start,), stream):
        whole += chunk
        if len(whole) > MOST_AT_ONCE:
            raise CannotRead(f"This file is larger than {MOST_AT_ONCE // 10**6} MB. Please send it as CSV.")
    return bytes(whole)


def _try(sample: bytes) -> None:
    try:
        for _ in read(iter((sample,)), {}):
            pass
    except CannotRead:
        return


def _frames(stream: BinaryIO) -> Iterator[bytes]:
    """Frames until an empty one or the end."""
    while len(head := stream.read(FRAME.size)) == FRAME.size and (length := FRAME.unpack(head)[0]):
        yield stream.read(length)


def _send(stream: BinaryIO, value: Json) -> None:
    body = pack(Wire(None, (_BLOCK.encode(value),)) if isinstance(value, list) else Wire(value))
    stream.write(FRAME.pack(len(body)) + body)
    stream.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
