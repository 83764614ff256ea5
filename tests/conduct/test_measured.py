"""The figures on sentences that the model was not trained on, and that the weights are in step."""

import json
from pathlib import Path

from handoff_portal.conduct.measuring import measure, read_labelled
from handoff_portal.conduct.model.linear import model
from handoff_portal.conduct.model.terms import Harm, Outcome, Practice
from handoff_portal.conduct.training import as_text, fingerprint, read_corpus, train_all

HELDOUT = Path(__file__).parent / "heldout.jsonl"


def test_figures_on_the_held_out_sentences_are_those_of_the_docs() -> None:
    claimed = json.loads((Path(__file__).parent / "claimed.json").read_text(encoding="utf-8"))
    found = measure(read_labelled(HELDOUT))
    assert found.as_json() == claimed
    docs = (Path(__file__).parents[2] / "docs" / "conduct.md").read_text(encoding="utf-8")
    assert f"precision {found.precision:.3f}, recall {found.recall:.3f}" in docs


def test_the_weights_were_trained_on_this_corpus_with_these_features() -> None:
    assert model().trained_on == fingerprint(), "run python -m handoff_portal.conduct.training"


def test_training_again_gives_the_same_weights() -> None:
    few = read_corpus()[::40]
    assert as_text(train_all(few), "few") == as_text(train_all(few), "few")


def test_no_held_out_sentence_stands_in_the_corpus() -> None:
    held_out = {one.text.casefold() for one in read_labelled(HELDOUT)}
    assert held_out.isdisjoint(one.text.casefold() for one in read_corpus())


def test_the_corpus_knows_only_the_classes_and_practices_there_are() -> None:
    corpus = read_corpus()
    assert {one.outcome for one in corpus} == set(Outcome)
    assert {one.harm for one in corpus} == {"", *Harm}
    assert {one.practice for one in corpus} == {"", *Practice}
