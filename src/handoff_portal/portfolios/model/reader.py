"""What a reader of portfolio files is, as the worker calls it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from handoff_portal.portfolios.model.account import Batch, Problem, Summary
from handoff_portal.portfolios.model.heaps import Counts, Heap, Orphans, Plan

_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xml", ".dat", ".psv")
_HISTORY_WORDS = ("history", "communication", "contacts", "notes")


def is_zip(name: str) -> bool:
    """Whether a file is an archive of papers, by its name."""
    return name.lower().endswith(".zip")


def is_table(name: str) -> bool:
    """Whether a file is a table, by its name."""
    return name.lower().endswith(_TABLES)


def is_history(name: str) -> bool:
    """Whether a table tells what was said rather than accounts, by its name."""
    return any(word in name.lower() for word in _HISTORY_WORDS)


@dataclass(frozen=True, slots=True)
class Source:
    """One uploaded file, opened while it is read.

    Attributes:
        size: Bytes of the file.
        pieces: Begins anew at the first byte each time it is called; pieces are of any size.
    """

    name: str
    size: int
    pieces: Callable[[], Iterator[bytes]]

    def whole(self) -> bytes:
        """All of it, in memory."""
        return b"".join(self.pieces())


@dataclass(frozen=True, slots=True)
class Begins:
    """All questions are answered and the accounts follow, out of so many rows.

    Attributes:
        plan: How the heaps that follow are understood; None if batches follow.
    """

    rows: int
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Settles:
    """All heaps were given: what they came to is to be told before anything more is asked for."""

    tell: Callable[[Counts, Iterable[Orphans]], None]


@dataclass(frozen=True, slots=True)
class Asks:
    """The file cannot be read without an answer of the person; nothing was read for good.

    Attributes:
        questions: As the page wants them; sealed until they are shown.
    """

    questions: bytes


@dataclass(frozen=True, slots=True)
class Refuses:
    """The file is not taken at all, such as one whose control totals do not agree.

    Attributes:
        code: A short code for the log.
        problems: Why, for the person.
        summary: What the file came to, as far as it was read.
    """

    code: str
    problems: tuple[Problem, ...]
    summary: Summary | None = None


Part: TypeAlias = Begins | Heap | Settles | Batch | Summary | Asks | Refuses
Reader: TypeAlias = Callable[[Sequence[Source], bytes | None], Iterator[Part]]
"""Reads all files of a portfolio, given the answers of the person if there are any.

It may give one `Begins`, then batches in the order of the file, or heaps and one `Settles`, at last one
`Summary`; or one `Asks` or `Refuses`.
"""
