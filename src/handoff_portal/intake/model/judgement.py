"""How a submitted case was judged: kept line by line, for both sides of the case."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from handoff_portal.intake.model.readiness import Line, Override
from handoff_portal.intake.model.rules import Rule, Verdict
from handoff_portal.intake.model.steps import Step


@dataclass(frozen=True, slots=True)
class Judgement:
    """One case as it was judged at its submission.

    Attributes:
        version: Of the policy; 0 is the one that everybody begins with.
    """

    version: int
    lines: tuple[Line, ...]
    judged_at: datetime

    @property
    def held(self) -> int:
        """How many rules held by themselves."""
        return sum(line.verdict is Verdict.PASS for line in self.lines)

    @property
    def exceptions(self) -> tuple[Line, ...]:
        """Rules for which somebody took the responsibility."""
        return tuple(line for line in self.lines if line.override is not None)


def encode_lines(lines: Iterable[Line]) -> bytes:
    """As sealed: JSON lists of rule, verdict, asked, found, step; then reason and name of an exception."""
    return msgspec.json.encode([_kept(line) for line in lines])


def decode_lines(octets: bytes) -> tuple[Line, ...]:
    """The reverse of `encode_lines`, without the fields of the forms."""
    return tuple(
        Line(
            Rule(rule),
            Verdict(verdict),
            asked,
            found,
            Step(step),
            override=Override(*excepted) if excepted else None,
        )
        for rule, verdict, asked, found, step, *excepted in json.loads(octets)
    )


def _kept(line: Line) -> tuple[str, ...]:
    kept = (line.rule, line.verdict, line.asked, line.found, line.step)
    return (*kept, line.override.reason, line.override.by) if line.override else kept
