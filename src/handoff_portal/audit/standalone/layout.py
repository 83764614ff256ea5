"""How a bundle is laid out, to the byte: written by the exporter, expected by the stand-alone verifier.

Python 3.8, standard library only, no imports of ours.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import struct
from typing import Any

# begin


FORMAT = "handoff-audit-bundle/1"
COLUMNS = ("at", "act", "out", "org", "own", "case", "cseq", "actor", "ip", "req", "sess", "d", "eid")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
MOST_IN_PLAIN_ZIP = 0xFFFE


def local_header(name: bytes, crc: int, size: int) -> bytes:
    """What stands before each file: no compression, 1 January 1980, no extras."""
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, crc, size, size, len(name), 0) + name


def central_header(name: bytes, crc: int, size: int, offset: int) -> bytes:
    """What the directory at the end says about a file."""
    numbers = (0x0314, 20, 0, 0, 0, 33, crc, size, size, len(name), 0, 0, 0, 0, 0o100644 << 16, offset)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *numbers) + name


def end_record(count: int, length: int, offset: int) -> bytes:
    """The end of the zip: where its directory is; in the long form for more than 65,534 files."""
    many = b""
    if count > MOST_IN_PLAIN_ZIP:
        many = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, offset)
        many += struct.pack("<4sLQL", b"PK\6\7", 0, offset + length, 1)
        count = 0xFFFF
    return many + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, offset, 0)


def table_head() -> bytes:
    """The first line of entries.csv."""
    return _table_line(("entry", *COLUMNS))


def table_line(index: int, parts: dict[str, Any]) -> bytes:
    """One event as a line of entries.csv; no cell can be taken for a formula."""
    cells = [str(index)]
    for name in COLUMNS:
        cell = parts.get(name, "")
        text = spelled(cell).decode() if isinstance(cell, dict) else str(cell)
        cells.append("'" + text if text.startswith(FORMULA_STARTS) else text)
    return _table_line(cells)


def _table_line(cells: Any) -> bytes:  # noqa: ANN401 - csv takes any row
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def spelled(value: Any) -> bytes:  # noqa: ANN401 - any JSON
    """JSON in the one spelling of the log."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry_line(index: int, leaf: bytes) -> bytes:
    """One event as a line of entries.jsonl."""
    return f'{{"i":{index},"leaf":"{base64.b64encode(leaf).decode()}"}}\n'.encode()


def proof_text(index: int, path: list[bytes], checkpoint: str) -> str:
    """An inclusion proof in the form c2sp.org/tlog-proof@v1."""
    hashes = "".join(base64.b64encode(step).decode() + "\n" for step in path)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{checkpoint}"


def manifest_note(origin: str, manifest: bytes) -> str:
    """What the log signs about a bundle; its first line keeps it apart from every checkpoint."""
    return f"{FORMAT}\n{origin}\n{hashlib.sha256(manifest).hexdigest()}\n"
