"""Reviewed data: tables that a person has read and agreed to, compared with what the product does.

`PYTHONPATH=tests python -m security.reviewed` writes them anew; read the difference before committing.
"""

import csv
import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_WRITE = "HANDOFF_WRITE_REVIEWED"

Row = Mapping[str, str]


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """The rows as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def require_reviewed(name: str, found: Sequence[Row], keys: int) -> None:
    """Fail unless the file next to this module says what was found, row by row and cell by cell.

    Args:
        name: File name.
        found: What the product does; all rows have the same columns.
        keys: How many of the first columns name a row.
    """
    path = HERE / name
    if os.environ.get(_WRITE):
        path.write_text(text_of(found, list(found[0])), encoding="utf-8")
    known = rows_of(path)
    wrong = _differences(_by_key(known, keys), _by_key(found, keys))
    assert not wrong, f"{name} and the product differ ({len(wrong)}):\n" + "\n".join(wrong)


def _by_key(rows: Iterable[Row], keys: int) -> dict[tuple[str, ...], Row]:
    return {tuple(row.values())[:keys]: row for row in rows}


def _differences(known: Mapping[tuple[str, ...], Row], found: Mapping[tuple[str, ...], Row]) -> list[str]:
    wrong = [f"  not reviewed: {' '.join(key)}" for key in found if key not in known]
    wrong += [f"  no longer there: {' '.join(key)}" for key in known if key not in found]
    for key in found:
        for column, value in found[key].items():
            was = known.get(key, found[key]).get(column)
            if was != value:
                wrong.append(f"  {' '.join(key)}: {column}: reviewed {was!r}, found {value!r}")
    return wrong


if __name__ == "__main__":
    os.environ[_WRITE] = "1"
    sys.exit(pytest.main([str(HERE), "-q"]))
