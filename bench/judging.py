"""How long the conduct check takes for a text, and how long to read its weights."""

import time
from itertools import cycle, islice

from bench.figures import Aim, Figure, in_turn
from bench.scale import Scale
from handoff_portal.conduct.model import linear
from handoff_portal.conduct.model.checking import check
from handoff_portal.conduct.training import read_corpus


def measure(scale: Scale) -> dict[str, Figure]:
    """Milliseconds a text over the corpus, one thread; weights already read."""
    texts = [one.text for one in islice(cycle(read_corpus()[::7]), int(scale.load_seconds * 100))]
    found = in_turn(scale.rounds, {"check": lambda: _per_text(texts)})
    return {
        "conduct": Figure(
            unit="ms/text",
            values=found["check"],
            what="conduct check of one sentence or note, with findings, one thread",
            aim=Aim("value", at_most=5),
            more={"texts": len(texts), "reading_weights_ms": _reading_ms()},
        )
    }


def _per_text(texts: list[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        check(text)
    return (time.perf_counter() - started) * 1000 / len(texts)


def _reading_ms() -> float:
    """What the first check of a process pays on top."""
    linear.model.cache_clear()
    started = time.perf_counter()
    linear.model()
    return round((time.perf_counter() - started) * 1000, 1)
