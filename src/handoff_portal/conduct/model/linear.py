"""The linear model: a softmax over features whose weights stand in `weights.json`, readable and small.

Its answers are "fine", "review" and the eight classes of violation, each of which has its own words; a
violation is as likely as all classes together. Scores are explained by the words whose features gave most.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, sqrt

from handoff_portal.conduct.model.features import Feature, share
from handoff_portal.conduct.model.terms import Harm, Outcome

SCALE = 20
"""Weights are whole numbers: a weight of 1.0 is written 20."""
LABELS = (Outcome.FINE.value, Outcome.REVIEW.value, *(harm.value for harm in Harm))
"""The answers, in the order of the weights."""


@dataclass(frozen=True, slots=True)
class Score:
    """What the model says of a text.

    Attributes:
        outcome: Likelihood of each outcome; they add up to 1.
        harms: Likelihood of each class; they add up to that of a violation.
    """

    outcome: dict[Outcome, float]
    harms: dict[Harm, float]


@dataclass(frozen=True, slots=True)
class Model:
    """The weights.

    Attributes:
        bias: One a label, in parts of SCALE.
        weights: Feature -> one weight a label, in parts of SCALE.
        rarity: Feature -> its inverse document frequency, in parts of SCALE; unknown features count nothing.
        trained_on: Fingerprint of what the weights depend on.
    """

    bias: tuple[int, ...]
    weights: Mapping[str, tuple[int, ...]]
    rarity: Mapping[str, int]
    trained_on: str

    def score(self, features: Iterable[Feature]) -> Score:
        """How likely each outcome and each class is."""
        parts = self._shares({name for name, _ in features} & self.weights.keys())
        sums = [float(one) for one in self.bias]
        for name in sorted(parts):
            part = parts[name]
            sums = [one + part * weight for one, weight in zip(sums, self.weights[name], strict=True)]
        top = max(sums)
        raised = [exp((one - top) / SCALE) for one in sums]
        fine, review, *harms = (one / sum(raised) for one in raised)
        return Score(
            {Outcome.FINE: fine, Outcome.REVIEW: review, Outcome.VIOLATION: sum(harms)},
            dict(zip(Harm, harms, strict=True)),
        )

    def pull(self, features: Iterable[Feature], label: str) -> dict[int, float]:
        """How much each word pulled towards one label and away from fine, by the word's number."""
        number = LABELS.index(label)
        pulled: dict[int, float] = {}
        for name, places in features:
            if name in self.weights:
                gain = share(name) * self.rarity[name] * (self.weights[name][number] - self.weights[name][0])
                for place in places:
                    pulled[place] = pulled.get(place, 0.0) + gain / len(places)
        return pulled

    def _shares(self, present: set[str]) -> dict[str, float]:
        """What each feature counts: all words together as much in a long text as in a short one."""
        squares: dict[float, int] = {}
        for name in present:
            squares[share(name)] = squares.get(share(name), 0) + self.rarity[name] ** 2
        lengths = {part: sqrt(square) for part, square in squares.items()}
        return {name: share(name) * self.rarity[name] / lengths[share(name)] for name in present}


@cache
def model() -> Model:
    """The committed weights."""
    return read_model(files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))


def read_model(text: str) -> Model:
    """Weights as `training` writes them: JSON with "trained_on", "labels", "bias", "features"."""
    read = json.loads(text)
    rows: dict[str, list[int]] = read["features"]
    if tuple(read["labels"]) != LABELS:
        raise TypeError("weights.json has lost its shape; run python -m handoff_portal.conduct.training")
    return Model(
        tuple(read["bias"]),
        {name: tuple(row[1:]) for name, row in rows.items()},
        {name: row[0] for name, row in rows.items()},
        read["trained_on"],
    )
