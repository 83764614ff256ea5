import json
import subprocess
import sys
from typing import Any

import pytest

from handoff_portal.settings import ROOT


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    """What a quick run of one measurement prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--only", "sealing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_one_document_says_what_was_measured_when_and_on_what(printed: dict[str, Any]) -> None:
    assert set(printed) == {"at", "machine", "scale", "figures", "seconds"}
    assert printed["machine"]["cores"] >= 1
    assert list(printed["figures"]) == ["sealing"]


def test_a_figure_has_its_documented_keys_and_every_single_run(printed: dict[str, Any]) -> None:
    figure = printed["figures"]["sealing"]
    documented = {"value", "unit", "what", "against", "against_what", "ratio", "aim", "met", "runs", "more"}
    assert set(figure) == documented
    runs = figure["runs"]
    assert len(runs["value"]) == len(runs["against"]) == len(runs["ratio"]) == runs["count"] == 3
    assert figure["value"] in runs["value"]
    assert figure["met"] is (figure["ratio"] >= figure["aim"]["at_least"])


def test_every_figure_is_explained_in_the_documentation() -> None:
    explained = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    names = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    measures = names.stdout.partition("{")[2].partition("}")[0].split(",")
    assert measures
    assert [name for name in measures if f"`{name}`" not in explained] == []
