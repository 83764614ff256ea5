"""A long campaign against every parser: whatever is sent is read, or refused with a sentence.

A few rounds in every run; `make soak` tries twenty thousand broken files for each parser, and with ROUNDS=250
a hundred thousand.
"""

import io
import os
import random
import signal
import zipfile
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path

import pytest

from faults.soundness import SOAK
from handoff_portal.adapters.parsing.bundles import Bundle
from handoff_portal.adapters.parsing.mail import parse_mail
from handoff_portal.adapters.parsing.mbox import split_mbox
from handoff_portal.adapters.parsing.table_child import read
from handoff_portal.adapters.parsing.tables import TableFacts
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.spreadsheets import workbook
from handoff_portal.adapters.vault.seekable import Seekable
from handoff_portal.portfolios.actions.surveying import lines_of
from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.exports import template_rows
from handoff_portal.portfolios.model.grouping import bad_rows, make_account
from handoff_portal.portfolios.model.history import make_entry
from handoff_portal.portfolios.model.lines import HEADER_WITHIN, Line, Record
from handoff_portal.portfolios.model.mapping import Mapping, propose_mapping
from handoff_portal.portfolios.model.rows import Row, RowReader
from handoff_portal.portfolios.model.style import Style
from parsing.corpus import DATED, PNG, multipart, nested, winmail
from parsing.mutating import broken, broken_inside, died_on

ROUNDS = 60 + 400 * SOAK
FILES = Path(__file__).parent.parent / "portfolios" / "files"
SAID = Style()
MAILS = (
    DATED + b"\r\nHello,\r\nplease pay.\r\n",
    multipart(
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=",
        b'Content-Type: image/png; name="a.png"\r\nContent-Disposition: attachment\r\n\r\n' + PNG,
    ),
    multipart(b"Content-Type: text/html\r\n\r\n<p>Hello<br>you</p>", kind=b"alternative"),
    nested(3),
    multipart(
        b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + winmail(b"hi", b"a.txt", b"b")
    ),
    DATED.replace(b"Your invoice", b"=?iso-8859-1?q?R=FCckfrage?=") + b"\r\n\r\nx",
)


def a_zip() -> bytes:
    """Papers as people pack them."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("R-001/contract.pdf", "mails/1.eml", "Größe.txt", "empty/"):
            archive.writestr(name, b"%PDF-1.4 some words " * 40)
    return octets.getvalue()


def book() -> bytes:
    """The template as a workbook, with numbers and a second sheet."""
    rows = template_rows()
    return workbook({"Accounts": [*rows, [1, 2.5, *rows[1][2:]]], "Other": [["a"], ["b"]]})


def table(content: bytes) -> None:
    """Read a table and make accounts of its rows, as an upload would."""
    said = read((content[at : at + 4096] for at in range(0, len(content), 4096)), {})
    about = next(said)
    kind = str(about["kind"]) if isinstance(about, dict) else ""
    blocks = [block for block in said if isinstance(block, list)]
    rows: list[list[Cell]] = list(chain.from_iterable(blocks))  # type: ignore[arg-type] # blocks are lists of rows
    for sort in Sort:
        understand(TableFacts(kind), rows, sort)


def understand(facts: TableFacts, rows: list[list[Cell]], sort: Sort) -> None:
    """Everything that an upload does with rows once they are read."""
    found = lines_of(facts, rows[:HEADER_WITHIN], rows[HEADER_WITHIN:], sort)
    lines = list(found.lines)
    _ = found.controls()
    mapping = propose_mapping(found.head.headers, [line.cells for line in lines[:200]], sort).mapping
    assert Mapping.decode(mapping.encode()).columns == mapping.columns
    constants = {"currency": "USD", "country": "US", "debtor_type": "private", "channel": "email"}
    reader = RowReader(found.head.headers, mapping, SAID, constants, sort)
    for line in islice(lines, 60):
        look(reader, line, sort)


def look(reader: RowReader, line: Line, sort: Sort) -> None:
    """One row by itself; what is wrong names a row and says how to mend it."""
    if line.record is Record.HISTORY:
        return
    row: Row = reader.read(line.number, line.cells)
    if sort is Sort.HISTORY:
        _, problems = make_entry(reader, row, "Asia/Singapore")
    else:
        row.cells = line.raw
        account, problems = make_account(reader, [row])
        assert account is not None or bad_rows([row], problems)[0].reasons
    assert all(problem.row == line.number and problem.what for problem in problems)


def mail(content: bytes) -> None:
    """Read one mail."""
    parse_mail(content)


def mailbox(content: bytes) -> None:
    """Cut a mailbox into mails, and read the first few."""
    for octets in islice(split_mbox([content], most=100_000), 4):
        parse_mail(octets)


def archive(content: bytes) -> None:
    """Open an archive and unfold all that it admits to hold."""
    bundle = Bundle(Seekable(lambda start: iter([content[start:]]), len(content)))
    for member in bundle.members:
        if not member.trouble:
            try:
                for _ in bundle.pieces(member):
                    pass
            except CannotRead:
                continue


def files(*names: str) -> tuple[bytes, ...]:
    return tuple((FILES / name).read_bytes() for name in names)


def template_csv() -> bytes:
    return "\n".join(";".join(row) for row in template_rows()).encode()


CAMPAIGNS: dict[str, tuple[tuple[bytes, ...], Callable[[bytes], None]]] = {
    "csv": ((*files("aged-receivables.csv", "offene-posten.csv"), template_csv()), table),
    "aim": (files("aim-placement.csv"), table),
    "indebted": (files("indebted-accounts.csv"), table),
    "ubl": (files("invoice.xml", "credit-note.xml", "reminder.xml"), table),
    "xlsx": ((book(),), table),
    "eml": (MAILS, mail),
    "mbox": ((b"".join(b"From a@b Thu Jan  1 00:00:00 2026\n" + one + b"\n\n" for one in MAILS),), mailbox),
    "zip": ((a_zip(),), archive),
}
PACKED = frozenset({"xlsx", "zip"})


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", CAMPAIGNS)
def test_whatever_is_sent_is_read_or_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    seeds, parse = CAMPAIGNS[name]
    breaking = broken_inside if name in PACKED else broken
    chance = random.Random(0)  # noqa: S311 - repeatable

    def attempt(number: int) -> None:
        content = breaking(seeds, number, chance)
        try:
            parse(content)
        except CannotRead:
            return
        except Exception as error:
            where = tmp_path / f"{name}-{number}"
            where.write_bytes(content)
            (tmp_path / f"{name}-{number}.txt").write_text(repr(error), encoding="utf-8")
            raise

    died = list(died_on(attempt, range(ROUNDS)))
    why = {path.name: path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("*.txt"))[:5]}
    assert died == [], f"{len(died)} of {ROUNDS} broken files: {died[:10]}, {why}"


def test_a_file_that_ends_its_reader_is_told_and_the_next_are_tried() -> None:
    def attempt(number: int) -> None:
        if number == 3:
            raise ValueError(number)
        if number == 6:
            os.kill(os.getpid(), signal.SIGKILL)

    assert list(died_on(attempt, range(9))) == [3, 6]
