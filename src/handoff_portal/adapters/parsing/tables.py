"""Tables of strangers, read row by row in a confined child; see `table_child`.

Neither the file nor its rows are ever held as a whole here: chunks go in as fast as the child listens, blocks
of rows come out as fast as they are taken.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass

import msgspec

from handoff_portal.adapters.parsing.child import Bounds
from handoff_portal.adapters.parsing.pipe import Ended, Pipe, TooLate, TooLong
from handoff_portal.adapters.parsing.wire import BadFrame, CannotRead, Json, Wire

Cell = str | int | float
Block = list[list[Cell]]
Source = Callable[[], Iterable[bytes]]
"""Gives the bytes of a file in chunks, from the beginning each time it is called."""

MIB = 1 << 20
MOST_IN = 500 * MIB
_CHUNK = 1 << 17
_BOUNDS = Bounds(memory=1536 * MIB, cpu_each=300, cpu_life=300)
_MOST_OUT = 64 * MIB
_SILENCE = 60.0
_START = 30.0
_BLOCK = msgspec.msgpack.Decoder(Block)
_SMALLER = "Please send it in parts, or as CSV."


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What was found out about a file.

    Attributes:
        kind: `text`, `xlsx` or `xml`.
        encoding: Python codec of a text.
        sheet: The sheet that is read.
        sheets: All sheets that could be.
    """

    kind: str
    encoding: str = ""
    separator: str = ""
    quote: str = '"'
    newline: str = "\r\n"
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says about a file; empty is found out."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An open table; `blocks` can be taken once."""

    facts: TableFacts
    blocks: Iterator[Block]


@contextmanager
def open_table(
    chunks: Iterable[bytes], wanted: Wanted | None = None, bounds: Bounds = _BOUNDS
) -> Iterator[Table]:
    """Read a CSV or other delimited text, an XLSX workbook, or UBL documents.

    Taking the blocks, too, raises CannotRead when the file turns out to be damaged later on.

    Raises:
        CannotRead: The file is no table or breaks a limit; the message is a sentence for people.
    """
    with closing(Pipe([json.dumps(asdict(bounds))], _MOST_OUT, "table_child")) as child:
        answers = _answers(child, _outgoing(chunks, wanted or Wanted()))
        yield Table(_facts(next(answers).value), (_block(answer) for answer in answers))


def _outgoing(chunks: Iterable[bytes], wanted: Wanted) -> Iterator[bytes]:
    yield json.dumps(asdict(wanted)).encode()
    sent = 0
    for chunk in chunks:
        sent += len(chunk)
        if sent > MOST_IN:
            raise CannotRead(f"This file is larger than {MOST_IN // MIB} MiB. Please send it in parts.")
        for at in range(0, len(chunk), _CHUNK):
            yield chunk[at : at + _CHUNK]
    yield b""


def _answers(child: Pipe, outgoing: Iterator[bytes]) -> Iterator[Wire]:
    try:
        child.receive(_START)
        for answer in child.stream(outgoing, _SILENCE):
            if _is_end(answer):
                return
            yield answer
    except (BadFrame, LookupError, TypeError, ValueError) as error:
        raise CannotRead("This file could not be read and was left closed.") from error
    except TooLate as error:
        raise CannotRead(f"This file takes too long to read and was left closed. {_SMALLER}") from error
    except TooLong as error:
        what = "This file unfolds to more than can be kept and was left closed."
        raise CannotRead(f"{what} {_SMALLER}") from error
    except Ended as end:
        what = "takes too long to read" if end.out_of_time else "needs too much memory to read"
        raise CannotRead(f"This file {what} and was left closed. {_SMALLER}") from end


def _is_end(answer: Wire) -> bool:
    said = answer.value
    if not isinstance(said, dict):
        return False
    if said.get("end") is True:
        return True
    if isinstance(why := said.get("why"), str):
        raise CannotRead(why[:300])
    if limit := said.get("limit"):
        words = {"memory": "needs too much memory to read", "depth": "is nested too deeply"}
        mend = f" {_SMALLER}" if limit == "memory" else ""
        raise CannotRead(f"This file {words.get(str(limit), 'could not be read')} and was left closed.{mend}")
    return False


def _facts(said: Json) -> TableFacts:
    if not isinstance(said, dict):
        raise CannotRead("This file could not be read and was left closed.")
    sheets = said.get("sheets")
    texts = {name: str(said.get(name, "")) for name in ("kind", "encoding", "separator", "sheet")}
    return TableFacts(
        **texts,
        quote=str(said.get("quote") or '"'),
        newline=str(said.get("newline") or "\r\n"),
        sheets=tuple(str(each) for each in sheets) if isinstance(sheets, list) else (),
    )


def _block(answer: Wire) -> Block:
    """Some rows as they came, every cell checked: the child is not trusted."""
    try:
        (octets,) = answer.blobs
        return _BLOCK.decode(octets)
    except ValueError as error:
        raise CannotRead("This file could not be read and was left closed.") from error
