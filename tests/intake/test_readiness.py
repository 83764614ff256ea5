from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from handoff_portal.cases.model.content import Channel
from handoff_portal.core.ids import CaseId
from handoff_portal.core.refusals import WrongState
from handoff_portal.intake.model.draft import Reading, read_content
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.readiness import (
    Facts,
    Line,
    Override,
    Rule,
    Verdict,
    evaluate,
    require_ready,
)
from handoff_portal.intake.model.steps import Step
from intake.drafts import CUSTOMER, owed

CASE = CaseId(UUID(int=7))
TODAY = date(2026, 11, 21)
FINE = Facts(
    TODAY,
    reminders=2,
    reminders_on=(TODAY - timedelta(days=60), TODAY - timedelta(days=30)),
    final_notice_on=TODAY - timedelta(days=14),
    final_notice_channel=Channel.LETTER,
    notice_reads_well=True,
    contract_on_file=True,
)
USUAL = Policy()


def a_reading(**changes: str) -> Reading:
    due = date.fromisoformat(changes.pop("due", "2026-06-30"))
    return read_content({Step.CUSTOMER: CUSTOMER, Step.OWED: owed(due=due, **changes)}, CASE)


def line_of(rule: Rule, facts: Facts = FINE, policy: Policy = USUAL, reading: Reading | None = None) -> Line:
    lines = evaluate(reading or a_reading(), facts, policy, {})
    return next(line for line in lines if line.rule is rule)


def test_a_complete_account_passes_every_rule() -> None:
    lines = evaluate(a_reading(), FINE, USUAL, {})
    assert {line.verdict for line in lines} == {Verdict.PASS}
    require_ready(lines)


@pytest.mark.parametrize(("days", "verdict"), [(29, "fail"), (30, "pass"), (31, "pass"), (-5, "fail")])
def test_days_overdue_count_from_the_oldest_invoice(days: int, verdict: str) -> None:
    due = TODAY - timedelta(days=days)
    line = line_of(Rule.OVERDUE, reading=a_reading(due=due.isoformat()))
    assert line.verdict == verdict
    if verdict == "fail":
        ready_on = due + timedelta(days=30)
        assert f"{ready_on.day} {ready_on:%b %Y}" in line.found
        assert line.field == "claim_1_due_on"


@pytest.mark.parametrize(
    ("least", "verdict"), [(461_001, "fail"), (461_000, "pass"), (460_999, "pass"), (0, "pass")]
)
def test_the_smallest_amount_is_measured_at_what_is_open(least: int, verdict: str) -> None:
    policy = replace(USUAL, min_amounts={"SGD": least})
    line = line_of(Rule.AMOUNT, policy=policy)
    assert line.verdict == verdict
    assert "SGD 4,610.00" in line.found


def test_a_currency_without_a_smallest_amount_has_none() -> None:
    line = line_of(Rule.AMOUNT, policy=replace(USUAL, min_amounts={"GBP": 10**9}))
    assert line.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("sent", "wanted", "verdict"),
    [(0, 2, "missing"), (1, 2, "fail"), (2, 2, "pass"), (3, 2, "pass"), (0, 0, "pass")],
)
def test_reminders_are_counted(sent: int, wanted: int, verdict: str) -> None:
    facts, policy = structs.replace(FINE, reminders=sent), replace(USUAL, min_reminders=wanted)
    assert line_of(Rule.REMINDERS, facts, policy).verdict == verdict


@pytest.mark.parametrize(("days", "verdict"), [(13, "fail"), (14, "pass"), (0, "fail"), (100, "pass")])
def test_the_waiting_days_count_from_the_final_notice(days: int, verdict: str) -> None:
    facts = structs.replace(FINE, final_notice_on=TODAY - timedelta(days=days))
    assert line_of(Rule.WAITING, facts).verdict == verdict
    assert line_of(Rule.FINAL_NOTICE, facts).verdict is Verdict.PASS


def test_without_a_final_notice_both_its_lines_are_missing() -> None:
    facts = structs.replace(FINE, final_notice_on=None)
    assert line_of(Rule.FINAL_NOTICE, facts).verdict is Verdict.MISSING
    assert line_of(Rule.WAITING, facts).verdict is Verdict.MISSING
    undated = line_of(Rule.FINAL_NOTICE, structs.replace(facts, final_notice_undated=True))
    assert undated.verdict is Verdict.FAIL
    assert "Enter its day" in undated.found


def test_the_contract_is_asked_for_only_where_the_policy_says_so() -> None:
    facts = structs.replace(FINE, contract_on_file=False)
    assert line_of(Rule.CONTRACT, facts).verdict is Verdict.MISSING
    lines = evaluate(a_reading(), facts, replace(USUAL, needs_contract=False), {})
    assert Rule.CONTRACT not in {line.rule for line in lines}


@pytest.mark.parametrize(
    ("said", "verdict"), [("no", "pass"), ("yes", "fail"), ("", "missing"), ("perhaps", "missing")]
)
def test_an_open_dispute_stands_in_the_way(said: str, verdict: str) -> None:
    reading = a_reading(disputed=said, dispute_note="A crate broke.")
    assert line_of(Rule.DISPUTE, reading=reading).verdict == verdict


def test_a_second_case_with_the_same_reference_cannot_be_excepted() -> None:
    line = line_of(Rule.REFERENCE, structs.replace(FINE, other_case="HP-AAAAA-BBBBB"))
    assert line.verdict is Verdict.FAIL
    assert not line.may_override
    assert "HP-AAAAA-BBBBB" in line.found


def test_an_empty_draft_says_what_is_missing_and_where() -> None:
    reading = read_content({}, CASE)
    lines = evaluate(reading, Facts(TODAY), USUAL, {})
    held = {line.rule for line in lines if line.verdict is Verdict.PASS}
    assert held == {Rule.CLAUSE, Rule.LIMITATION}
    assert {line.verdict for line in lines} == {Verdict.MISSING, Verdict.PASS}
    assert [(line.step, line.field) for line in lines][:2] == [
        (Step.CUSTOMER, "debtor_type"),
        (Step.OWED, "currency"),
    ]
    with pytest.raises(WrongState, match="“Customer” is filled in"):
        require_ready(lines)


def test_an_exception_lets_a_rule_hold_but_never_the_form_itself() -> None:
    facts = structs.replace(FINE, reminders=0)
    mine = Override("They moved; letters came back.", "Hannah Whitworth")
    lines = evaluate(a_reading(name=""), facts, USUAL, {Rule.REMINDERS: mine})
    assert next(line for line in lines if line.rule is Rule.REMINDERS).holds
    require_ready(lines)
    broken = read_content({Step.CUSTOMER: {**CUSTOMER, "name": [""]}, Step.OWED: owed()}, CASE)
    lines = evaluate(broken, FINE, USUAL, {})
    first = lines[0]
    assert (first.rule, first.may_override, first.holds) == (Rule.CUSTOMER, False, False)


def test_an_exception_of_a_rule_that_holds_again_is_not_shown() -> None:
    lines = evaluate(a_reading(), FINE, USUAL, {Rule.REMINDERS: Override("Once it did not.", "H")})
    assert all(line.override is None for line in lines)
