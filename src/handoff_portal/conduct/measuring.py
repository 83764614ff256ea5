"""Measures the check on labelled texts: python -m handoff_portal.conduct.measuring FILE.jsonl.

A line of the file is {"text", "outcome", "class"}. Printed are figures, never texts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from handoff_portal.conduct.model.checking import check
from handoff_portal.conduct.model.terms import Harm, Outcome
from handoff_portal.conduct.training import Example


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one measurement.

    Attributes:
        texts: How many were judged.
        precision: Share of the called violations that are violations, 0 to 1.
        recall: Share of the violations that were called so, 0 to 1.
        recall_by_class: The same by class.
        class_right: Share of the found violations whose class was named right.
        confusion: "labelled > judged" -> count, for the three outcomes.
    """

    texts: int
    precision: float
    recall: float
    recall_by_class: dict[str, float]
    class_right: float
    confusion: dict[str, int]

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / ((self.precision + self.recall) or 1.0)

    def as_json(self) -> dict[str, object]:
        """Rounded to three places."""
        return {
            "texts": self.texts,
            "precision": round(self.precision, 3),
            "recall": round(self.recall, 3),
            "f1": round(self.f1, 3),
            "recall_by_class": {name: round(one, 3) for name, one in self.recall_by_class.items()},
            "class_right": round(self.class_right, 3),
            "confusion": self.confusion,
        }


def read_labelled(path: Path) -> list[Example]:
    """Labelled texts, one JSON object a line."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Example(row["text"], row["outcome"], row["class"]) for row in rows]


def measure(examples: Sequence[Example]) -> Measured:
    """Judge every text and count."""
    judged = [(one, check(one.text)) for one in examples]
    pairs = Counter((one.outcome, verdict.outcome.value) for one, verdict in judged)
    found = [
        (one.harm, verdict.harm)
        for one, verdict in judged
        if one.outcome == verdict.outcome == Outcome.VIOLATION
    ]
    called = sum(count for (_, said), count in pairs.items() if said == Outcome.VIOLATION)
    return Measured(
        texts=len(examples),
        precision=len(found) / (called or 1),
        recall=len(found) / (_violations(examples) or 1),
        recall_by_class={
            harm.value: sum(1 for labelled, _ in found if labelled == harm)
            / (_violations(examples, harm) or 1)
            for harm in Harm
        },
        class_right=sum(labelled == said for labelled, said in found) / (len(found) or 1),
        confusion={f"{labelled} > {said}": count for (labelled, said), count in sorted(pairs.items())},
    )


def _violations(examples: Iterable[Example], harm: Harm | None = None) -> int:
    return sum(one.outcome == Outcome.VIOLATION and harm in {None, one.harm} for one in examples)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Print precision, recall and confusion on FILE."""
    click.echo(json.dumps(measure(read_labelled(file)).as_json(), indent=2))


if __name__ == "__main__":
    main()
