"""Which column of a file is which: proposed from headers and contents, decided by a person, remembered."""

import json
import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.columns import COLUMNS, WRONG, Column, Kind, Sort
from handoff_portal.portfolios.model.looks import share_that_fits

SURE = 0.9
LEAST = 0.45
_SHOWN = 3
_MARKS = re.compile(r"[^\w]+|_+", re.UNICODE)
_ASIDE = re.compile(r"[(\[].*?[)\]]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where the canonical columns stand in the files of a business.

    Attributes:
        columns: Canonical name to header of the file.
        constants: Canonical name to what holds for every row, where the file has no such column.
        cents: Whether amounts are whole minor units.
    """

    columns: Map[str, str]
    constants: Map[str, str] = field(default_factory=dict)
    cents: bool = False

    def encode(self) -> str:
        """As remembered: JSON."""
        said = {"columns": dict(self.columns), "constants": dict(self.constants), "cents": self.cents}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @classmethod
    def decode(cls, text: str) -> "Mapping":
        """The reverse of `encode`. Raises ValueError for anything else."""
        said = json.loads(text)
        if not isinstance(said, dict) or not all(
            isinstance(said.get(k, {}), dict) for k in ("columns", "constants")
        ):
            raise ValueError("a mapping is an object with columns and constants")
        known = {name for columns in COLUMNS.values() for name in columns}
        columns, constants = (
            {str(name): str(value) for name, value in said.get(part, {}).items() if name in known}
            for part in ("columns", "constants")
        )
        return cls(columns, constants, said.get("cents") is True)

    def places(self, headers: Sequence[str]) -> dict[str, int]:
        """Canonical name to index in this file, for the headers that it has."""
        found: dict[str, int] = {}
        for index, header in enumerate(headers):
            found.setdefault(_folded(header), index)
        return {
            name: found[_folded(header)] for name, header in self.columns.items() if _folded(header) in found
        }


@dataclass(frozen=True, slots=True)
class Match:
    """One column of the file and what it seems to be.

    Attributes:
        column: Canonical name; empty if nothing fits.
        confidence: 0 to 1.
        samples: The first few different values.
    """

    index: int
    header: str
    column: str
    confidence: float
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to be looked at, and every column of the file with its samples."""

    mapping: Mapping
    matches: tuple[Match, ...]


def propose_mapping(
    headers: Sequence[str], sample_rows: Sequence[Sequence[Cell]], sort: Sort = Sort.PORTFOLIO
) -> Proposal:
    """What the columns seem to be: each canonical column at most once, the surest first."""
    samples = [_samples(sample_rows, index) for index in range(len(headers))]
    scored = sorted(
        (
            (score, -index, column.name)
            for index, header in enumerate(headers)
            if _folded(header) != _folded(WRONG)
            for column in COLUMNS[sort].values()
            if (score := _score(header, column, samples[index])) >= LEAST
        ),
        key=lambda each: (-each[0], -each[1]),
    )
    chosen: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for score, place, name in scored:
        if -place not in chosen and name not in taken:
            chosen[-place] = (name, score)
            taken.add(name)
    matches = tuple(
        Match(index, header, *chosen.get(index, ("", 0.0)), samples[index][:_SHOWN])
        for index, header in enumerate(headers)
    )
    return Proposal(Mapping({m.column: m.header for m in matches if m.column}), matches)


def header_score(header: str, sort: Sort = Sort.PORTFOLIO) -> float:
    """How surely this is the header of some canonical column, 0 to 1."""
    return max(
        (_likeness(header, column.name, column.synonyms) for column in COLUMNS[sort].values()), default=0.0
    )


def _score(header: str, column: Column, samples: tuple[str, ...]) -> float:
    named = _likeness(header, column.name, column.synonyms)
    share = share_that_fits(column, samples)
    if share is None:
        return named
    if named < LEAST:
        telling = {Kind.EMAIL, Kind.CURRENCY} if samples else set()
        return 0.5 if column.kind in telling and share > SURE else 0.0
    return named * (0.4 + 0.6 * share)


@lru_cache(maxsize=65_536)
def _likeness(header: str, name: str, synonyms: tuple[str, ...]) -> float:
    text, plain = header.strip().casefold(), _plain(header)
    if not plain:
        return 0.0
    if text == name:
        return 1.0
    if text in synonyms:
        return 0.97 - 0.001 * synonyms.index(text)
    plains = [_plain(each) for each in (name, *synonyms)]
    if plain in plains:
        return 0.93
    if _plain(_ASIDE.sub("", header)) in plains:
        return SURE
    best = max(SequenceMatcher(None, plain, each).ratio() for each in plains if each)
    return 0.8 * best if best >= 0.86 else 0.0  # noqa: PLR2004 - a letter or two of difference


@lru_cache(maxsize=16_384)
def _plain(text: str) -> str:
    return _MARKS.sub(" ", _CAMEL.sub(" ", text)).strip().casefold()


def _folded(header: str) -> str:
    return " ".join(header.split()).casefold()


def _samples(rows: Sequence[Sequence[Cell]], index: int) -> tuple[str, ...]:
    said = (str(row[index]).strip() for row in rows if index < len(row))
    return tuple(dict.fromkeys(each[:60] for each in said if each))[:20]
