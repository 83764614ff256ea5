"""The linear model: a softmax over features whose weights stand in `weights.json`, readable and small.

Scores are explained by the words whose features gave most.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, sqrt

from handoff_portal.conduct.model.features import Feature

SCALE = 20
"""Weights are whole numbers: a weight of 1.0 is written 20."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of one question.

    Attributes:
        labels: The answers.
        bias: One a label, in parts of SCALE.
        weights: Feature -> one weight a label, in parts of SCALE.
        rarity: Feature -> its inverse document frequency, in parts of SCALE; unknown features count nothing.
    """

    labels: tuple[str, ...]
    bias: tuple[int, ...]
    weights: Mapping[str, tuple[int, ...]]
    rarity: Mapping[str, int]

    def score(self, features: Iterable[Feature]) -> dict[str, float]:
        """Probability of each label; they add up to 1."""
        present = {name for name, _ in features} & self.weights.keys()
        norm = sqrt(sum(self.rarity[name] ** 2 for name in present)) or 1.0
        sums = [float(one) for one in self.bias]
        for name in sorted(present):
            share = self.rarity[name] / norm
            for i, weight in enumerate(self.weights[name]):
                sums[i] += share * weight
        top = max(sums)
        raised = [exp((one - top) / SCALE) for one in sums]
        return {label: one / sum(raised) for label, one in zip(self.labels, raised, strict=True)}

    def pull(self, features: Iterable[Feature], label: str, against: str) -> dict[int, float]:
        """How much each word pulled towards one label and away from another, by the word's number."""
        a, b = self.labels.index(label), self.labels.index(against)
        pulled: dict[int, float] = {}
        for name, places in features:
            if name in self.weights:
                gain = self.rarity[name] * (self.weights[name][a] - self.weights[name][b])
                for place in places:
                    pulled[place] = pulled.get(place, 0.0) + gain / len(places)
        return pulled


@dataclass(frozen=True, slots=True)
class Model:
    """Both questions: how it stands (outcome), and what kind of harm it would be."""

    outcome: Linear
    harm: Linear
    trained_on: str


@cache
def model() -> Model:
    """The committed weights."""
    return read_model(files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))


def read_model(text: str) -> Model:
    """Weights as `training` writes them: JSON with "trained_on", "outcome", "harm"."""
    read = json.loads(text)
    return Model(_linear(read["outcome"]), _linear(read["harm"]), read["trained_on"])


def _linear(part: dict[str, object]) -> Linear:
    labels, bias, rows = part["labels"], part["bias"], part["features"]
    if not (isinstance(labels, list) and isinstance(bias, list) and isinstance(rows, dict)):
        raise TypeError("weights.json has lost its shape; run python -m handoff_portal.conduct.training")
    return Linear(
        tuple(labels),
        tuple(bias),
        {name: tuple(row[1:]) for name, row in rows.items()},
        {name: row[0] for name, row in rows.items()},
    )
