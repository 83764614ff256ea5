import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.adapters.parsing.media_type import kind_of
from parsing.corpus import DATED, PNG, winmail


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, "<xml/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n...", "PDF document"),
        (PNG, "PNG picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG picture"),
        (archive("[Content_Types].xml", "word/document.xml"), "Word document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook"),
        (archive("a/b.pdf"), "ZIP archive"),
        (DATED + b"\r\nhello", "mail"),
        (b"From a@x Mon Jan  2 10:00:00 2023\n" + DATED + b"\r\nhello", "mailbox"),
        (b"ref;amount\nA-1;10,00\nA-2;20,00\n", "table (CSV)"),
        (b"Hello, you.\nHow are you\n", "text"),
        ("Grüße".encode(), "text"),
        ("Grüße".encode("utf-16"), "text"),
        (b"<!DOCTYPE html><p>x", "web page"),
        (winmail(b"a", b"b", b"c"), "Outlook attachment bundle"),
        (b"", "file of another kind"),
        (bytes(range(256)), "file of another kind"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, words: str) -> None:
    kind = kind_of(content, "misleading.exe.pdf")
    assert kind.words == words
    assert kind.refusal is None


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 60, "invoice.pdf"),
        (b"\x7fELF" + b"\x00" * 60, "invoice.pdf"),
        (b"#!/bin/sh\nrm -rf /\n", "readme.txt"),
        (struct.pack(">II", 0xCAFEBABE, 52), "a.png"),
        (b"WScript.Echo(1)", "invoice.pdf.js"),
        (b"start", "run.BAT"),
        (b"start", "run.bat. "),
    ],
)
def test_a_program_is_refused_whatever_it_is_called(content: bytes, name: str) -> None:
    refusal = kind_of(content, name).refusal
    assert refusal is not None
    assert refusal.startswith("Programs are not accepted")


@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_have_a_kind(content: bytes, name: str) -> None:
    assert kind_of(content, name).words
