"""Trying a rule file: vectors that come out differently, and past contacts that it would have blocked.

A past contact is judged by what was known when it was made, which is kept with it, and by the contacts
before it. Where that is not kept, clear facts alone are known: when, how, who began, what came of it, where,
what rested.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from handoff_portal.core.ids import OrgId
from handoff_portal.guard.model.deciding import Book, Decision, decide, prepare
from handoff_portal.guard.model.rules import RuleFile
from handoff_portal.guard.model.situation import Contact, Proposed, Situation
from handoff_portal.guard.model.terms import Effect, Outlook
from handoff_portal.guard.model.vectors import Vector

UNDECIDED = "undecided"
"""In place of an answer."""
MOST_REFERENCES = 200
"""Case references that are listed."""
_CANNOT = (ArithmeticError, ValueError, LookupError, TypeError, RecursionError)
"""What strange numbers in a rule file can make of a decision."""


@dataclass(frozen=True, slots=True)
class PastContact:
    """A contact that was made.

    Attributes:
        contact: As rules count it.
        proposed: As rules judge it; None for what only counts as history.
        agency: Who made it.
        situation: What was known then, without history; None if that was not kept.
    """

    contact: Contact
    proposed: Proposed | None = None
    agency: OrgId | None = None
    situation: Situation | None = None


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case with its contacts.

    Attributes:
        reference: The portal's own reference.
        situation: What clear columns tell of place, zones and what was said, without history.
        contacts: Those of the customer's other cases among them, in order of time.
    """

    id: UUID
    reference: str
    situation: Situation
    contacts: tuple[PastContact, ...]


@dataclass(frozen=True, slots=True)
class ChangedVector:
    """A vector that comes out differently, or does not get the answer it names.

    Attributes:
        before: What the rules in force say; `before_rules` why.
        after: What the new rules say; "undecided" if they cannot be asked.
        fails: Whether it names another answer.
        own: Whether it came with the file.
    """

    id: str
    why: str
    expected: str
    before: str
    before_rules: tuple[str, ...]
    after: str
    after_rules: tuple[str, ...]
    fails: bool
    own: bool = False


@dataclass(slots=True)
class Replayed:
    """What was found so far.

    Attributes:
        vectors: How many were asked.
        unjudged: Contacts that could not be judged: no time zone is known, or a number breaks the reckoning.
        from_clear: Contacts judged by clear facts alone, as nobody kept what was known then.
        newly_blocked: Blocked by the new rules and not by those in force; `newly_free` the other way round.
        by_rule: Rule to contacts it would have blocked, and those of them that are newly blocked.
        by_agency: Agency to contacts, blocked, newly blocked.
        references: Cases with newly blocked contacts, at most `MOST_REFERENCES`, and how many contacts.
    """

    vectors: int = 0
    changed: list[ChangedVector] = field(default_factory=list)
    contacts: int = 0
    expected: int = 0
    cases: int = 0
    unjudged: int = 0
    from_clear: int = 0
    blocked: int = 0
    blocked_before: int = 0
    newly_blocked: int = 0
    newly_free: int = 0
    by_rule: dict[str, list[int]] = field(default_factory=dict)
    by_agency: dict[str, list[int]] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)

    @property
    def failing(self) -> tuple[str, ...]:
        """Names of the vectors that fail."""
        return tuple(one.id for one in self.changed if one.fails)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Names of the vectors that the new rules cannot decide at all."""
        return tuple(one.id for one in self.changed if one.after == UNDECIDED)

    def encode(self) -> str:
        """As text of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def decode(cls, text: str) -> "Replayed":
        """The reverse of `encode`; nothing was found yet if there is no text."""
        values = json.loads(text or "{}")
        changed = [
            ChangedVector(
                **one | {"before_rules": tuple(one["before_rules"]), "after_rules": tuple(one["after_rules"])}
            )
            for one in values.pop("changed", [])
        ]
        return cls(**values, changed=changed)


def try_vectors(
    found: Replayed, vectors: Iterable[Vector], before: Book, after: Book, *, own: bool = False
) -> None:
    """Ask both books about every vector and note those that come out differently or fail."""
    for vector in vectors:
        found.vectors += 1
        was, new = _decide(before, vector), _decide(after, vector)
        fails = new is None or not agrees(vector, new)
        if fails or _answer(was) != _answer(new):
            (outlook, why), (after_outlook, after_why) = _answer(was), _answer(new)
            found.changed.append(
                ChangedVector(
                    vector.id,
                    vector.why,
                    vector.expected or "",
                    outlook,
                    why,
                    after_outlook,
                    after_why,
                    fails,
                    own,
                )
            )


def agrees(vector: Vector, decision: Decision) -> bool:
    """Whether a decision is the one that the vector names, with the rules that it names."""
    if vector.expected is None:
        return True
    named = decision.outlook is Outlook.ALLOWED or set(vector.rules) <= set(decision.rule_ids)
    return decision.outlook is vector.expected and named


def _decide(book: Book, vector: Vector) -> Decision | None:
    try:
        return decide(prepare(book, vector.situation), vector.proposed)
    except _CANNOT:
        return None


def _answer(decision: Decision | None) -> tuple[str, tuple[str, ...]]:
    if decision is None:
        return UNDECIDED, ()
    return decision.outlook.value, tuple(decision.rule_ids)


def try_case(found: Replayed, case: PastCase, since: datetime, books: tuple[Book, Book]) -> None:
    """Judge the contacts that agencies made since a moment, each with what came before it.

    Args:
        found: Is added to.
        case: With the contacts of the time before `since` that count.
        since: First moment of the time that is judged.
        books: The rules in force and the new ones.
    """
    found.cases += 1
    for number, past in enumerate(case.contacts):
        if past.proposed is None or past.contact.at < since:
            continue
        history = tuple([one.contact for one in case.contacts[:number]])
        known = past.situation or case.situation
        found.from_clear += past.situation is None
        judged = _judge(replace(known, history=history), past.proposed, books)
        _count(found, case, past, judged)


def begun(file: RuleFile, day: date) -> RuleFile:
    """The file as if every rule that begins after this day had begun; else the past would not show them."""
    rules = [replace(rule, since=None) if rule.since and rule.since > day else rule for rule in file.rules]
    return replace(file, rules=tuple(rules))


def _judge(
    situation: Situation, proposed: Proposed, books: tuple[Book, Book]
) -> tuple[Decision, Decision] | None:
    try:
        before, after = (decide(prepare(book, situation), proposed) for book in books)
    except _CANNOT:
        return None
    return before, after


def _count(
    found: Replayed, case: PastCase, past: PastContact, judged: tuple[Decision, Decision] | None
) -> None:
    found.contacts += 1
    agency = found.by_agency.setdefault(str(past.agency), [0, 0, 0])
    agency[0] += 1
    if judged is None:
        found.unjudged += 1
        return
    before, after = (one.outlook is Outlook.BLOCKED for one in judged)
    newly = after and not before
    found.blocked_before += before
    found.newly_free += before and not after
    found.blocked += after
    found.newly_blocked += newly
    agency[1] += after
    agency[2] += newly
    for rule in _blockers(judged[1]):
        counts = found.by_rule.setdefault(rule, [0, 0])
        counts[0] += 1
        counts[1] += newly
    if newly and (case.reference in found.references or len(found.references) < MOST_REFERENCES):
        found.references[case.reference] = found.references.get(case.reference, 0) + 1


def _blockers(decision: Decision) -> Iterator[str]:
    return (one.rule.id for one in decision.findings if one.rule.effect is Effect.BLOCK)
