"""Which licence collecting for others needs, place by place: facts with their sources, reviewed by people.

The table is `licence_rules.csv`, one rule a place. `needs` says which debts need it. `source` says how sure
we are: "read" means that the law or the authority's own page was read, "list" that a public list of a trade
service says so, "known" that it is common knowledge of the field and to be read before production. A place
without a rule is treated as one where a licence is needed, and said to be unreviewed. Not legal advice: a
compliance officer reviews the table once a year and whenever a regulator announces a change.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Final


class Needs(StrEnum):
    """Which debts of a place need the licence."""

    BOTH = "both"
    CONSUMER = "consumer"
    NONE = "none"


class Source(StrEnum):
    """How a fact got into the table."""

    READ = "read"
    LIST = "list"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one place asks of an agency.

    Attributes:
        what: How the permission is called there.
        authority: Who gives it.
        citation: Where that is written.
        note: What else to know, for the people who decide.
    """

    needs: Needs
    source: Source
    what: str
    authority: str
    citation: str
    note: str


def _read() -> dict[str, Rule]:
    table = files(__package__).joinpath("licence_rules.csv").read_text(encoding="utf-8")
    return {
        row["place"]: Rule(
            needs=Needs(row["needs"]),
            source=Source(row["source"]),
            what=row["what"],
            authority=row["authority"],
            citation=row["citation"],
            note=row["note"],
        )
        for row in csv.DictReader(table.splitlines())
    }


RULES: Final[Mapping[str, Rule]] = MappingProxyType(_read())
"""Place to rule. Places are ISO 3166-1 alpha-2 or ISO 3166-2 codes."""

BY_REGION: Final = frozenset({"AU", "CA", "US"})
"""Countries where the region decides, so that a country-wide answer does not exist."""
