"""The figures on sentences that the model was not trained on, and that the weights are in step."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from handoff_portal.conduct.measuring import measure, read_labelled
from handoff_portal.conduct.model.linear import model
from handoff_portal.conduct.model.terms import Harm, Outcome, Practice
from handoff_portal.conduct.training import as_text, fingerprint, read_corpus, train_all

HERE = Path(__file__).parent
HELDOUT = tuple(f"heldout{which}.jsonl" for which in ("", "_second", "_third", "_fourth", "_fifth", "_notes"))
"""Of the second and third author, whose other texts are in the corpus, and of four others."""


@pytest.mark.parametrize("name", HELDOUT)
def test_figures_on_the_held_out_sentences_are_those_of_the_docs(name: str) -> None:
    claimed = json.loads((HERE / "claimed.json").read_text(encoding="utf-8"))[name]
    found = measure(read_labelled(HERE / name))
    assert found.as_json() == claimed
    docs = (HERE.parents[1] / "docs" / "conduct.md").read_text(encoding="utf-8")
    assert f"precision {found.precision:.3f}, recall {found.recall:.3f}" in docs


def test_the_weights_were_trained_on_this_corpus_with_these_features() -> None:
    assert model().trained_on == fingerprint(), "run python -m handoff_portal.conduct.training"


def test_training_again_gives_the_same_weights() -> None:
    few = read_corpus()[::40]
    assert as_text(train_all(few), "few") == as_text(train_all(few), "few")


def test_the_weights_stay_small_enough_to_read() -> None:
    weights = files("handoff_portal.conduct.model").joinpath("weights.json").read_bytes()
    assert len(weights) < 2_000_000


@pytest.mark.parametrize("name", HELDOUT)
def test_no_held_out_sentence_stands_in_the_corpus(name: str) -> None:
    held_out = {one.text.casefold() for one in read_labelled(HERE / name)}
    assert held_out.isdisjoint(one.text.casefold() for one in read_corpus())


def test_the_corpus_knows_only_the_classes_and_practices_there_are() -> None:
    corpus = read_corpus()
    assert {one.outcome for one in corpus} == set(Outcome)
    assert {one.harm for one in corpus} == {"", *Harm}
    assert {one.practice for one in corpus} == {"", *Practice}
