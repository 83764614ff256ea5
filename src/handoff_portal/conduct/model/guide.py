"""The call guide: open questions for each situation, read from guide.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Situation:
    """What to say and ask in one kind of conversation; [brackets] are filled in by the speaker."""

    key: str
    title: str
    opening: str
    questions: tuple[str, ...]
    avoid: str
    ending: str


@cache
def situations() -> Mapping[str, Situation]:
    """All situations by key, in the order of the file."""
    rows = yaml.safe_load(files(__package__).joinpath("guide.yaml").read_text(encoding="utf-8"))
    found = [Situation(**{**row, "questions": tuple(row["questions"])}) for row in rows]
    return {one.key: one for one in found}


def fitting(*, commercial: bool, kinds: frozenset[str]) -> str:
    """The situation that is opened first.

    Args:
        kinds: Kinds of the holds that count now.
    """
    if kinds & {"hardship", "vulnerability"}:
        return "hardship"
    if "dispute" in kinds:
        return "dispute"
    if "promise" in kinds:
        return "promise"
    return "commercial" if commercial else "first"
