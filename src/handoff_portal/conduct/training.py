"""Trains the conduct check's linear model on `corpus/`: python -m handoff_portal.conduct.training.

Plain Python, no randomness: the same corpus, families and code give the same weights. The weights name the
corpus they were trained on, and a test holds the two together.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from math import exp, log, sqrt
from operator import mul
from pathlib import Path

import click

from handoff_portal.conduct.model.features import read_features, share
from handoff_portal.conduct.model.linear import LABELS, SCALE
from handoff_portal.conduct.model.terms import Outcome
from handoff_portal.conduct.model.wording import read_words

_PACKAGE = files(__package__)
_WEIGHTS = Path(str(_PACKAGE.joinpath("model", "weights.json")))
_SOURCES = (
    "model/families.yaml",
    "model/families.py",
    "model/features.py",
    "model/wording.py",
    "training.py",
)
_ROUNDS = 8
_RATE, _SLOWER = 3.0, 0.4
"""Length of the first steps, and how much shorter they become each round."""
_DECAY = 0.025
"""Share of a weight that a round at rate 1 takes away."""
_TOO_SMALL = 0.004
"""Steps below it are left out, for speed."""
_BIAS_SHARE = 0.1
_SAYS = 0.4
"""Features with smaller weights are left out."""
_SEEN_IN, _PARTICULAR_SEEN_IN = 2, 3
"""A feature seen in fewer texts says nothing about other texts."""
_PARTICULAR = ("t=", "s=", "F=", "K=", "D=", "L=", "P=")
"""Triples of words, pairs apart and what families say are particular, or many."""
_OWN = 0.5
"""What a text counts that was written by the makers of the check; one of an independent author counts 1."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; harm and practice are "" where none is meant."""

    text: str
    outcome: str
    harm: str = ""
    practice: str = ""
    weight: float = 1.0

    @property
    def label(self) -> str:
        """The answer that the model should give."""
        return self.harm if self.outcome == Outcome.VIOLATION else self.outcome


@dataclass(frozen=True, slots=True)
class Row:
    """One text: numbers of its features, what each counts, the number of its label, what the text counts."""

    numbers: tuple[int, ...]
    shares: tuple[float, ...]
    label: int
    weight: float


def read_corpus() -> list[Example]:
    """All of corpus/*.txt: a line `# outcome [class or practice]` holds for the lines below it."""
    return [one for path in _corpus_files() for one in _read_file(path)]


def _read_file(path: Path) -> list[Example]:
    weight = 1.0 if path.stem.endswith("_author") else _OWN
    return [replace(one, weight=weight) for one in _read_examples(path.read_text(encoding="utf-8"))]


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
    """The weights as weights.json holds them.

    Softmax regression by stochastic gradient descent with weight decay.
    """
    rarity, rows = _rows(examples)
    names = list(rarity)
    weights = [[0.0] * len(names) for _ in LABELS]
    bias = [0.0] * len(LABELS)
    for turn in range(_ROUNDS):
        rate = _RATE / (1 + turn * _SLOWER)
        _one_round(_shuffled(rows, turn), weights, bias, rate)
        weights = [[one * (1 - rate * _DECAY) for one in row] for row in weights]
    return _as_json(bias, dict(zip(names, zip(*weights, strict=True), strict=True)), rarity)


def _rows(examples: Sequence[Example]) -> tuple[dict[str, float], list[Row]]:
    """Rarity of every feature that is seen often enough, and the texts as rows over them."""
    texts = [sorted({name for name, _ in read_features(read_words(one.text))}) for one in examples]
    seen = Counter(name for text in texts for name in text)
    rarity = {
        name: 1 + log(len(texts) / count) for name, count in sorted(seen.items()) if _often(name, count)
    }
    numbers = {name: i for i, name in enumerate(rarity)}
    rows = []
    for text, one in zip(texts, examples, strict=True):
        known = [name for name in text if name in rarity]
        parts = tuple(_shares(known, rarity))
        rows.append(Row(tuple(numbers[name] for name in known), parts, LABELS.index(one.label), one.weight))
    return rarity, rows


def _shares(known: list[str], rarity: dict[str, float]) -> Iterator[float]:
    """What each feature of a text counts, as `linear` counts it."""
    squares: defaultdict[float, float] = defaultdict(float)
    for name in known:
        squares[share(name)] += rarity[name] ** 2
    for name in known:
        yield share(name) * rarity[name] / sqrt(squares[share(name)])


def _often(name: str, count: int) -> bool:
    return count >= (_PARTICULAR_SEEN_IN if name.startswith(_PARTICULAR) else _SEEN_IN)


def _shuffled(rows: list[Row], turn: int) -> list[Row]:
    """Another order each round, the same on every machine."""
    return [rows[i] for i in sorted(range(len(rows)), key=lambda i: sha256(f"{turn} {i}".encode()).digest())]


def _one_round(rows: list[Row], weights: list[list[float]], bias: list[float], rate: float) -> None:
    for row in rows:
        sums = [
            start + sum(map(mul, map(known.__getitem__, row.numbers), row.shares))
            for start, known in zip(bias, weights, strict=True)
        ]
        top = max(sums)
        raised = [exp(one - top) for one in sums]
        total = sum(raised)
        for i, known in enumerate(weights):
            step = rate * row.weight * ((i == row.label) - raised[i] / total)
            if abs(step) < _TOO_SMALL:
                continue
            bias[i] += step * _BIAS_SHARE
            for number, part in zip(row.numbers, row.shares, strict=True):
                known[number] += step * part


def _as_json(
    bias: list[float], weights: dict[str, tuple[float, ...]], rarity: dict[str, float]
) -> dict[str, object]:
    """Whole parts of SCALE, and only features that say something; the first number of a row is its rarity."""
    rows = {
        name: [round(one * SCALE) for one in (rarity[name], *row)]
        for name, row in weights.items()
        if max(map(abs, row)) >= _SAYS
    }
    return {"labels": list(LABELS), "bias": [round(one * SCALE) for one in bias], "features": rows}


def as_text(trained: dict[str, object], trained_on: str) -> str:
    """One feature a line, so that a change of the weights can be read."""
    features = trained["features"]
    rows = features.items() if isinstance(features, dict) else ()
    lines = ",\n".join(
        json.dumps(name, ensure_ascii=False) + ":" + json.dumps(row, separators=(",", ":"))
        for name, row in rows
    )
    head = json.dumps({"trained_on": trained_on, "labels": trained["labels"], "bias": trained["bias"]})[:-1]
    return f'{head},"features":{{\n{lines}\n}}}}\n'


@click.command()
def train() -> None:
    """Train on corpus/ and write model/weights.json."""
    examples = read_corpus()
    _WEIGHTS.write_text(as_text(train_all(examples), fingerprint()), encoding="utf-8")
    click.echo(f"{len(examples)} texts, {_WEIGHTS.stat().st_size // 1024} kB")


if __name__ == "__main__":
    train()
