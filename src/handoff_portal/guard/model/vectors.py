"""Reading test vectors: a situation, a proposed contact and what the guard should say, as YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handoff_portal.guard.model.facts import read_facts
from handoff_portal.guard.model.placing import city_of, place
from handoff_portal.guard.model.quiet import address_of, channel
from handoff_portal.guard.model.reading import Field, Fields, marks_of
from handoff_portal.guard.model.rulefile import BadRuleFile, read_yaml
from handoff_portal.guard.model.situation import Contact, Notice, Proposed, Situation
from handoff_portal.guard.model.spellings import ADVISERS, AS_CUSTOMER, INBOUND, OUTCOMES, PLACES, RECIPIENT
from handoff_portal.guard.model.state_spellings import VISIT_NOTICE
from handoff_portal.guard.model.terms import DebtType, Direction, Fact, Mark, Outcome, Outlook, Sent, Where
from handoff_portal.guard.model.values import BadValue, flag, moment, one_of, plain_word, text

_ABOUT = {
    "expected",
    "rule",
    "why",
    "local",
    "also_triggered",
    "interpretation_dependent",
    "requires_tzdata",
    "note",
}
_ZONES = ("debtor_time_zone", "time_zones", "time_zone", "debtor_zones")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One case with its answer.

    Attributes:
        expected: What the guard should say; None if the vector only asks.
        rules: The rule that decides first, then others that speak as well.
        remarks: Fields that were not understood and so not looked at.
    """

    id: str
    situation: Situation
    proposed: Proposed
    expected: Outlook | None = None
    rules: tuple[str, ...] = ()
    why: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadVector:
    """A vector that cannot be read.

    Attributes:
        mistakes: Each names the field and what is wrong with it.
    """

    id: str
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a file holds, in its order.

    Attributes:
        retention: Its list `retention_vectors`, about keeping records, as it stands.
    """

    all: tuple[Vector | BadVector, ...] = ()
    retention: tuple[object, ...] = ()

    @property
    def read(self) -> tuple[Vector, ...]:
        """Those that can be asked."""
        return tuple(one for one in self.all if isinstance(one, Vector))

    @property
    def bad(self) -> tuple[BadVector, ...]:
        """Those that cannot be read."""
        return tuple(one for one in self.all if isinstance(one, BadVector))


def read_vectors(raw: bytes) -> Vectors:
    """Read a file of vectors; those with mistakes are told apart from those that can be asked.

    Raises:
        BadValue: It is no YAML with a list `vectors`.
    """
    try:
        content = read_yaml(raw)
    except BadRuleFile as bad:
        raise BadValue(bad.mistakes[0].replace("compiled and rules", "vectors")) from bad
    return vectors_of(content)


def vectors_of(content: Mapping[str, Any]) -> Vectors:
    """The vectors in what a file holds.

    Raises:
        BadValue: There is no list `vectors`.
    """
    given = content.get("vectors")
    if not isinstance(given, list):
        raise BadValue("the file: must have a list named vectors")
    found = tuple(_vector(number, one) for number, one in enumerate(given, 1))
    retention = content.get("retention_vectors")
    return Vectors(found, tuple(retention) if isinstance(retention, list) else ())


def _vector(number: int, given: object) -> Vector | BadVector:
    if not isinstance(given, dict):
        return BadVector(f"number {number}", ("must be names with values",))
    name = str(given.get("id", f"number {number}"))
    fields = Fields(given, "")
    situation = _situation(fields)
    proposed, told = _proposed(fields)
    expected = fields.optional("expected", lambda value: one_of(Outlook, value))
    rules = _rules(given.get("rule"), given.get("also_triggered"))
    if fields.mistakes or situation is None or proposed is None:
        return BadVector(name, tuple(fields.mistakes))
    return Vector(
        id=name,
        situation=_told_with(situation, told),
        proposed=proposed,
        expected=expected,
        rules=rules,
        why=str(given.get("why", "")),
        remarks=tuple(dict.fromkeys(fields.unknown({"id", *_ABOUT}))),
    )


def _situation(fields: Fields) -> Situation | None:
    named = fields.required("jurisdiction", place)
    zones = fields.optional("debtor_time_zones", Field.zones, *_ZONES)
    if zones is None and not fields.take("debtor_time_zones", *_ZONES):
        fields.mistake("debtor_time_zones", "is missing")
    debt_type = fields.required("debt_type", lambda value: one_of(DebtType, plain_word(value)))
    fields.zone = zones[0] if zones else fields.zone
    code, city = named or ("", "")
    code, locality = city_of(code, city or fields.optional("locality", text) or "")
    history = _history(fields)
    whole = f"{code}/{locality}" if locality else code
    state = read_facts(fields.inner("state"), whole, debt_type or DebtType.CONSUMER)
    if named is None or zones is None or debt_type is None:
        return None
    return Situation(
        jurisdiction=code, zones=zones, debt_type=debt_type, locality=locality, history=history, **state
    )


def _history(fields: Fields) -> tuple[Contact, ...]:
    given = fields.take("history") or []
    if not isinstance(given, list):
        fields.mistake("history", "must be a list")
        return ()
    found = (_contact(fields.item("history", number, one)) for number, one in enumerate(given))
    return tuple(one for one in found if one)


def _contact(fields: Fields) -> Contact | None:
    at = fields.moment("at")
    if at is None and fields.take("at") is None:
        fields.mistake("at", "is missing")
    sort = fields.required("channel", channel)
    outcome = fields.required("outcome", _outcome)
    direction = fields.optional("direction", _direction, "initiated_by")
    with_customer, person, marks = _recipient(fields)
    found: dict[str, Any] = {
        "debts": Field.debts(fields),
        "number": fields.optional("number", _address, "phone") or "",
        "creditor": fields.optional("creditor", text) or "",
        "marks": marks_of(fields) | marks,
    }
    fields.close()
    if at is None or sort is None or outcome is None or not with_customer:
        return None
    return Contact(
        at=at,
        channel=sort,
        outcome=outcome,
        direction=direction or Direction.OUTBOUND,
        person=person,
        **found,
    )


def _recipient(fields: Fields) -> tuple[bool, str, frozenset[Mark]]:
    """Whether a contact is one with the customer or a private person, with whom, and what that means."""
    words = [
        plain_word(word)
        for name in RECIPIENT
        if (word := fields.take(name)) is not None and not isinstance(word, bool)
    ]
    if any(word in ADVISERS for word in words):
        return False, words[0], frozenset({Mark.TO_ADVISER})
    counts = any(word in AS_CUSTOMER for word in words)
    return True, " ".join(words), frozenset({Mark.AS_CUSTOMER} if counts else ())


def _rules(first: object, others: object) -> tuple[str, ...]:
    more = others if isinstance(others, list) else []
    return tuple(str(one) for one in (first, *more) if one)


def _place(value: object) -> Where:
    return one_of(Where, PLACES.get(plain_word(value), plain_word(value)))


def _outcome(value: object) -> Outcome:
    return one_of(Outcome, OUTCOMES.get(plain_word(value), plain_word(value)))


def _direction(value: object) -> Direction:
    return Direction.INBOUND if plain_word(value) in INBOUND else one_of(Direction, plain_word(value))


def _address(value: object) -> str:
    return address_of(value)


def _debt(fields: Fields) -> str | None:
    """The debt a contact is about; None if it is about several, and then every contact counts."""
    debts = Field.debts(fields)
    return next(iter(debts)) if len(debts) == 1 else None


def _proposed(outer: Fields) -> tuple[Proposed | None, dict[str, bool | None]]:
    """The contact, and what stands with it but belongs to the state."""
    fields = outer.inner("proposed", required=True)
    if outer.take("proposed") is None:
        return None, {}
    at = fields.required("at", moment)
    sort = fields.required("channel", channel)
    told = {
        "announced": fields.optional("visit_notice", flag, *VISIT_NOTICE),
        "permitted": fields.optional("court_permission", flag),
    }
    _, person, marks = _recipient(fields)
    values: dict[str, Any] = {
        "where": fields.optional("place", _place),
        "debt": _debt(fields),
        "number": fields.optional("number", _address, "phone", "to_number") or "",
        "address": fields.optional("address", _address, "to", "email", "email_address") or "",
        "creditor": fields.optional("creditor", text) or "",
        "marks": marks_of(fields) | marks,
        "person": person,
    }
    fields.close()
    if at is None or sort is None:
        return None, {}
    return Proposed(at=at, channel=sort, **values), told


def _told_with(situation: Situation, told: Mapping[str, bool | None]) -> Situation:
    """The situation with what is told beside the proposed contact."""
    if told.get("announced") is False:
        situation = replace(situation, sent={Sent.VISIT: Notice(), **situation.sent})
    if told.get("permitted"):
        situation = replace(situation, facts=situation.facts | {Fact.COURT_PERMISSION})
    return situation
