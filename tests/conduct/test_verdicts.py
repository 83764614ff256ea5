"""What the conduct check says: a table a class, traps of language, and what holds for any text."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.conduct.model.checking import LONGEST, check
from handoff_portal.conduct.model.lexicon import lexicon
from handoff_portal.conduct.model.terms import Channel, Direction, Harm, Outcome, Practice

VIOLATIONS = [
    (Harm.THREAT, "Pay by Monday or the police will come and arrest you."),
    (Harm.THREAT, "We will freeze your bank account tomorrow without any court."),
    (Harm.INTIMIDATION, "We know where you live and when you leave the house."),
    (Harm.INTIMIDATION, "Two of our men are parked outside your flat."),
    (Harm.SHAMING, "We will tell your boss and your neighbours what you owe."),
    (Harm.SHAMING, "Your name goes on Facebook if you do not pay."),
    (Harm.FALSE_AUTHORITY, "This is the court enforcement office, you must let us in."),
    (Harm.FALSE_AUTHORITY, "You have no right to dispute this debt."),
    (Harm.HARASSMENT, "You are a liar and a thief."),
    (Harm.HARASSMENT, "I will ring every hour until you pick up."),
    (Harm.IGNORING_HARDSHIP, "Your illness is not our problem, pay today."),
    (Harm.IGNORING_HARDSHIP, "Get a payday loan and pay us."),
    (Harm.ULTIMATUM, "Take it or leave it, the offer is gone when you hang up."),
    (Harm.ULTIMATUM, "Full amount today, no instalments, no discussion."),
    (Harm.UNCLEAR, "It does not matter who the creditor is."),
    (Harm.UNCLEAR, "Various charges were added, as is usual."),
]
RESPECTFUL = [
    (
        Practice.IDENTIFY,
        "My name is Robin Lee, and I work for a licensed agency on behalf of Harbour Telecom.",
    ),
    (Practice.POLITE, "Thank you for calling back."),
    (Practice.CLEAR, "The balance is £312.40: £280.00 principal, £22.40 interest and a £10.00 fee."),
    (Practice.LISTEN, "What amount would be realistic for you this month?"),
    (Practice.FLEXIBLE, "We can spread it over six instalments, and you can change the date."),
    (Practice.DIGNITY, "We never speak to your employer or your family about this."),
    (Practice.EMPATHY, "I am sorry to hear about your father; the account is on hold for 30 days."),
    (Practice.MEASURED, "No decision about court has been made, and we will write to you first."),
]
TRAPS = [
    ("We do not threaten anybody with court.", Outcome.FINE),
    ("I'm not threatening you, but accidents happen to people who don't pay.", Outcome.VIOLATION),
    ("I don't want to be rude; however, you are a liar.", Outcome.VIOLATION),
    ('Customer says an agent told him "we know where you live". Complaint opened.', Outcome.FINE),
    ('You wrote that somebody said "pay or go to jail". That was wrong, and I apologise.', Outcome.FINE),
    ("We won't tell your employer.", Outcome.FINE),
    ("You asked whether we are bailiffs: we are not.", Outcome.FINE),
]
BUSY = 1.0
"""Seconds of the processor that the worst text may take; it is a third of that on an idle machine."""
KIND = ["Thank you for calling back.", "Take care.", "We can spread it over six instalments."]


@pytest.mark.parametrize(("harm", "text"), VIOLATIONS)
def test_a_violation_is_named_with_words_reason_and_kinder_wording(harm: Harm, text: str) -> None:
    verdict = check(text)
    assert (verdict.outcome, verdict.harm) == (Outcome.VIOLATION, harm)
    lead = verdict.findings[0]
    assert lead.words
    assert lead.words == text[lead.start : lead.end]
    assert lead.why
    assert lead.kinder
    assert lead.rules


@pytest.mark.parametrize(("practice", "text"), RESPECTFUL)
def test_a_respectful_practice_is_recognised(practice: Practice, text: str) -> None:
    verdict = check(text)
    assert verdict.outcome is Outcome.FINE
    assert verdict.harm is None
    assert practice in verdict.practices


@pytest.mark.parametrize(("text", "outcome"), TRAPS)
def test_negation_quotation_and_contrast_are_understood(text: str, outcome: Outcome) -> None:
    assert check(text).outcome is outcome


@pytest.mark.parametrize(
    "text",
    ["Please call us regarding your account.", "Our client reserves all rights, legal action included."],
)
def test_what_depends_on_facts_is_for_a_person_to_review(text: str) -> None:
    verdict = check(text)
    assert verdict.outcome is Outcome.REVIEW
    assert verdict.findings


def test_words_of_the_customer_are_not_judged() -> None:
    assert check("You are a liar and a thief.", direction=Direction.IN).outcome is Outcome.FINE


@pytest.mark.parametrize("channel", [Channel.POSTCARD, Channel.VOICEMAIL])
def test_where_others_may_read_along_a_word_about_the_debt_is_for_review(channel: Channel) -> None:
    text = "Thank you for your last payment."
    assert check(text).outcome is Outcome.FINE
    verdict = check(text, channel=channel)
    assert (verdict.outcome, verdict.harm) == (Outcome.REVIEW, Harm.SHAMING)


def test_what_stands_beyond_the_longest_text_is_never_fine() -> None:
    kind = "Thank you for calling back. " * (LONGEST // 28)
    assert check(kind).outcome is Outcome.FINE
    verdict = check(kind + "You are a liar and a thief. " * 9)
    assert verdict.outcome is Outcome.REVIEW
    assert verdict.findings[-1].start == LONGEST


@pytest.mark.parametrize("piece", ["a. ", "customer ", "pay or ", "ab", '"', "not you will ", "£1 "])
def test_no_text_keeps_the_check_busy(piece: str) -> None:
    check(piece)
    began = process_time()
    check(piece * (100_000 // len(piece)))
    assert process_time() - began < BUSY


def test_each_class_offers_several_kinder_wordings() -> None:
    for patterns in lexicon().patterns.values():
        kinder = [one.kinder for one in patterns]
        assert len(set(kinder)) == len(kinder) >= 6


def test_kinder_wordings_are_themselves_no_violations() -> None:
    kinder = [one.kinder for patterns in lexicon().patterns.values() for one in patterns]
    assert [text for text in kinder if check(text).outcome is Outcome.VIOLATION] == []


@settings(max_examples=200)
@given(st.text(max_size=400))
def test_any_text_gets_a_verdict_and_its_words_stand_in_the_text(text: str) -> None:
    verdict = check(text, channel=Channel.POSTCARD)
    assert 0 <= verdict.likelihood <= 1
    assert bool(verdict.findings) is (verdict.outcome is not Outcome.FINE)
    for found in verdict.findings:
        assert 0 <= found.start <= found.end <= len(text)
        assert found.words == text[found.start : found.end]
    assert check(text, channel=Channel.POSTCARD) == verdict


@settings(max_examples=60)
@given(
    st.sampled_from([text for _, text in VIOLATIONS]),
    st.lists(st.sampled_from(KIND), max_size=3),
    st.lists(st.sampled_from(KIND), max_size=3),
)
def test_kind_sentences_around_a_violation_never_make_it_fine(
    violation: str, before: list[str], after: list[str]
) -> None:
    assert check(" ".join([*before, violation, *after])).outcome is not Outcome.FINE
