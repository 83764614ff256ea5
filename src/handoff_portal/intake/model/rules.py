"""The rules of a policy: how each comes out for one account. No words here; `sayings` has them."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum

from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.model.limitation import usual_period
from handoff_portal.intake.model.policy import ContractCheck, Policy
from handoff_portal.intake.model.profile import Profile


class Rule(StrEnum):
    """What is looked at."""

    CUSTOMER = "customer"
    OWED = "owed"
    REFERENCE = "reference"
    OVERDUE = "overdue"
    AMOUNT = "amount"
    REMINDERS = "reminders"
    SPACING = "spacing"
    PERSONAL = "personal"
    FINAL_NOTICE = "final_notice"
    NOTICE_CHANNEL = "notice_channel"
    NOTICE_WORDING = "notice_wording"
    WAITING = "waiting"
    CONTRACT = "contract"
    SIGNED = "signed"
    CLEAR = "clear"
    CLAUSE = "clause"
    EVIDENCE = "evidence"
    LIMITATION = "limitation"
    DISPUTE = "dispute"


class Verdict(StrEnum):
    """How a rule came out."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    MISSING = "missing"


def verdicts(profile: Profile, policy: Policy) -> dict[Rule, Verdict]:
    """How every rule of the policy comes out, in order; rules that it does not ask are left out."""
    found = {}
    for rule, judge in RULES.items():
        verdict = judge(profile, policy)
        if verdict is not None:
            found[rule] = verdict
    return found


def spaced(days: Iterable[date], apart: int) -> int:
    """How many of these days can be counted so that so many days lie between each two."""
    count, last = 0, None
    for day in sorted(days):
        if last is None or (day - last).days >= apart:
            count, last = count + 1, day
    return count


def missing_papers(profile: Profile, policy: Policy) -> frozenset[DocumentKind]:
    """The papers that the account needs and does not have."""
    wanted = policy.papers_for(profile.debtor_type, profile.currency, profile.minor or 0)
    return wanted - profile.facts.papers


def _if(holds: bool, otherwise: Verdict = Verdict.FAIL) -> Verdict:  # noqa: FBT001 - the condition itself
    return Verdict.PASS if holds else otherwise


def _overdue(profile: Profile, policy: Policy) -> Verdict:
    if profile.oldest_due_on is None:
        return Verdict.MISSING
    return _if((profile.facts.today - profile.oldest_due_on).days >= policy.min_days_overdue)


def _amount(profile: Profile, policy: Policy) -> Verdict:
    if profile.minor is None or not profile.currency:
        return Verdict.MISSING
    return _if(profile.minor >= max(policy.least(profile.currency), 1))


def _reminders(profile: Profile, policy: Policy) -> Verdict:
    sent = profile.facts.reminders
    return _if(sent >= policy.min_reminders, Verdict.FAIL if sent else Verdict.MISSING)


def _spacing(profile: Profile, policy: Policy) -> Verdict | None:
    if policy.min_reminders < 2 or not policy.reminder_spacing_days:  # noqa: PLR2004 - one has no spacing
        return None
    facts = profile.facts
    if spaced(facts.reminders_on, policy.reminder_spacing_days) >= policy.min_reminders:
        return Verdict.PASS
    return Verdict.FAIL if len(facts.reminders_on) >= policy.min_reminders else Verdict.MISSING


def _personal(profile: Profile, policy: Policy) -> Verdict | None:
    return _if(profile.facts.personal > 0, Verdict.MISSING) if policy.needs_personal else None


def _final_notice(profile: Profile, _policy: Policy) -> Verdict:
    facts = profile.facts
    if facts.final_notice_on is not None:
        return Verdict.PASS
    return Verdict.FAIL if facts.final_notice_undated else Verdict.MISSING


def _notice_channel(profile: Profile, policy: Policy) -> Verdict:
    channel = profile.facts.final_notice_channel
    if channel is None:
        return Verdict.MISSING
    return _if(channel in policy.notice_channels)


def _notice_wording(profile: Profile, policy: Policy) -> Verdict | None:
    facts = profile.facts
    if not policy.notice_wording:
        return None
    if facts.notice_declared or facts.notice_reads_well:
        return Verdict.PASS
    return Verdict.MISSING if facts.notice_reads_well is None else Verdict.FAIL


def _waiting(profile: Profile, policy: Policy) -> Verdict:
    noticed = profile.facts.final_notice_on
    if noticed is None:
        return Verdict.MISSING
    return _if((profile.facts.today - noticed).days >= policy.final_notice_days)


def _contract(profile: Profile, policy: Policy) -> Verdict | None:
    return _if(profile.facts.contract_on_file, Verdict.MISSING) if policy.needs_contract else None


def _signed(profile: Profile, policy: Policy) -> Verdict | None:
    return _if(profile.signed, Verdict.MISSING) if ContractCheck.SIGNED in policy.checks else None


def _clear(profile: Profile, policy: Policy) -> Verdict | None:
    if ContractCheck.CLEAR not in policy.checks:
        return None
    if profile.clear or profile.clarified:
        return Verdict.PASS
    return Verdict.MISSING if profile.clear is None else Verdict.FAIL


def _clause(profile: Profile, policy: Policy) -> Verdict | None:
    if ContractCheck.CLAUSE not in policy.checks:
        return None
    return _if(profile.clause or not profile.charged, Verdict.MISSING)


def _evidence(profile: Profile, policy: Policy) -> Verdict | None:
    if not policy.evidence:
        return None
    return _if(not missing_papers(profile, policy), Verdict.MISSING)


def _limitation(profile: Profile, policy: Policy) -> Verdict | None:
    """Only a day that somebody entered fails; the usual period of the place asks for that day at most."""
    if not policy.limitation:
        return None
    today = profile.facts.today
    if profile.limitation_on is not None:
        return _if(today <= profile.limitation_on)
    usual = usual_period(profile.country, profile.region)
    if usual is None or profile.oldest_due_on is None:
        return Verdict.PASS
    return _if(today <= usual.ends(profile.oldest_due_on), Verdict.MISSING)


def _dispute(profile: Profile, _policy: Policy) -> Verdict:
    return Verdict.MISSING if profile.disputed is None else _if(not profile.disputed)


RULES: dict[Rule, Callable[[Profile, Policy], Verdict | None]] = {
    Rule.OVERDUE: _overdue,
    Rule.AMOUNT: _amount,
    Rule.REMINDERS: _reminders,
    Rule.SPACING: _spacing,
    Rule.PERSONAL: _personal,
    Rule.FINAL_NOTICE: _final_notice,
    Rule.NOTICE_CHANNEL: _notice_channel,
    Rule.NOTICE_WORDING: _notice_wording,
    Rule.WAITING: _waiting,
    Rule.CONTRACT: _contract,
    Rule.SIGNED: _signed,
    Rule.CLEAR: _clear,
    Rule.CLAUSE: _clause,
    Rule.EVIDENCE: _evidence,
    Rule.LIMITATION: _limitation,
    Rule.DISPUTE: _dispute,
}
"""The rules that a policy decides, in the order in which people mend them."""

RULE_WORDS: dict[Rule, str] = {
    Rule.OVERDUE: "Days overdue",
    Rule.AMOUNT: "Amount open",
    Rule.REMINDERS: "Reminders",
    Rule.SPACING: "Days between reminders",
    Rule.PERSONAL: "Personal contact",
    Rule.FINAL_NOTICE: "Final notice",
    Rule.NOTICE_CHANNEL: "How the notice went out",
    Rule.NOTICE_WORDING: "What the notice says",
    Rule.WAITING: "Days after the notice",
    Rule.CONTRACT: "Contract on file",
    Rule.SIGNED: "Contract signed",
    Rule.CLEAR: "Terms clear",
    Rule.CLAUSE: "Clause for interest and fees",
    Rule.EVIDENCE: "Evidence",
    Rule.LIMITATION: "Time limit of the claim",
    Rule.DISPUTE: "No open dispute",
}
"""How a rule is called in a list."""
