"""Trains the conduct check's linear model on `corpus/`: python -m handoff_portal.conduct.training.

Plain Python, no randomness: the same corpus, families and code give the same weights. The weights name the
corpus they were trained on, and a test holds the two together.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from math import exp, log, sqrt
from pathlib import Path

import click

from handoff_portal.conduct.model.features import read_features
from handoff_portal.conduct.model.linear import SCALE
from handoff_portal.conduct.model.terms import Harm, Outcome
from handoff_portal.conduct.model.wording import read_words

_PACKAGE = files(__package__)
_WEIGHTS = Path(str(_PACKAGE.joinpath("model", "weights.json")))
_SOURCES = ("model/families.yaml", "model/features.py", "model/wording.py", "training.py")
_ROUNDS = 16
_RATE = 2.0
_DECAY = 0.1
"""Weight decay, spread over the texts that have the feature."""
_BIAS_SHARE = 0.1
_SAYS = 0.5
"""Features with smaller weights are left out."""
_SEEN_IN, _TRIPLES_SEEN_IN = 2, 3
"""A feature seen in fewer texts says nothing about other texts.

Triples of words, and pairs apart, are the most particular.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; harm and practice are "" where none is meant."""

    text: str
    outcome: str
    harm: str = ""
    practice: str = ""


Row = tuple[tuple[str, ...], int]
"""Names of the features of a text, and the number of its label."""


def read_corpus() -> list[Example]:
    """All of corpus/*.txt: a line `# outcome [class or practice]` holds for the lines below it."""
    return [one for path in _corpus_files() for one in _read_examples(path.read_text(encoding="utf-8"))]


def _corpus_files() -> list[Path]:
    return sorted(Path(str(_PACKAGE.joinpath("corpus"))).glob("*.txt"))


def _read_examples(text: str) -> Iterator[Example]:
    outcome = kind = ""
    for line in text.splitlines():
        if line.startswith("# "):
            outcome, kind = [*line[2:].split(), ""][:2]
        elif line.strip():
            fine = outcome == Outcome.FINE
            yield Example(line.strip(), outcome, "" if fine else kind, kind if fine else "")


def fingerprint() -> str:
    """SHA-256 over what the weights depend on: the corpus and how features are read."""
    digest = sha256()
    for path in [*_corpus_files(), *(Path(str(_PACKAGE.joinpath(one))) for one in _SOURCES)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def train_all(examples: Sequence[Example]) -> dict[str, object]:
    """Both questions, as weights.json holds them."""
    harmful = [one for one in examples if one.harm]
    return {
        "outcome": _train(examples, [one.outcome for one in examples], list(Outcome)),
        "harm": _train(harmful, [one.harm for one in harmful], list(Harm)),
    }


def _train(examples: Sequence[Example], labels: Sequence[str], names: Sequence[str]) -> dict[str, object]:
    """Softmax regression by stochastic gradient descent on length-normalised features."""
    texts = [tuple(sorted({name for name, _ in read_features(read_words(one.text))})) for one in examples]
    seen = Counter(name for text in texts for name in text)
    rarity = {name: 1 + log(len(texts) / count) for name, count in seen.items() if _often(name, count)}
    rows = [
        (tuple(name for name in text if name in rarity), names.index(label))
        for text, label in zip(texts, labels, strict=True)
    ]
    weights = {name: [0.0] * len(names) for name in rarity}
    bias = [0.0] * len(names)
    for turn in range(_ROUNDS):
        _one_round(_shuffled(rows, turn), rarity, (weights, seen), bias, _RATE / (1 + turn * 0.5))
    return _as_json(names, bias, weights, rarity)


def _often(name: str, count: int) -> bool:
    return count >= (_TRIPLES_SEEN_IN if name.startswith(("t=", "s=")) else _SEEN_IN)


def _shuffled(rows: list[Row], turn: int) -> list[Row]:
    """Another order each round, the same on every machine."""
    return [rows[i] for i in sorted(range(len(rows)), key=lambda i: sha256(f"{turn} {i}".encode()).digest())]


def _one_round(
    rows: list[Row],
    rarity: dict[str, float],
    learnt: tuple[dict[str, list[float]], Counter[str]],
    bias: list[float],
    rate: float,
) -> None:
    weights, seen = learnt
    for names, label in rows:
        norm = sqrt(sum(rarity[name] ** 2 for name in names)) or 1.0
        shares = [(weights[name], rarity[name] / norm, 1 - rate * _DECAY / seen[name]) for name in names]
        sums = [start + sum(row[i] * share for row, share, _ in shares) for i, start in enumerate(bias)]
        raised = [exp(one - max(sums)) for one in sums]
        total = sum(raised)
        steps = [rate * ((i == label) - one / total) for i, one in enumerate(raised)]
        for row, share, kept in shares:
            row[:] = [one * kept + step * share for one, step in zip(row, steps, strict=True)]
        for i, step in enumerate(steps):
            bias[i] += step * _BIAS_SHARE


def _as_json(
    names: Sequence[str], bias: list[float], weights: dict[str, list[float]], rarity: dict[str, float]
) -> dict[str, object]:
    """Whole parts of SCALE, and only features that say something; the first number of a row is its rarity."""
    rows = {
        name: [round(one * SCALE) for one in (rarity[name], *row)]
        for name, row in sorted(weights.items())
        if max(map(abs, row)) >= _SAYS
    }
    return {"labels": list(names), "bias": [round(one * SCALE) for one in bias], "features": rows}


def as_text(trained: dict[str, object], trained_on: str) -> str:
    """One feature a line, so that a change of the weights can be read."""
    head = json.dumps({"trained_on": trained_on})[:-1]
    parts = [head + ","]
    for question in ("outcome", "harm"):
        part = trained[question]
        if isinstance(part, dict):
            rows = ",\n".join(
                json.dumps(name, ensure_ascii=False) + ":" + json.dumps(row, separators=(",", ":"))
                for name, row in part["features"].items()
            )
            labels, bias = json.dumps(part["labels"]), json.dumps(part["bias"])
            parts.append(f'"{question}":{{"labels":{labels},"bias":{bias},"features":{{\n{rows}\n}}}},')
    return "\n".join(parts)[:-1] + "\n}\n"


@click.command()
def train() -> None:
    """Train on corpus/ and write model/weights.json."""
    examples = read_corpus()
    _WEIGHTS.write_text(as_text(train_all(examples), fingerprint()), encoding="utf-8")
    click.echo(f"{len(examples)} texts, {_WEIGHTS.stat().st_size // 1024} kB")


if __name__ == "__main__":
    train()
