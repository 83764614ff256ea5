"""Tables in every dialect read back as they were written; what is no table gets a sentence."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.soundness import SOAK, rounds
from handoff_portal.adapters.parsing.child import Bounds
from handoff_portal.adapters.parsing.table_child import read
from handoff_portal.adapters.parsing.tables import Wanted, open_table
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.spreadsheets import workbook

T = TypeVar("T")
MIB = 1 << 20
LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff"
)
WORDS = st.text(st.sampled_from("abcXYZ 0123,;\t|\"'.-@€éß漢\n") | LETTERS, max_size=12)
HEADERS = st.lists(st.text("abcdefgh_", min_size=1, max_size=8), min_size=2, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    header = draw(HEADERS)
    width = st.lists(WORDS, min_size=len(header), max_size=len(header))
    return [header, *draw(st.lists(width, min_size=1, max_size=8))]


def rows_in(content: bytes, pieces: int = 4096, **options: str) -> list[list[object]]:
    chunks = (content[at : at + pieces] for at in range(0, len(content), pieces))
    said = read(chunks, options)
    next(said)
    return [row for block in said for row in block]  # type: ignore[union-attr, misc] # blocks are lists of rows


def rows_by_child(content: bytes, wanted: Wanted | None = None) -> list[list[object]]:
    with open_table([content], wanted) as table:
        return list(chain.from_iterable(table.blocks))  # type: ignore[arg-type] # cells are objects


@settings(max_examples=rounds(150))
@given(
    table=tables(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    newline=st.sampled_from(["\r\n", "\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    pieces=st.integers(1, 50),
)
def test_a_table_reads_back_the_same_in_every_dialect(
    table: list[list[str]], separator: str, quoting: int, newline: str, encoding: str, pieces: int
) -> None:
    if newline == "\r":  # this writer then leaves a lone line feed bare, which reads as an end
        quoting = csv.QUOTE_ALL
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=newline)  # type: ignore[arg-type]
    writer.writerows(table)
    if encoding == "utf-16-le":
        table = [[cell.encode("ascii", "replace").decode() for cell in row] for row in table]
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=newline).writerows(table)  # type: ignore[arg-type]
    assert rows_in(text.getvalue().encode(encoding), pieces) == table


@settings(max_examples=60)
@given(table=tables())
def test_a_workbook_reads_back_the_same(table: list[list[str]]) -> None:
    found = rows_in(workbook({"Sheet": table}))
    assert _trimmed(found, []) == _trimmed([_trimmed(row, "") for row in table], [])


def _trimmed(parts: list[T], nothing: object) -> list[T]:
    """The same without what is empty at its end."""
    while parts and parts[-1] == nothing:
        parts = parts[:-1]
    return parts


def test_numbers_days_and_texts_of_a_workbook_stay_what_they_are() -> None:
    assert rows_in(workbook({"A": [["ref", "amount"], ["007", 1234.5], ["8", 12]]})) == [
        ["ref", "amount"],
        ["007", 1234.5],
        ["8", 12],
    ]


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("Straße;Größe\nMüller;groß\n".encode("cp1252"), ["Straße", "Größe"]),
        (b"Name;Ort\n" + "Köln;x\n".encode("cp1252") * 3, ["Name", "Ort"]),
        (b"sep=;\na;b\n1;2\n", []),
        (b'a,b\n"x\ny",2\n', ["a", "b"]),
    ],
)
def test_what_people_send_is_understood(content: bytes, first: list[str]) -> None:
    found = rows_in(content)
    assert found[0] == first
    assert "\ufffd" not in str(found)


def test_a_stray_letter_of_windows_in_a_text_that_began_as_plain_is_read() -> None:
    content = b"name;town\n" + b"Miller;Cologne\n" * 40_000 + "Müller;Köln\n".encode("cp1252")
    assert rows_in(content)[-1] == ["Müller", "Köln"]


def test_the_child_says_the_same_as_the_reader_in_this_process() -> None:
    content = b"a;b\n" + b"".join(b"%d;x\n" % number for number in range(5000))
    assert rows_by_child(content) == rows_in(content)
    rows: list[list[str | int]] = [[str(number), number] for number in range(50)]
    book = workbook({"A": [["a", "b"], *rows]})
    assert rows_by_child(book) == rows_in(book)


def test_a_file_is_taken_no_faster_than_its_rows() -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        for _ in range(2000):
            given += 1
            yield b"a;b;c\n" * 5000

    with open_table(endless()) as table:
        next(table.blocks)
        assert given < 600


def zipped(members: dict[str, bytes]) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return octets.getvalue()


def linked() -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        link = zipfile.ZipInfo("xl/workbook.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return octets.getvalue()


NEST = b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><a>&b;</a>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00" * 100, "empty"),
        (b"%PDF-1.7 hello", "PDF"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old or protected"),
        (b"PK\x03\x04xl/ nothing", "damaged"),
        (b'a,b\n"never closed,2\n' + b"x,y\n" * 60_000, "never closed"),
        (b"a;" * 600 + b"\n", "500 columns"),
        (NEST, "no XML"),
        (b"<html></html>", "no UBL"),
        (zipped({"xl/workbook.xml": b"x", "xl/a": b"\x00" * 201_000_000}), "200 MB"),
        (zipped({"xl/workbook.xml": b"x", "xl/a": b"\x00" * 5_000_000}), "100 times"),
        (zipped({f"xl/{number}": b"" for number in range(1001)}), "1,000 files"),
        (zipped({"xl/workbook.xml": b"x", "../../etc/passwd": b"x"}), "outside itself"),
        (zipped({"xl/workbook.xml": b"x", "/etc/passwd": b"x"}), "outside itself"),
        (zipped({"xl/workbook.xml": b"x", "xl/inner.zip": b"x"}), "another archive"),
        (linked(), "link"),
    ],
)
def test_what_is_no_harmless_table_is_left_closed_with_a_reason(content: bytes, said: str) -> None:
    with pytest.raises(CannotRead, match=said):
        rows_in(content)


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    "{}</sheetData></worksheet>"
)


def with_sheet(sheet: str) -> bytes:
    """A small workbook with its sheet exchanged."""
    octets = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({"A": [["a"]]}))) as old,
        zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return octets.getvalue()


def test_a_workbook_of_two_hundred_thousand_ordinary_rows_is_read() -> None:
    places = range(12)
    rows = "".join(
        f'<row r="{n}"><c><v>{n}</v></c>'
        + "".join([f'<c t="str"><v>Cell {n * 7919 % 10**6 + at} of a row</v></c>' for at in places])
        + f"<c><v>{n}.5</v></c></row>"
        for n in range(1, 200_001)
    )
    with open_table([with_sheet(SHEET.format(rows))]) as table:
        counted = sum(len(block) for block in table.blocks)
    assert counted == 200_000


def test_what_is_too_large_as_a_workbook_is_told_how_to_be_sent() -> None:
    with pytest.raises(
        CannotRead, match=r"unfolds to 201 MB; at most 200 MB are opened\. Save the sheet as CSV"
    ):
        rows_in(zipped({"xl/workbook.xml": b"x", "xl/a": b"\x00" * 201_000_000}))
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="QA1048576"><v>1</v></c></row>'
    with (
        pytest.raises(CannotRead, match="in parts, or as CSV"),
        open_table([with_sheet(SHEET.format(far))]) as table,
    ):
        list(table.blocks)


def test_cells_far_apart_cost_the_child_and_not_the_portal() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    small = Bounds(memory=600 * MIB, cpu_each=20, cpu_life=20)
    with (
        pytest.raises(CannotRead, match=r"left closed|columns"),
        open_table([with_sheet(SHEET.format(far))], bounds=small) as table,
    ):
        list(table.blocks)


def test_a_formula_counts_as_the_value_it_had_and_is_never_computed() -> None:
    formula = '<row r="1"><c r="A1"><f>1+1</f><v>7</v></c><c r="B1" t="str"><f>CMD()</f><v>x</v></c></row>'
    assert rows_in(with_sheet(SHEET.format(formula))) == [[7, "x"]]


def test_a_named_sheet_is_read_and_an_unknown_one_refused() -> None:
    book = workbook({"First": [["a"]], "Second": [["b"]]})
    assert rows_in(book, sheet="Second") == [["b"]]
    with pytest.raises(CannotRead, match="no sheet"):
        rows_in(book, sheet="Third")


def broken(seeds: Iterable[bytes], rounds: int) -> Iterator[bytes]:
    """Files with bytes changed, cut, doubled."""
    chance = random.Random(7)  # noqa: S311 - repeatable
    for seed in seeds:
        for _ in range(rounds):
            content = bytearray(seed)
            for _ in range(chance.randint(1, 8)):
                at = chance.randrange(len(content))
                content[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
            yield bytes(content[: chance.randint(1, len(content))])


@pytest.mark.soak
def test_broken_files_are_read_or_refused_and_never_raise_anything_else() -> None:
    seeds = (
        b'a;b;c\n1;"x";3\n' * 20,
        workbook({"A": [["a", "b"], ["1", 2]]}),
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>1</ID></Invoice>',
    )
    for content in broken(seeds, 100 + 100 * SOAK):
        try:
            rows_in(content)
        except CannotRead:
            continue
