"""Whether an account is ready to be handed over: line by line, why, and where to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from handoff_portal.core.money import written
from handoff_portal.core.refusals import WrongState
from handoff_portal.intake.model.draft import Reading
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.steps import STEP_WORDS, Step


class Rule(StrEnum):
    """What is looked at."""

    CUSTOMER = "customer"
    OWED = "owed"
    REFERENCE = "reference"
    OVERDUE = "overdue"
    AMOUNT = "amount"
    REMINDERS = "reminders"
    FINAL_NOTICE = "final_notice"
    WAITING = "waiting"
    CONTRACT = "contract"
    DISPUTE = "dispute"


FIXED = frozenset({Rule.CUSTOMER, Rule.OWED, Rule.REFERENCE})
"""Nobody can make an exception of these: without them there is nothing to hand over."""


class Verdict(StrEnum):
    """How a rule came out."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules are measured against, beyond what the draft says.

    Attributes:
        today: The day in the customer's time zone.
        reminders: Reminders in the history, those before the due date not counted.
        final_notice_on: Day in the customer's zone on which the latest final notice went out.
        final_notice_undated: There is a final notice whose day is not known.
        contract_on_file: A document of kind contract is stored.
        other_case: Portal reference of a case that already bears the same own reference; empty if none.
    """

    today: date
    reminders: int = 0
    final_notice_on: date | None = None
    final_notice_undated: bool = False
    contract_on_file: bool = False
    other_case: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody took the responsibility for a rule that does not hold.

    Attributes:
        by: Name of the person.
    """

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Line:
    """One rule and how it came out.

    Attributes:
        asked: What the rule asks, as a sentence.
        found: What was found and what to do, as a sentence.
        step: Where it can be mended.
        field: The very field there.
    """

    rule: Rule
    verdict: Verdict
    asked: str
    found: str
    step: Step
    field: str = ""
    override: Override | None = None

    @property
    def holds(self) -> bool:
        """Whether this rule stands in the way no more."""
        return self.verdict is Verdict.PASS or self.override is not None

    @property
    def may_override(self) -> bool:
        """Whether an exception can be made."""
        return self.rule not in FIXED and self.verdict is not Verdict.PASS and self.override is None


def evaluate(
    reading: Reading, facts: Facts, policy: Policy, overrides: Mapping[Rule, Override]
) -> tuple[Line, ...]:
    """All rules in the order in which people mend them."""
    lines = [
        _step(reading, Rule.CUSTOMER, Step.CUSTOMER),
        _step(reading, Rule.OWED, Step.OWED),
        *_reference(reading, facts),
        _overdue(reading, facts, policy),
        _amount(reading, policy),
        _reminders(facts, policy),
        _final_notice(facts),
        _waiting(facts, policy),
        *_contract(facts, policy),
        _dispute(reading),
    ]
    return tuple(
        replace(line, override=overrides.get(line.rule)) if line.verdict is not Verdict.PASS else line
        for line in lines
    )


def require_ready(lines: tuple[Line, ...]) -> None:
    """Refuse to submit while a rule stands in the way.

    Raises:
        WrongState: Names the rules.
    """
    open_lines = [line.asked.rstrip(".") for line in lines if not line.holds]
    if open_lines:
        raise WrongState("This case is not ready yet: " + "; ".join(open_lines) + ".")


def _step(reading: Reading, rule: Rule, step: Step) -> Line:
    asked = f"“{STEP_WORDS[step]}” is filled in."
    found = [mistake for mistake in reading.mistakes if mistake.step is step]
    if not found:
        return Line(rule, Verdict.PASS, asked, "Everything that is needed is there.", step)
    more = f" And {len(found) - 1} more." if len(found) > 1 else ""
    return Line(rule, Verdict.MISSING, asked, found[0].say + more, step, found[0].field)


def _reference(reading: Reading, facts: Facts) -> list[Line]:
    if not facts.other_case:
        return []
    own = reading.content.creditor_reference
    found = f"{own} is the reference of {facts.other_case} already. Correct it here, or discard this draft."
    asked = "No other case bears the same reference."
    return [Line(Rule.REFERENCE, Verdict.FAIL, asked, found, Step.OWED, "creditor_reference")]


def _overdue(reading: Reading, facts: Facts, policy: Policy) -> Line:
    asked = f"The oldest invoice is overdue for {_days(policy.min_days_overdue)} or more."
    due = reading.content.oldest_due_on
    if due is None:
        found = "No invoice has a due date yet."
        return Line(Rule.OVERDUE, Verdict.MISSING, asked, found, Step.OWED, "claim_1_due_on")
    late = (facts.today - due).days
    if late >= policy.min_days_overdue:
        return Line(Rule.OVERDUE, Verdict.PASS, asked, f"Due on {_day(due)}, {_days(late)} ago.", Step.OWED)
    ready_on = due + timedelta(days=policy.min_days_overdue)
    found = f"Due on {_day(due)}. The days are over on {_day(ready_on)}."
    return Line(Rule.OVERDUE, Verdict.FAIL, asked, found, Step.OWED, _oldest_row(reading))


def _amount(reading: Reading, policy: Policy) -> Line:
    currency, owed = reading.content.currency, reading.owed.open
    if not reading.owed.claims or "currency" in reading.errors_of(Step.OWED):
        asked = "Enough is open to be worth it."
        return Line(Rule.AMOUNT, Verdict.MISSING, asked, "No amount is known yet.", Step.OWED, "currency")
    least = policy.least(currency)
    money = _money(owed, currency)
    if not least:
        asked = f"Any amount in {currency} may be handed over."
        verdict = Verdict.PASS if owed > 0 else Verdict.FAIL
        return Line(Rule.AMOUNT, verdict, asked, f"{money} is open.", Step.OWED, "claim_1_amount")
    asked = f"At least {_money(least, currency)} is open."
    if owed >= least:
        return Line(Rule.AMOUNT, Verdict.PASS, asked, f"{money} is open.", Step.OWED)
    return Line(Rule.AMOUNT, Verdict.FAIL, asked, f"{money} is open.", Step.OWED, "claim_1_amount")


def _reminders(facts: Facts, policy: Policy) -> Line:
    wanted = policy.min_reminders
    if not wanted:
        asked, found = "Reminders are not asked for.", f"{_count(facts.reminders)} in the history."
        return Line(Rule.REMINDERS, Verdict.PASS, asked, found, Step.SAID)
    asked = f"{_count(wanted)} or more went out."
    found = f"{_count(facts.reminders)} in the history."
    if facts.reminders >= wanted:
        return Line(Rule.REMINDERS, Verdict.PASS, asked, found, Step.SAID)
    verdict = Verdict.FAIL if facts.reminders else Verdict.MISSING
    found += " Add the mails or letters, or mark them with their stage."
    return Line(Rule.REMINDERS, verdict, asked, found, Step.SAID, "mails")


def _final_notice(facts: Facts) -> Line:
    asked = "A final notice went out, so the customer knows what comes next."
    if facts.final_notice_on is not None:
        found = f"It went out on {_day(facts.final_notice_on)}."
        return Line(Rule.FINAL_NOTICE, Verdict.PASS, asked, found, Step.SAID)
    if facts.final_notice_undated:
        found = "There is one, but nobody knows when it went out. Enter its day in the history."
        return Line(Rule.FINAL_NOTICE, Verdict.FAIL, asked, found, Step.SAID, "history")
    found = "The history has none. Add it, or mark the message that was it."
    return Line(Rule.FINAL_NOTICE, Verdict.MISSING, asked, found, Step.SAID, "mails")


def _waiting(facts: Facts, policy: Policy) -> Line:
    wanted = policy.final_notice_days
    asked = f"{_days(wanted)} have passed since the final notice."
    if facts.final_notice_on is None:
        found = "The days count from the final notice."
        return Line(Rule.WAITING, Verdict.MISSING, asked, found, Step.SAID, "mails")
    passed = (facts.today - facts.final_notice_on).days
    if passed >= wanted:
        return Line(Rule.WAITING, Verdict.PASS, asked, f"{_days(passed)} have passed.", Step.SAID)
    over = facts.final_notice_on + timedelta(days=wanted)
    found = f"The customer has until {_day(over)} to answer."
    return Line(Rule.WAITING, Verdict.FAIL, asked, found, Step.SAID, "history")


def _contract(facts: Facts, policy: Policy) -> list[Line]:
    if not policy.needs_contract:
        return []
    asked = "The contract is on file."
    if facts.contract_on_file:
        return [Line(Rule.CONTRACT, Verdict.PASS, asked, "It is among the documents.", Step.DOCUMENTS)]
    found = "Add the signed contract, order or accepted offer as a document of the kind “Contract”."
    return [Line(Rule.CONTRACT, Verdict.MISSING, asked, found, Step.DOCUMENTS, "file")]


def _dispute(reading: Reading) -> Line:
    asked = "No dispute is open."
    if reading.errors_of(Step.OWED).get("disputed"):
        found = "Say whether the customer disputes the debt."
        return Line(Rule.DISPUTE, Verdict.MISSING, asked, found, Step.OWED, "disputed")
    if reading.content.terms.disputed:
        found = "The customer disputes the debt. Clear it up with them first."
        return Line(Rule.DISPUTE, Verdict.FAIL, asked, found, Step.OWED, "disputed")
    return Line(Rule.DISPUTE, Verdict.PASS, asked, "The customer does not dispute the debt.", Step.OWED)


def _oldest_row(reading: Reading) -> str:
    due = reading.content.oldest_due_on
    row = next((n for n, claim in enumerate(reading.content.claims, 1) if claim.due_on == due), 1)
    return f"claim_{row}_due_on"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _money(minor: int, currency: str) -> str:
    return f"{currency} {Decimal(written(minor, currency)):,}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _count(number: int) -> str:
    return "1 reminder" if number == 1 else f"{number} reminders"
