"""Which column of a file is which: proposed from headers and contents, decided by a person, remembered."""

import json
import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache

from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.columns import COLUMNS, WRONG, Column, Kind, Sort
from handoff_portal.portfolios.model.looks import share_that_fits

SURE = 0.9
LEAST = 0.45
_SHOWN = 3
LONGEST_HEADER = 80
_TELLING = frozenset({Kind.EMAIL, Kind.CURRENCY})
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
    likeness = [_likeness(header, sort) for header in headers]
    scored = sorted(
        (
            (score, -index, column.name)
            for index, header in enumerate(headers)
            if _folded(header) != _folded(WRONG)
            for column in COLUMNS[sort].values()
            if (score := _score(likeness[index].get(column.name, 0.0), column, samples[index])) >= LEAST
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


def recalled(proposal: Proposal, remembered: Mapping | None, headers: Sequence[str]) -> Proposal:
    """The same proposal, where headers that a business decided about before are what it said then."""
    known = remembered.places(headers) if remembered else {}
    if not known:
        return proposal
    said = {index: name for name, index in known.items()}
    matches = tuple(
        replace(match, column=said[match.index], confidence=1.0)
        if match.index in said
        else replace(match, column="" if match.column in known else match.column)
        for match in proposal.matches
    )
    columns = {match.column: match.header for match in matches if match.column}
    return Proposal(replace(proposal.mapping, columns=columns), matches)


def header_score(header: str, sort: Sort = Sort.PORTFOLIO) -> float:
    """How surely this is the header of some canonical column, 0 to 1."""
    return max(_likeness(header, sort).values(), default=0.0)


def _score(named: float, column: Column, samples: tuple[str, ...]) -> float:
    if not named and column.kind not in _TELLING:
        return 0.0
    share = share_that_fits(column, samples)
    if share is None:
        return named
    if not named:
        return 0.5 if share > SURE else 0.0
    return named * (0.4 + 0.6 * share) if named < 1 else 0.6 + 0.4 * share


def _likeness(header: str, sort: Sort) -> dict[str, float]:
    """Canonical columns that a header may name, and how surely."""
    return _likely(_folded(header)[:LONGEST_HEADER], header.strip()[:LONGEST_HEADER], sort)


@lru_cache(maxsize=4096)
def _likely(text: str, header: str, sort: Sort) -> dict[str, float]:
    exact, plains = _names(sort)
    if text in exact:
        return exact[text]
    plain = _plain(header)
    for candidate, most in ((plain, 0.93), (_plain(_ASIDE.sub("", header)), SURE)):
        if candidate in plains:
            return {name: most * score for name, score in plains[candidate].items()}
    found: dict[str, float] = {}
    for close in get_close_matches(plain, plains, n=3, cutoff=0.86):
        ratio = SequenceMatcher(None, plain, close).ratio()
        found |= {name: 0.8 * ratio * score for name, score in plains[close].items()}
    return found


@cache
def _names(sort: Sort) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """All known headers as they are written and without marks, to the columns that they may name."""
    exact: dict[str, dict[str, float]] = {}
    plains: dict[str, dict[str, float]] = {}
    for column in COLUMNS[sort].values():
        for place, name in enumerate((column.name, *column.synonyms)):
            score = 0.97 - 0.001 * place if place else 1.0
            exact.setdefault(name, {}).setdefault(column.name, score)
            plains.setdefault(_plain(name), {}).setdefault(column.name, score)
    return exact, plains


@lru_cache(maxsize=16_384)
def _plain(text: str) -> str:
    return _MARKS.sub(" ", _CAMEL.sub(" ", text)).strip().casefold()


def _folded(header: str) -> str:
    return " ".join(header.split()).casefold()


def _samples(rows: Sequence[Sequence[Cell]], index: int) -> tuple[str, ...]:
    said = (str(row[index]).strip() for row in rows if index < len(row))
    return tuple(dict.fromkeys(each[:60] for each in said if each))[:20]
