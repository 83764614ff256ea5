"""What each rule asks and what was found, as sentences, with the field where it can be mended."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.core.money import written
from handoff_portal.documents.model import KIND_WORDS
from handoff_portal.intake.model.limitation import usual_period
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.profile import Profile
from handoff_portal.intake.model.rules import Rule, Verdict, missing_papers, spaced
from handoff_portal.intake.model.steps import Step


class Said(Struct, frozen=True, gc=False):
    """The words of one rule.

    Attributes:
        asked: What it asks.
        found: What was found and what to do.
        step: Where it can be mended.
        field: The very field there; empty where it holds.
    """

    asked: str
    found: str
    step: Step
    field: str = ""


def _overdue(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    asked = f"The oldest invoice is overdue for {_days(policy.min_days_overdue)} or more."
    due = profile.oldest_due_on
    if due is None:
        return Said(asked, "No invoice has a due date yet.", Step.OWED, "claim_1_due_on")
    if verdict is Verdict.PASS:
        late = (profile.facts.today - due).days
        return Said(asked, f"Due on {_day(due)}, {_days(late)} ago.", Step.OWED)
    ready_on = due + timedelta(days=policy.min_days_overdue)
    found = f"Due on {_day(due)}. The days are over on {_day(ready_on)}."
    return Said(asked, found, Step.OWED, f"claim_{profile.oldest_row}_due_on")


def _amount(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    if verdict is Verdict.MISSING or profile.minor is None:
        asked = "Enough is open to be worth it."
        return Said(asked, "No amount is known yet.", Step.OWED, "currency")
    least, currency = policy.least(profile.currency), profile.currency
    asked = (
        f"At least {_money(least, currency)} is open."
        if least
        else f"Any amount in {currency} may be handed over."
    )
    field = "" if verdict is Verdict.PASS else "claim_1_amount"
    return Said(asked, f"{_money(profile.minor, currency)} is open.", Step.OWED, field)


def _reminders(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    found = f"{_count(profile.facts.reminders)} in the history."
    if not policy.min_reminders:
        return Said("Reminders are not asked for.", found, Step.SAID)
    asked = f"{_count(policy.min_reminders)} or more went out."
    if verdict is Verdict.PASS:
        return Said(asked, found, Step.SAID)
    mend = " Add the mails or letters, or mark them with their stage."
    return Said(asked, found + mend, Step.SAID, "mails")


def _spacing(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    apart = policy.reminder_spacing_days
    asked = f"{_days(apart)} or more lie between {_count(policy.min_reminders)}."
    known = profile.facts.reminders_on
    if verdict is Verdict.MISSING:
        found = f"The day is known of {len(known)}. Enter the days of the others in the history."
        return Said(asked, found, Step.SAID, "history")
    enough = spaced(known, apart)
    found = f"{enough} of {len(known)} reminders are that far apart."
    return Said(asked, found, Step.SAID, "" if verdict is Verdict.PASS else "history")


def _personal(profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "Somebody spoke with the customer in person."
    if verdict is Verdict.PASS:
        talks = profile.facts.personal
        found = "1 conversation" if talks == 1 else f"{talks} conversations"
        return Said(asked, f"{found} in the history.", Step.SAID)
    found = "The history has no call, meeting or visit. One kind call often settles more than a letter."
    return Said(asked, found, Step.SAID, "channel")


def _final_notice(profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "A final notice went out, so the customer knows what comes next."
    noticed = profile.facts.final_notice_on
    if noticed is not None:
        return Said(asked, f"It went out on {_day(noticed)}.", Step.SAID)
    if verdict is Verdict.FAIL:
        found = "There is one, but nobody knows when it went out. Enter its day in the history."
        return Said(asked, found, Step.SAID, "history")
    return Said(asked, "The history has none. Add it, or mark the message that was it.", Step.SAID, "mails")


def _notice_channel(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    ways = _ways(policy.notice_channels)
    asked = f"The final notice went out by {ways}."
    channel = profile.facts.final_notice_channel
    if channel is None:
        return Said(asked, "There is no final notice in the history yet.", Step.SAID, "mails")
    found = f"It went out as: {CHANNEL_WORDS[channel].lower()}."
    if verdict is Verdict.PASS:
        return Said(asked, found, Step.SAID)
    return Said(asked, f"{found} Send it once more by {ways}.", Step.SAID, "history")


def _notice_wording(profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "The final notice says that it is the last resort and that a solution is still welcome."
    facts = profile.facts
    if verdict is Verdict.PASS:
        who = "Its text says both." if facts.notice_reads_well else "Somebody read it and noted that it does."
        return Said(asked, who, Step.DOCUMENTS)
    if verdict is Verdict.MISSING:
        found = "There is no text to read. Look at the notice and tick it under Documents."
        return Said(asked, found, Step.DOCUMENTS, "notice_declared")
    found = "We did not find both in its text. If it says so in other words, tick it under Documents."
    return Said(asked, found, Step.DOCUMENTS, "notice_declared")


def _waiting(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    wanted, noticed = policy.final_notice_days, profile.facts.final_notice_on
    asked = f"{_days(wanted)} have passed since the final notice."
    if noticed is None:
        return Said(asked, "The days count from the final notice.", Step.SAID, "mails")
    if verdict is Verdict.PASS:
        passed = (profile.facts.today - noticed).days
        return Said(asked, f"{_days(passed)} have passed.", Step.SAID)
    over = noticed + timedelta(days=wanted)
    return Said(asked, f"The customer has until {_day(over)} to answer.", Step.SAID, "history")


def _contract(_profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "The contract is on file."
    if verdict is Verdict.PASS:
        return Said(asked, "It is among the documents.", Step.DOCUMENTS)
    found = "Add the signed contract, order or accepted offer as a document of the kind “Contract”."
    return Said(asked, found, Step.DOCUMENTS, "file")


def _signed(_profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "The contract was signed or accepted on a known day."
    if verdict is Verdict.PASS:
        return Said(asked, "The day is noted.", Step.OWED)
    return Said(asked, "Enter the day on which it was signed or accepted.", Step.OWED, "contract_signed_on")


def _clear(profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "The terms are unambiguous, or were clarified with the customer."
    if verdict is Verdict.PASS:
        found = "The terms are unambiguous." if profile.clear else "They were clarified with the customer."
        return Said(asked, found, Step.OWED)
    if verdict is Verdict.MISSING:
        return Said(asked, "Read the contract once more and say whether it is.", Step.OWED, "terms_clear")
    found = "Clarify them with the customer first, then enter the day on which you did."
    return Said(asked, found, Step.OWED, "clarified_on")


def _clause(profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "A clause or law allows the interest and fees."
    if verdict is Verdict.PASS:
        found = "It is named." if profile.clause else "No interest and no fees are asked for."
        return Said(asked, found, Step.OWED)
    return Said(asked, "Name it, or take the interest and fees off.", Step.OWED, "clause")


def _evidence(profile: Profile, policy: Policy, verdict: Verdict) -> Said:
    asked = "The papers for an account of this kind and size are on file."
    if verdict is Verdict.PASS:
        return Said(asked, "All of them are.", Step.DOCUMENTS)
    missing = sorted(KIND_WORDS[kind].lower() for kind in missing_papers(profile, policy))
    return Said(asked, f"Still to add: {', '.join(missing)}.", Step.DOCUMENTS, "file")


def _limitation(profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "The claim has not run out of time."
    entered = profile.limitation_on
    if entered is not None:
        holds = verdict is Verdict.PASS
        found = f"It can be enforced until {_day(entered)}." if holds else f"It ended on {_day(entered)}."
        return Said(asked, found, Step.OWED, "" if holds else "limitation_date")
    usual = usual_period(profile.country, profile.region)
    if usual is None or profile.oldest_due_on is None:
        return Said(asked, "No last day is entered, and no hint is at hand for this place.", Step.OWED)
    about = _day(usual.ends(profile.oldest_due_on))
    hint = f"{usual.years} years are usual there ({usual.source}): until about {about}."
    if verdict is Verdict.PASS:
        return Said(asked, f"{hint} A hint only, never advice.", Step.OWED)
    return Said(asked, f"{hint} Ask a lawyer and enter the last day.", Step.OWED, "limitation_date")


def _dispute(_profile: Profile, _policy: Policy, verdict: Verdict) -> Said:
    asked = "No dispute is open."
    found = {
        Verdict.MISSING: "Say whether the customer disputes the debt.",
        Verdict.FAIL: "The customer disputes the debt. Clear it up with them first.",
        Verdict.PASS: "The customer does not dispute the debt.",
    }[verdict]
    return Said(asked, found, Step.OWED, "" if verdict is Verdict.PASS else "disputed")


SAYINGS: dict[Rule, Callable[[Profile, Policy, Verdict], Said]] = {
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


@lru_cache(maxsize=64)
def _ways(channels: frozenset[str]) -> str:
    """Ways in words: “e-mail, letter or messaging app”."""
    words = [CHANNEL_WORDS[channel].lower() for channel in CHANNEL_WORDS if channel in channels]
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part) if words else "no way"


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


@lru_cache(maxsize=1024)
def _money(minor: int, currency: str) -> str:
    return f"{currency} {Decimal(written(minor, currency)):,}"


@lru_cache(maxsize=4096)
def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _count(number: int) -> str:
    return "1 reminder" if number == 1 else f"{number} reminders"
