"""Deciding: every rule that speaks against a contact, block before warn before allow."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from handoff_portal.guard.model.binding import bind
from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground, Holidays, moment_of
from handoff_portal.guard.model.conditions import Licensing
from handoff_portal.guard.model.rules import Rule, RuleFile
from handoff_portal.guard.model.situation import Proposed, Situation
from handoff_portal.guard.model.terms import Effect, Outlook, Override


@dataclass(frozen=True, slots=True)
class Book:
    """What decisions are made from.

    Attributes:
        rules: The rules in use.
        tzdata: Version of the time zone data, such as "2026.6".
        holidays: Public holidays by the rule file's names of calendars.
    """

    rules: RuleFile
    tzdata: str
    holidays: Holidays


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that speaks against the contact.

    Attributes:
        why: What it sees, in plain words.
    """

    rule: Rule
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the guard says about one contact.

    Attributes:
        outlook: Allowed, warn or blocked.
        findings: Every rule that speaks against it, in the order of the rule file.
        rules: Version of the rule file.
        tzdata: Version of the time zone data.
    """

    outlook: Outlook
    findings: tuple[Finding, ...]
    rules: str
    tzdata: str

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the rules that speak against it."""
        return [finding.rule.id for finding in self.findings]

    @property
    def override(self) -> Override:
        """Who may go on: the strictest answer of all findings."""
        asked = {finding.rule.override for finding in self.findings}
        return next((one for one in Override if one in asked), Override.ACKNOWLEDGE)


class Speaker(NamedTuple):
    """A rule bound to a situation."""

    rule: Rule
    bound: Bound


@dataclass(frozen=True, slots=True)
class Prepared:
    """A situation with the rules that may speak in it; good for as long as neither changes."""

    book: Book
    situation: Situation
    bound: tuple[Speaker, ...]
    duties: tuple[Rule, ...]


def prepare(book: Book, situation: Situation) -> Prepared:
    """Pick the rules of the customer's place and debt and index the history for them.

    Raises:
        ValueError: No zone is given, so that no hour can be judged.
    """
    if not situation.zones:
        raise ValueError("a situation needs at least one time zone")
    places = book.rules.places_of(situation.jurisdiction, situation.locality)
    here = [rule for rule in book.rules.rules if rule.jurisdiction in places]
    ground = Ground(situation, book.holidays, places, licence_law=any(_is_licence_law(rule) for rule in here))
    rules = [rule for rule in here if _applies(rule, situation)]
    bound = tuple(Speaker(rule, one) for rule, one in bind(rules, ground))
    return Prepared(book, situation, bound, tuple(rule for rule in rules if rule.effect is Effect.EVIDENCE))


def _is_licence_law(rule: Rule) -> bool:
    return isinstance(rule.says, Licensing) and rule.says.agency and not rule.says.yields


def _applies(rule: Rule, situation: Situation) -> bool:
    facts, tag = situation.facts, situation.debt_tag
    if not rule.concerns(situation.debt_type) or not rule.when <= facts or rule.unless & facts:
        return False
    return (not rule.debt_tag or rule.debt_tag == tag) and (not tag or rule.not_debt_tag != tag)


def decide(prepared: Prepared, proposed: Proposed) -> Decision:
    """Every rule that speaks against the contact, and what follows."""
    asked = ask(prepared, proposed)
    findings = tuple([Finding(one.rule, why) for one in prepared.bound if (why := one.bound.check(asked))])
    book = prepared.book
    return Decision(_outlook(findings), findings, book.rules.version, book.tzdata)


def ask(prepared: Prepared, proposed: Proposed) -> Asked:
    """The contact with the customer's clock in every zone.

    Raises:
        ValueError: Its moment has no zone.
    """
    at: datetime = proposed.at
    if at.tzinfo is None:
        raise ValueError("a contact needs a moment with a zone")
    return Asked(proposed, at, tuple([moment_of(at.astimezone(zone)) for zone in prepared.situation.zones]))


def _outlook(findings: tuple[Finding, ...]) -> Outlook:
    if not findings:
        return Outlook.ALLOWED
    blocked = any(finding.rule.effect is Effect.BLOCK for finding in findings)
    return Outlook.BLOCKED if blocked else Outlook.WARN
