"""The rules of a policy one by one: spacing, notice, contract, evidence, time limit, what is too strict."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel, Terms
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Stage, Words
from handoff_portal.core.forms import Form
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.model.limitation import usual_period
from handoff_portal.intake.model.measuring import measure
from handoff_portal.intake.model.policy import ContractCheck, EvidenceBand, Policy, warnings
from handoff_portal.intake.model.policy_form import as_fields, read_policy
from handoff_portal.intake.model.readiness import judge
from handoff_portal.intake.model.rules import Rule, Verdict, spaced, verdicts
from handoff_portal.intake.model.wording import reads_kindly
from intake.test_effects import FACTS, PROFILE, TODAY
from intake.test_readiness import a_reading

PASS, FAIL, MISSING = Verdict.PASS, Verdict.FAIL, Verdict.MISSING
USUAL = Policy()


def days_ago(*days: int) -> tuple[date, ...]:
    return tuple(TODAY - timedelta(days=number) for number in days)


@pytest.mark.parametrize(
    ("on", "apart", "counted"),
    [
        ((), 7, 0),
        ((1, 8), 7, 2),
        ((1, 7), 7, 1),
        ((1, 3, 5, 20), 7, 2),
        ((1, 1, 1), 0, 3),
        ((30, 1, 25), 10, 2),
    ],
)
def test_reminders_that_are_too_close_count_once(on: tuple[int, ...], apart: int, counted: int) -> None:
    assert spaced(days_ago(*on), apart) == counted


@pytest.mark.parametrize(
    ("on", "sent", "verdict"),
    [((40, 20), 2, PASS), ((21, 20), 2, FAIL), ((40,), 2, MISSING), ((), 0, MISSING)],
)
def test_the_days_between_reminders_are_judged(on: tuple[int, ...], sent: int, verdict: Verdict) -> None:
    facts = structs.replace(FACTS, reminders=sent, reminders_on=days_ago(*on))
    assert verdicts(structs.replace(PROFILE, facts=facts), USUAL)[Rule.SPACING] is verdict


def test_one_reminder_or_no_days_ask_for_no_spacing() -> None:
    for policy in (replace(USUAL, min_reminders=1), replace(USUAL, reminder_spacing_days=0)):
        assert Rule.SPACING not in verdicts(PROFILE, policy)


@pytest.mark.parametrize(
    ("reads_well", "declared", "verdict"),
    [
        (True, False, PASS),
        (False, False, FAIL),
        (False, True, PASS),
        (None, False, MISSING),
        (None, True, PASS),
    ],
)
def test_the_words_of_the_notice_are_looked_at_or_declared(
    *, reads_well: bool | None, declared: bool, verdict: Verdict
) -> None:
    facts = structs.replace(FACTS, notice_reads_well=reads_well, notice_declared=declared)
    assert verdicts(structs.replace(PROFILE, facts=facts), USUAL)[Rule.NOTICE_WORDING] is verdict


def test_a_notice_must_go_out_in_one_of_the_allowed_ways() -> None:
    for channel, verdict in ((Channel.SMS, FAIL), (Channel.LETTER, PASS), (None, MISSING)):
        facts = structs.replace(FACTS, final_notice_channel=channel)
        assert verdicts(structs.replace(PROFILE, facts=facts), USUAL)[Rule.NOTICE_CHANNEL] is verdict


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This is our final notice. Please call us; a payment plan is possible.", True),
        ("Dies ist unsere letzte Mahnung. Eine Ratenzahlung ist möglich.", True),
        ("Dernier rappel avant de transmettre le dossier. Appelez-nous.", True),
        ("Último aviso. Podemos acordar un pago a plazos.", True),
        ("This is our final notice. Pay at once.", False),
        ("Thank you for your order. Call us any time.", False),
        ("  ", None),
    ],
)
def test_a_kind_last_word_is_recognised(text: str, kind: bool | None) -> None:  # noqa: FBT001 - a table
    assert reads_kindly(text) is kind


def test_unclear_terms_wait_until_they_were_clarified_with_the_customer() -> None:
    for clear, clarified, verdict in (
        (True, False, PASS),
        (None, False, MISSING),
        (False, False, FAIL),
        (False, True, PASS),
    ):
        profile = structs.replace(PROFILE, clear=clear, clarified=clarified)
        assert verdicts(profile, USUAL)[Rule.CLEAR] is verdict


def test_a_clause_is_asked_for_only_where_interest_or_fees_are() -> None:
    assert verdicts(PROFILE, USUAL)[Rule.CLAUSE] is PASS
    assert verdicts(structs.replace(PROFILE, charged=True), USUAL)[Rule.CLAUSE] is MISSING
    assert verdicts(structs.replace(PROFILE, charged=True, clause=True), USUAL)[Rule.CLAUSE] is PASS
    signed = replace(USUAL, checks=frozenset({ContractCheck.SIGNED}))
    assert verdicts(PROFILE, signed)[Rule.SIGNED] is MISSING


def test_evidence_adds_up_over_the_bands_that_fit() -> None:
    bands = (
        EvidenceBand(frozenset({DocumentKind.INVOICE})),
        EvidenceBand(frozenset({DocumentKind.PROOF_OF_DELIVERY}), DebtorType.PRIVATE, "SGD", 1_000_00),
    )
    policy = replace(USUAL, evidence=bands)
    assert policy.papers_for(DebtorType.COMPANY, "SGD", 5_000_00) == {DocumentKind.INVOICE}
    assert policy.papers_for(DebtorType.PRIVATE, "SGD", 999_99) == {DocumentKind.INVOICE}
    assert policy.papers_for(DebtorType.PRIVATE, "GBP", 5_000_00) == {DocumentKind.INVOICE}
    assert len(policy.papers_for(DebtorType.PRIVATE, "SGD", 1_000_00)) == len(bands)
    assert verdicts(PROFILE, policy)[Rule.EVIDENCE] is MISSING


def test_only_a_day_that_was_entered_can_fail_the_time_limit() -> None:
    old = structs.replace(PROFILE, oldest_due_on=date(2015, 1, 1))
    assert verdicts(PROFILE, USUAL)[Rule.LIMITATION] is PASS
    assert verdicts(old, USUAL)[Rule.LIMITATION] is MISSING
    assert verdicts(structs.replace(old, limitation_on=TODAY), USUAL)[Rule.LIMITATION] is PASS
    past = structs.replace(PROFILE, limitation_on=TODAY - timedelta(days=1))
    assert verdicts(past, USUAL)[Rule.LIMITATION] is FAIL
    assert verdicts(structs.replace(old, country="XX"), USUAL)[Rule.LIMITATION] is PASS


def test_a_hint_knows_years_that_begin_at_the_end_of_one_and_leap_days() -> None:
    german, scottish = usual_period("DE", ""), usual_period("GB", "GB-SCT")
    assert german is not None
    assert german.ends(date(2023, 3, 5)) == date(2026, 12, 31)
    assert scottish is not None
    assert scottish.ends(date(2024, 2, 29)) == date(2029, 2, 28)


def test_an_imported_account_is_judged_without_a_draft() -> None:
    content = a_reading().content
    lines = judge(content, structs.replace(FACTS, contract_on_file=True), USUAL)
    assert [line.rule for line in lines if not line.holds] == []
    disputed = structs.replace(content, terms=structs.replace(content.terms, disputed=True))
    assert [line.rule for line in judge(disputed, FACTS, USUAL) if not line.holds] == [Rule.DISPUTE]
    again = judge(content, structs.replace(FACTS, other_case="HP-AAAAA-BBBBB"), USUAL)
    assert again[0].rule is Rule.REFERENCE
    bare = structs.replace(content, terms=Terms(payments_to_date=content.terms.payments_to_date))
    assert Rule.CLEAR in {line.rule for line in judge(bare, FACTS, USUAL) if not line.holds}


def test_a_history_is_measured_in_the_zone_of_the_customer() -> None:
    late = datetime(2026, 10, 1, 20, tzinfo=UTC)
    entry = HistoryEntry(Channel.LETTER, Direction.OUT, late, "UTC", Words(text="Last step. Call us."))
    said = [
        structs.replace(entry, stage=Stage.REMINDER_1),
        structs.replace(entry, stage=Stage.FINAL_NOTICE),
        structs.replace(entry, stage=Stage.FINAL_NOTICE, direction=Direction.IN, channel=Channel.EMAIL),
        structs.replace(entry, channel=Channel.CALL, occurred_at=None),
    ]
    found = measure(said, {DocumentKind.CONTRACT: 1}, "Asia/Singapore", TODAY, declared=False)
    assert found.reminders_on == (date(2026, 10, 2),)
    assert (found.final_notice_on, found.final_notice_channel) == (date(2026, 10, 2), Channel.LETTER)
    assert (found.personal, found.notice_reads_well, found.contract_on_file) == (1, True, True)


def test_a_policy_comes_back_from_its_form_as_it_was() -> None:
    policy = Policy(
        min_days_overdue=45,
        needs_personal=True,
        notice_channels=frozenset({Channel.LETTER}),
        evidence=(EvidenceBand(frozenset({DocumentKind.INVOICE}), DebtorType.PRIVATE, "SGD", 500_00),),
        limitation=False,
    )
    fields = {k: [v] if isinstance(v, str) else v for k, v in as_fields(policy).items()}
    assert read_policy(Form({**fields, "whole": ["yes"]})) == policy


def test_a_usual_policy_is_not_strict_and_an_extreme_one_is() -> None:
    assert warnings(USUAL) == []
    extreme = replace(
        USUAL, min_days_overdue=400, min_reminders=9, reminder_spacing_days=60, final_notice_days=90
    )
    assert len(warnings(extreme)) == 4
