"""What a measurement says: medians, the ratio of pairs taken side by side, the aim and whether it is met."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound on a figure's value or on its ratio.

    Attributes:
        of: What is bound.
        at_least: Lower bound, or None.
        at_most: Upper bound, or None.
    """

    of: Literal["ratio", "value"]
    at_least: float | None = None
    at_most: float | None = None

    def met_by(self, value: float, ratio: float | None) -> bool:
        """Whether the bounds hold."""
        found = value if self.of == "value" else ratio
        if found is None:
            return False
        above = self.at_least is None or found >= self.at_least
        return above and (self.at_most is None or found <= self.at_most)

    def as_json(self) -> dict[str, Any]:
        """The bounds that are set."""
        bounds = {"at_least": self.at_least, "at_most": self.at_most}
        return {"of": self.of, **{name: bound for name, bound in bounds.items() if bound is not None}}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        unit: Of `values` and `against`, such as "MB/s" (10^6 bytes) or "requests/s".
        values: One number per run.
        against: One number per run of the thing it is compared with, taken right beside; empty if none.
        what: What `values` measure, in a few words.
        against_what: What `against` measures.
        aim: None if the figure only informs.
        more: Numbers beside it: latencies, sizes, counts.
    """

    unit: str
    values: Sequence[float]
    what: str
    against: Sequence[float] = ()
    against_what: str = ""
    aim: Aim | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Median of the ratios of the pairs."""
        if not self.against:
            return None
        return statistics.median(self._ratios())

    def as_json(self) -> dict[str, Any]:
        """The documented keys; see docs/bench.md."""
        value, ratio = statistics.median(self.values), self.ratio
        return {
            "value": _short(value),
            "unit": self.unit,
            "what": self.what,
            "against": _short(statistics.median(self.against)) if self.against else None,
            "against_what": self.against_what,
            "ratio": _short(ratio) if ratio is not None else None,
            "aim": self.aim.as_json() if self.aim else None,
            "met": self.aim.met_by(value, ratio) if self.aim else None,
            "runs": {
                "count": len(self.values),
                "value": [_short(one) for one in self.values],
                "against": [_short(one) for one in self.against],
                "ratio": [_short(one) for one in self._ratios()],
            },
            **({"more": self.more} if self.more else {}),
        }

    def _ratios(self) -> list[float]:
        return [one / other for one, other in zip(self.values, self.against, strict=bool(self.against))]


def in_turn(rounds: int, runs: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Take turns, A B B A A B …, so that none always has the quieter moment; one warm-up of each before.

    Returns:
        What each run gave, round by round, under its name.
    """
    for run in runs.values():
        run()
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        for name in list(runs)[:: -1 if number % 2 else 1]:
            found[name].append(runs[name]())
    return found


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the sorted values lie; nearest rank."""
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
