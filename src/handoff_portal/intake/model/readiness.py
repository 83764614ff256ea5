"""Whether an account is ready to be handed over: line by line, why, and where to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from handoff_portal.cases.model.content import Content
from handoff_portal.core.refusals import WrongState
from handoff_portal.intake.model.draft import Reading
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.profile import Facts, Profile, profile_of
from handoff_portal.intake.model.rules import Rule, Verdict, verdicts
from handoff_portal.intake.model.sayings import SAYINGS
from handoff_portal.intake.model.steps import STEP_WORDS, Step

__all__ = [
    "Facts",
    "Line",
    "Override",
    "Rule",
    "Verdict",
    "evaluate",
    "judge",
    "judge_profile",
    "profile_of_draft",
    "require_ready",
]

FIXED = frozenset({Rule.CUSTOMER, Rule.OWED, Rule.REFERENCE})
"""Nobody can make an exception of these: without them there is nothing to hand over."""


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody took the responsibility for a rule that does not hold.

    Attributes:
        by: Name of the person.
    """

    reason: str
    by: str


class Line(Struct, frozen=True, gc=False):
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


def judge(content: Content, facts: Facts, policy: Policy) -> tuple[Line, ...]:
    """Measure an account that was read without mistakes, from a form or a file; pure and fast.

    Args:
        content: What would be submitted.
        facts: Its history and papers in figures.

    Returns:
        Every rule that the policy asks, in the order of mending; the account is ready if all lines hold.
    """
    return judge_profile(content, profile_of(content, facts), policy)


def judge_profile(content: Content, profile: Profile, policy: Policy) -> tuple[Line, ...]:
    """The same where its profile is at hand."""
    return (*_reference(content, profile.facts), *_judged(profile, policy))


def evaluate(
    reading: Reading, facts: Facts, policy: Policy, overrides: Mapping[Rule, Override]
) -> tuple[Line, ...]:
    """Measure a draft with whatever mistakes it still has: all rules in the order of mending."""
    lines = [
        _step(reading, Rule.CUSTOMER, Step.CUSTOMER),
        _step(reading, Rule.OWED, Step.OWED),
        *_reference(reading.content, facts),
        *_judged(profile_of_draft(reading, facts), policy),
    ]
    return tuple(
        replace(line, override=overrides.get(line.rule)) if line.verdict is not Verdict.PASS else line
        for line in lines
    )


def profile_of_draft(reading: Reading, facts: Facts) -> Profile:
    """A draft as a policy sees it: what cannot be read yet is not known."""
    mistakes = reading.errors_of(Step.OWED)
    profile = profile_of(reading.content, facts)
    unknown_amount = not reading.content.claims or "currency" in mistakes
    return replace(
        profile,
        minor=None if unknown_amount else reading.owed.open,
        disputed=None if "disputed" in mistakes else profile.disputed,
    )


def require_ready(lines: tuple[Line, ...]) -> None:
    """Refuse to submit while a rule stands in the way.

    Raises:
        WrongState: Names the rules.
    """
    open_lines = [line.asked.rstrip(".") for line in lines if not line.holds]
    if open_lines:
        raise WrongState("This case is not ready yet: " + "; ".join(open_lines) + ".")


def _judged(profile: Profile, policy: Policy) -> list[Line]:
    lines = []
    for rule, verdict in verdicts(profile, policy).items():
        said = SAYINGS[rule](profile, policy, verdict)
        lines.append(Line(rule, verdict, said.asked, said.found, said.step, said.field))
    return lines


def _step(reading: Reading, rule: Rule, step: Step) -> Line:
    asked = f"“{STEP_WORDS[step]}” is filled in."
    found = [mistake for mistake in reading.mistakes if mistake.step is step]
    if not found:
        return Line(rule, Verdict.PASS, asked, "Everything that is needed is there.", step)
    more = f" And {len(found) - 1} more." if len(found) > 1 else ""
    return Line(rule, Verdict.MISSING, asked, found[0].say + more, step, found[0].field)


def _reference(content: Content, facts: Facts) -> list[Line]:
    if not facts.other_case:
        return []
    own = content.creditor_reference
    found = f"{own} is the reference of {facts.other_case} already. Correct it here, or discard this draft."
    asked = "No other case bears the same reference."
    return [Line(Rule.REFERENCE, Verdict.FAIL, asked, found, Step.OWED, "creditor_reference")]
